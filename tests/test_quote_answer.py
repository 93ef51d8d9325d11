"""Quotes on their way: approved, sent, accepted, declined, run out; every verb of the way may be undone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Runner
from tests.selling import STORY, money, ready
from tests.store_state import rows, state


@pytest.fixture
def acme(run: Runner) -> Runner:
    return ready(run)


def test_sending_logs_a_mail_and_moves_nothing(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    before = acme("deal show D1 --json").json
    done = acme("quote send Q1 --to anna@acme.example --json").json
    assert (done["status"], done["sent_to"], done["sent_at"][:16]) == ("sent", "anna@acme.example", "2026-11-23T09:42")
    after = acme("deal show D1 --json").json
    assert {key for key in before if before[key] != after[key]} <= {"quote", "last", "idle_days", "checks"}
    mail = acme("followup list done --json").json[0]
    assert (mail["type"], mail["deal_ref"], mail["contact"]) == ("mail", "D1", "Anna Keller")
    assert mail["subject"] == "quote Q1, version 1, $1,356 to anna@acme.example" and mail["done_at"] is not None
    acme("quote send Q1 --to again@acme.example", today="2026-11-24")
    assert len(acme("followup list done --json").json) == 2


def test_accepting_makes_the_deal_what_was_quoted_and_undo_takes_it_back(acme: Runner) -> None:
    acme(["deal", "edit", "D1", "product=Service"])
    acme('quote add D1 "PX-1*3 -2%" Service --discount 3%')
    acme("quote send Q1")
    before = state(acme.path)
    done = acme("quote accept Q1 --by Anna --at 2026-11-22")
    assert done.out == "Q1\n"
    quote = acme("quote show Q1 --json").json
    assert (quote["status"], quote["decided_by"], quote["decided_on"]) == ("accepted", "Anna Keller", "2026-11-22")
    deal = acme("deal show D1 --json").json
    assert money(deal["amount"]) == money(quote["net"]) == "3810.16 USD"
    assert [(one["product"], one["quantity"], one["amount"]["amount"]) for one in deal["lines"]] == [
        ("Pump X1", 3, "3422.16"),
        ("Service", 1, "388.00"),
    ]
    assert deal["stage"] == "Prospecting" and deal["outcome"] is None
    events = rows(acme.path, "SELECT kind, amount FROM deal_event WHERE deal_id = 1 ORDER BY id")
    assert events[-1] == ("edited", 381_016)
    acme("undo")
    assert state(acme.path) == before


def test_accepting_says_what_it_did(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    acme("quote add D1 PX-1")
    acme("quote add D1 Service")
    acme("quote submit Q1")
    monkeypatch.setattr("salesctl.app._is_tty", lambda stream: stream is sys.stderr)
    assert acme("quote accept Q1").err.splitlines() == [
        "Q1 Pump order  $1,200, with tax $1,356  accepted 2026-11-23",
        "D1 amount $48,000 -> $1,200, lines as quoted; undo: salesctl undo",
        "still open: Q2",
    ]


def test_what_cannot_be_accepted(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    assert "Q1 is draft" in acme("quote accept Q1", code=4).err
    acme("quote submit Q1")
    assert "in the future" in acme("quote accept Q1 --at 2026-11-24", code=4).err
    assert "is at Kova" in acme("quote accept Q1 --by Eve", code=4).err
    acme("deal edit D1 amount=5EUR")
    assert "Q1 is in USD, D1 is in EUR" in acme("quote accept Q1", code=4).err
    acme("undo")
    acme("quote accept Q1")
    acme("quote add D1 Service")
    acme("quote submit Q2")
    refused = acme("quote accept Q2", code=4).err
    assert "Q1 of the same deal is accepted already" in refused and "quote revise Q1" in refused
    acme("quote revise Q1 --add Service")
    acme("quote send Q3")
    acme("quote accept Q3")
    assert money(acme("deal show D1 --json").json["amount"]) == "1600.00 USD"


def test_what_was_put_away_goes_nowhere(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote archive Q1")
    for verb in ("send Q1", "submit Q1", "accept Q1", "decline Q1 x", "revise Q1", "edit Q1 --discount 1%"):
        error = acme(f"quote {verb} --json", code=4).error
        assert (error["message"], error["hint"]) == ("Q1 is archived", "use: salesctl quote restore Q1"), verb
    assert acme("quote list --json").json == [] and acme("quote list archived --json").json[0]["ref"] == "Q1"
    acme("quote restore Q1")
    acme("quote send Q1")


def test_a_closed_deal_is_not_quoted(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote submit Q1")
    acme("lose D1 price")
    for line in ("quote add D1 PX-1", "quote send Q1", "quote accept Q1", "quote revise Q1"):
        assert "D1 is lost since 2026-11-23" in acme(line, code=4).err, line
    acme('quote decline Q1 "they chose Festa"')
    assert acme("quote show Q1 --json").json["reason"] == "they chose Festa"


def test_declining_needs_a_reason(acme: Runner) -> None:
    acme("quote add D1 PX-1")
    acme("quote send Q1")
    assert "needs a reason" in acme("quote decline Q1", code=4).err
    before = acme("deal show D1 --json").json
    done = acme("quote decline Q1 --reason price --by Anna --at 2026-11-22 --json").json
    assert (done["status"], done["reason"], done["decided_by"]) == ("declined", "price", "Anna Keller")
    assert acme("deal show D1 --json").json["amount"] == before["amount"]
    assert acme("quote list --json").json == []
    assert [one["ref"] for one in acme("quote list declined --json").json] == ["Q1"]
    assert acme("quote revise Q1 --discount 3% --json").json["number"] == 2


def test_a_quote_that_ran_out_is_neither_sent_nor_accepted(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-25")
    acme("quote send Q1", today="2026-11-25")
    late = "2026-11-26"
    for verb in ("send", "accept"):
        refused = acme(f"quote {verb} Q1 --json", code=4, today=late).error
        assert (refused["code"], refused["message"]) == ("expired", "Q1 was valid until 2026-11-25")
        assert refused["hint"] == "make the next version: salesctl quote revise Q1 --valid-until +30d"
    assert acme("quote show Q1 --json", today=late).json["expired"] is True
    assert [one["ref"] for one in acme("quote list expired --json", today=late).json] == ["Q1"]
    assert acme("quote list expired --json", today="2026-11-25").json == []
    assert acme("quote list not:expired --json", today=late).json == []
    assert acme("quote accept Q1 --at 2026-11-25", today=late).out == "Q1\n"  # said in time, entered late
    acme("undo", today=late)
    acme("quote revise Q1 --valid-until +30d", today=late)
    acme("quote send Q2", today=late)


def test_a_draft_that_ran_out_gets_another_day(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-25")
    for verb in ("submit", "send"):
        refused = acme(f"quote {verb} Q1 --json", code=4, today="2026-11-26").error
        assert refused["hint"] == "use: salesctl quote edit Q1 --valid-until +30d"
    acme("quote edit Q1 --valid-until +30d", today="2026-11-26")
    acme("quote send Q1", today="2026-11-26")


def asking(monkeypatch: pytest.MonkeyPatch, asked: bool) -> None:
    """A discount policy that wants an approval, or none."""
    from salesctl.services import approval

    def ask(app: Any, work: Any, quote: Any) -> int | None:
        if not asked:
            return None
        from salesctl.domain.approval import APPROVAL

        values = {"name": quote["name"], "state": "waiting", "step": 1, "steps": 1}
        more = {key: quote[key] for key in ("deal_id",)} | {"quote_id": quote["id"], "waits_for_id": quote["owner_id"]}
        more |= {"discount": quote["effective"], "amount": quote["net"], "amount_currency": quote["net_currency"]}
        return int(work.insert(APPROVAL, values, **more))

    monkeypatch.setattr(approval, "ask", ask)


def test_a_quote_that_needs_approval_waits(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, True)
    acme("quote add D1 PX-1 --discount 4%")
    before = state(acme.path)
    refused = acme("quote send Q1", code=4).err
    assert "Q1 has to be approved first" in refused and "quote submit Q1" in refused
    assert state(acme.path) == before
    done = acme("quote submit Q1 --json").json
    assert done["status"] == "waiting"
    approval = acme("quote show Q1 --json").json["approval"]
    assert (
        acme("quote submit Q1 --json", code=5)
        .error["hint"]
        .endswith(f"salesctl approval list; see: salesctl approval show {approval}")
    )
    for line in ("quote send Q1", "quote accept Q1", "quote edit Q1 --discount 3%"):
        assert "Q1 is" in acme(line, code=4).err, line
    refused = acme("quote edit Q1 --discount 3%", code=4).err
    assert f"take it back: salesctl approval withdraw {approval}" in refused
    acme("quote edit Q1 note=x")
    assert f"waiting {approval}" in acme("deal show D1 -O text").out
    acme("undo")
    acme("undo")
    assert state(acme.path) == before
    asking(monkeypatch, False)
    assert acme("quote submit Q1 --json").json["status"] == "approved"
    assert acme("quote submit Q1 --json", code=4).error["hint"] == "send it: salesctl quote send Q1"


def test_a_deal_takes_its_open_quotes_along(acme: Runner) -> None:
    acme("rep add Cy")
    acme("quote add D1 PX-1")
    acme("quote decline Q1 price")
    acme("quote add D1 PX-1")
    acme("quote add D1 Service --owner Cy")
    before = state(acme.path)
    acme("deal assign D1 --to Cy")
    assert {one["ref"]: one["owner"] for one in acme("quote list --all --json").json} == {"Q1": "Bo", "Q2": "Cy", "Q3": "Cy"}  # fmt: skip
    acme("undo")
    assert state(acme.path) == before


def test_two_who_answer_at_once(acme: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was second is told what the first did, and nothing is written."""
    from salesctl.app import App

    acme("quote add D1 PX-1")
    acme("quote send Q1")
    acme("quote send Q1 --to again")  # nothing that an answer hangs on
    seen = rows(acme.path, "SELECT max(id) FROM operation")[0][0]
    acme("quote decline Q1 price")
    after = state(acme.path)
    monkeypatch.setattr(App, "seen", property(lambda self: seen))
    for line in ("accept Q1", "revise Q1 --discount 1%", "send Q1"):
        error = acme(f"quote {line} --json", code=5).error
        assert error["code"] == "conflict" and "quote.decline" in error["message"], line
    assert state(acme.path) == after


@pytest.mark.parametrize("last", range(len(STORY)), ids=[" ".join(line.split()[:2]) for line in STORY])
def test_undo_of_every_verb(acme: Runner, last: int) -> None:
    for line in STORY[:last]:
        acme(line)
    before = state(acme.path)
    acme(STORY[last])
    after = state(acme.path)
    assert after != before
    operation = acme("undo --json").json["operation"]
    assert state(acme.path) == before
    acme(f"undo {operation}")
    assert state(acme.path) == after
    acme("db check")


def test_undo_walks_the_whole_way_back(acme: Runner) -> None:
    start = state(acme.path)
    for line in [*STORY, "solution revise S1", "quote archive Q1", "quote restore Q1", "quote revise Q2", 'quote decline Q3 price']:  # fmt: skip
        acme(line)
    for _line in range(len(STORY) + 5):
        acme("undo")
    assert state(acme.path) == start
    acme("db check")


def test_today_and_remind_tell_what_runs_out(acme: Runner) -> None:
    acme("quote add D1 PX-1 --valid-until 2026-11-30")
    assert "quotes" not in acme("today --json", today="2026-11-30").json["waiting"]  # a draft binds nobody
    acme("quote send Q1")
    assert "quotes" not in acme("today --json", today="2026-11-26").json["waiting"]
    soon = acme("today --json", today="2026-11-27").json["waiting"]["quotes"]
    assert soon["count"] == 1 and soon["items"][0] == {
        "ref": "Q1",
        "name": "Pump order",
        "status": "sent",
        "valid_until": "2026-11-30",
        "net": {"amount": "1200.00", "currency": "USD"},
        "customer": "Acme Corp",
        "deal_ref": "D1",
    }
    assert "Quotes  Q1 Acme Corp runs out in 3 days" in acme("today -O text", today="2026-11-27").out
    assert "Quotes  Q1 Acme Corp runs out today" in acme("remind -O text", today="2026-11-30").out
    assert "Quotes  Q1 Acme Corp ran out 2 days ago" in acme("remind -O text", today="2026-12-02").out
    assert "quotes" in acme("today --owner Bo --json", today="2026-12-02").json["waiting"]
    acme("rep add Cy")
    assert "quotes" not in acme("today --owner Cy --json", today="2026-12-02").json["waiting"]
    acme("quote accept Q1 --at 2026-11-24", today="2026-12-02")
    assert "quotes" not in acme("today --json", today="2026-12-02").json["waiting"]
