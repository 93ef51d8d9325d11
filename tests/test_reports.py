"""report and analyze as commands: by hand, deal by deal on the demo, both engines, what cannot be asked, what is scanned."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from statistics import quantiles
from typing import Any

import pytest

from bench.asked import listening
from salesctl.domain.stats import Ratio
from tests.conftest import Runner
from tests.plans import planner


@pytest.mark.sqlite
def test_compliance_counts_every_check_once_whatever_it_is_grouped_by(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        checks = connection.execute(
            "SELECT s.name, k.item, k.state, r.name FROM sop_check k JOIN stage s ON s.id = k.stage_id JOIN rep r ON r.id = k.rep_id"
        ).fetchall()
    real = [one for one in checks if one[1] != "~jump"]
    assert {state for _s, _i, state, _r in real} == {"met", "missing", "overridden"}
    for by, place in (("item", (0, 1)), ("stage", (0,)), ("rep", (3,))):
        rows = bare(f"report sop --by {by} --json").json[f"by_{by}"]
        wanted = Counter((tuple(one[i] for i in place), one[2]) for one in real)
        got: Counter[Any] = Counter()
        for row in rows:
            key = {"item": (row["stage"], row["item"]), "stage": (row["stage"],), "rep": (row["group"],)}[by]
            for state in ("met", "missing", "overridden"):
                got[key, state] += row[state]
            ratio = Ratio(row["met"], row["met"] + row["missing"] + row["overridden"])
            assert row["share"] == round(ratio.value or 0, 6) and row["checked"] == ratio.bottom
        assert +got == wanted
        if by != "item":
            assert sum(row["jumps"] for row in rows) == len(checks) - len(real) > 0
    answer = bare("report sop --json").json
    assert sum(len(one["items"]) for one in answer["overrides"]) == sum(one[2] == "overridden" for one in real)
    assert [one["at"] for one in answer["overrides"]] == sorted(
        (one["at"] for one in answer["overrides"]), reverse=True
    )
    process_ = {row["stage"]: row["jumped"] for row in bare("report process --json").json["stages"] if row["jumped"]}
    assert {one["stage"]: one["n"] for one in answer["jumps"]} == process_


@pytest.mark.sqlite
def test_rivals_deal_by_deal(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        rows = connection.execute(
            "SELECT r.name, d.outcome, d.lost_to, r.price, r.price_currency, d.amount, d.amount_currency, r.strength"
            " FROM rival r JOIN deal d ON d.id = r.deal_id WHERE d.outcome IS NULL OR d.closed >= '2026-01-01'"
        ).fetchall()
    answer = {row["rival"]: row for row in bare("report rivals -p 2026 --json").json["rivals"]}
    assert set(answer) == {row[0] for row in rows} and len(answer) == 4
    for name, told in answer.items():
        mine = [row for row in rows if row[0] == name]
        assert told["met"] == len(mine)
        assert told["won"] == sum(row[1] == "won" for row in mine)
        assert told["lost_to"] == sum(row[1] == "lost" and row[2] == name for row in mine) > 0
        assert told["lost_otherwise"] == sum(row[1] == "lost" and row[2] != name for row in mine)
        gaps = sorted(int(Fraction((row[3] - row[5]) * 1000, row[5])) for row in mine if row[3] and row[4] == row[6])
        assert told["price_n"] == len(gaps) > 2
        assert told["price_difference"] == pytest.approx(quantiles(gaps, n=4, method="inclusive")[1] / 1000)
        said = Counter(row[7] for row in mine if row[7])
        assert [said[word] for word in told["strengths"]] == sorted(said.values(), reverse=True)[:2]


@pytest.mark.sqlite
def test_effects_deal_by_deal(bare: Runner) -> None:
    bare("demo")
    with sqlite3.connect(bare.path) as connection:
        closed = dict(
            connection.execute("SELECT id, outcome FROM deal WHERE outcome IS NOT NULL AND closed >= '2026-01-01'")
        )
        books = dict(connection.execute("SELECT id, playbook FROM deal"))
        won_at = dict(connection.execute("SELECT deal_id, at FROM deal_event WHERE kind = 'won'"))
        checks = connection.execute(
            "SELECT k.deal_id, s.name, k.item, k.state, k.at FROM sop_check k JOIN stage s ON s.id = k.stage_id"
            " WHERE k.item <> '~jump' ORDER BY k.id"
        ).fetchall()
    last = {
        (deal, stage, item): state
        for deal, stage, item, state, at in checks
        if deal in closed and won_at.get(deal) != at
    }
    answer = bare("analyze sop-effect -p 2026 --json").json["effects"]
    items = {(row["stage"], row["item"]): row for row in answer if row["sort"] == "item"}
    assert set(items) == {(stage, item) for _deal, stage, item in last}
    assert not any(stage == "Signing" for stage, _item in items)
    for (stage, item), row in items.items():
        mine = [
            (state == "met", closed[deal] == "won") for (deal, s, i), state in last.items() if (s, i) == (stage, item)
        ]
        assert (row["did"], row["did_won"]) == (sum(did for did, _w in mine), sum(did and won for did, won in mine))
        assert (row["did_not"], row["did_not_won"]) == (
            sum(not did for did, _w in mine),
            sum(won and not did for did, won in mine),
        )
    for row in answer:
        if row["sort"] == "playbook":
            assert row["did"] == sum(books[deal] == row["name"] for deal in closed)
            assert row["did_won"] == sum(books[deal] == row["name"] and out == "won" for deal, out in closed.items())
            assert row["did"] + row["did_not"] == len(closed)
    assert [row["item"] for row in answer if row["verdict"] == "more"]


# As commands.


def sell(run: Runner) -> None:
    """A pipeline in motion: three deals, one of which jumped, one lost to a rival."""
    run("rep add Bo")
    for name, amount in (("Pump", "100"), ("Line", "200"), ("Spare", "50")):
        run(["deal", "add", name, f"amount={amount}", "owner=Bo", "created=2026-10-01"])
    run("advance Pump", today="2026-10-11")
    run("advance Pump Solution --reason hurry", today="2026-10-21")
    run("deal back Pump Discovery --reason unclear", today="2026-10-25")
    run("win Pump", today="2026-11-02")
    run("advance Line", today="2026-10-05")
    run("lose Line price --lost-to Festa", today="2026-11-03")


def test_a_small_process_by_hand(run: Runner) -> None:
    sell(run)
    answer = run("report process -p 2026-10..2026-11 --json").json
    rows = {row["stage"]: row for row in answer["stages"]}
    first, contact, discovery, solution = (
        rows[name] for name in ("Prospecting", "First contact", "Discovery", "Solution")
    )
    assert [(row["entered"], row["inferred"], row["advanced"], row["lost"], row["undecided"]) for row in (first, contact, discovery, solution)] == [
        (3, 0, 2, 0, 1), (2, 0, 1, 1, 0), (1, 1, 1, 0, 0), (1, 0, 1, 0, 0)
    ]  # fmt: skip
    assert (first["conversion"], first["conversion_target"], first["conversion_met"]) == (0.666667, 60, True)
    assert (contact["conversion"], contact["conversion_met"]) == (0.5, False)
    assert (first["stays"], first["days_median"], first["days_met"]) == (2, 7, True)
    assert (discovery["returned"], discovery["jumped"], solution["returned"]) == (1, 1, 0)
    assert (first["open"], first["age_median"], first["over_age"], first["idle_limit"]) == (1, 53, 1, 14)
    assert {"from": "Solution", "to": "Discovery", "n": 1} in answer["moves"]
    assert {"from": "Discovery", "to": "won", "n": 1} in answer["moves"]


def test_closed_deals_of_which_no_stage_is_known_are_left_out_and_told(run: Runner, tmp_path: Any) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(
        "name,created,closed,outcome\nA,2026-01-05,2026-02-01,won\nB,2026-01-05,2026-02-01,lost\nC,2026-01-05,,\n"
    )
    run(["import", str(file)])
    answer = run("report process --json").json
    assert [row["entered"] for row in answer["stages"]] == [1, 0, 0, 0, 0, 0, 0] and len(answer["moves"]) == 1
    assert "left out: 2 closed deals whose stages are not known" in " ".join(run("report process --why").out.split())
    assert "left out: none" in " ".join(run("report process -p 2025 --why").out.split())


def test_undo_takes_a_move_out_of_the_report(run: Runner) -> None:
    sell(run)
    before = run("report process --json").json
    run("advance Spare", today="2026-11-10")
    assert run("report process --json").json != before
    run("undo", today="2026-11-10")
    assert run("report process --json").json == before


def test_a_pipeline_is_asked_for_by_name_and_an_unknown_one_is_not_found(run: Runner) -> None:
    sell(run)
    run("pipeline add Renewals")
    run("stage add Due pipeline=Renewals probability=50")
    run(["deal", "add", "Old client", "pipeline=Renewals", "owner=Bo"])
    assert {row["pipeline"] for row in run("report process --json").json["stages"]} == {
        "Standard sales process",
        "Renewals",
    }
    assert [row["stage"] for row in run("report process --pipeline Renewals --json").json["stages"]] == ["Due"]
    run("report process --pipeline Nowhere", code=3)


def test_checks_by_hand_and_who_went_past_them(run: Runner) -> None:
    run("rep add Bo")
    run("config me Bo")
    run(["deal", "add", "Pump", "owner=Bo", "channel=fair"])
    run("advance Pump")
    rows = {row["item"]: row for row in run("report sop --json").json["by_item"]}
    assert {item: (row["met"], row["missing"]) for item, row in rows.items()} == {
        "profile": (0, 1),
        "customer": (0, 1),
        "channel": (1, 0),
    }
    run("sop enforce block")
    run(["advance", "Pump", "--override", "--reason", "fair ends today"])
    answer = run("report sop --json").json
    [override] = answer["overrides"]
    assert (override["deal_ref"], override["by"], override["reason"]) == ("D1", "Bo", "fair ends today")
    assert len(override["items"]) == 3 and answer["by_rep"][0]["overridden"] == 3
    assert run("report sop -p 2025 --json").json["by_item"] == []


def test_a_goal_for_the_items_met_is_told_where_the_sop_sets_one(run: Runner, tmp_path: Any) -> None:
    run("rep add Bo")
    run(["deal", "add", "Pump", "owner=Bo", "channel=fair"])
    run("advance Pump")
    first = run("report process --json").json["stages"][0]
    assert (first["items"], first["items_target"]) == (None, None)
    text = run("sop export").out.replace('kpi = "conversion"\ntarget = 60', 'kpi = "conversion"\ntarget = 60\n\n[[stage.kpi]]\nkpi = "met"\ntarget = 90', 1)  # fmt: skip
    file = tmp_path / "sop.toml"
    file.write_text(text, encoding="utf-8")
    run(["sop", "load", str(file)])
    first = run("report process --json").json["stages"][0]
    assert (first["items_met"], first["items"], first["items_target"], first["items_target_met"]) == (1, 3, 90, False)
    assert "Prospecting: items met 33 % (1/3), goal 90 % missed" in run("report process").out


def test_a_rival_named_in_any_way_counts_once_and_only_now_lost_ones_are_lost(run: Runner) -> None:
    sell(run)
    run("deal edit Spare competitor=FESTA")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["met"], festa["open"], festa["lost_to"], festa["win_rate"]) == (2, 1, 1, 0.0)
    run("deal reopen Line --reason again")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["met"], festa["open"], festa["lost_to"], festa["win_rate"]) == (2, 2, 0, None)
    run("lose Line price --lost-to Pumpex")
    rows = {
        row["rival"].title(): (row["lost_to"], row["lost_otherwise"])
        for row in run("report rivals --json").json["rivals"]
    }
    assert rows == {"Festa": (0, 1), "Pumpex": (1, 0)}


def test_prices_are_compared_in_one_currency_only(run: Runner) -> None:
    from salesctl.app import App
    from salesctl.preparse import preparse
    from salesctl.services.bargain import rival

    sell(run)
    with_price = App(preparse(["--db", str(run.path), "--today", "2026-11-23T10:00:00"])[0])
    rival(with_price, "Spare", "Festa", "45", "cheap", None)
    rival(with_price, "Pump", "Festa", "EUR 120", None, "slow")
    [festa] = run("report rivals --json").json["rivals"]
    assert (festa["price_difference"], festa["price_n"]) == (-0.1, 1)
    assert (festa["strengths"], festa["weaknesses"], festa["win_rate"]) == (["cheap"], ["slow"], 0.5)


def test_too_few_deals_say_nothing(run: Runner) -> None:
    sell(run)
    answer = run("analyze sop-effect --json").json
    assert answer["analysis"] == "sop-effect" and answer["effects"]
    assert {row["verdict"] for row in answer["effects"]} == {"too_few"}
    assert all(row["p"] is None and row["q"] is None for row in answer["effects"])
    assert "too few" in run("analyze sop-effect -O text").out


@pytest.mark.parametrize("line", ["report process", "report sop", "report rivals", "analyze sop-effect"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_to_tell_is_no_error(bare: Runner, run: Runner, line: str, lang: str) -> None:
    for runner in (bare, run):
        for more in ("", "-p 2020Q1", "--why", "--as-of 2026-01-01", "--by rep"):
            out = runner(f"{line} {more} -O text --lang {lang}").out
            assert out.count("\n") >= 2
            runner(f"{line} {more} --json")
            runner(f"{line} {more} -O tsv")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("report process --by product", 2, "cannot be grouped by product"),
        ("report sop --by channel", 2, "one of: item, stage, rep"),
        ("report weather", 2, "there is none called weather"),
        ("report proces", 2, "did you mean process"),
        ("report process -p nonsense", 4, "nonsense"),
        ("report process --as-of 2026-02-30", 4, "February"),
        ("report process --owner Nobody", 3, "Nobody"),
        ("report rivals -w colour:red", 2, "colour"),
        ("analyze sop-effect nonsense", 2, "one of:"),
        ("analyze", 0, ""),
    ],
)
def test_what_cannot_be_asked(run: Runner, line: str, code: int, said: str) -> None:
    sell(run)
    assert said in run(line, code=code).err


@pytest.mark.sqlite
def test_one_item_is_found_by_its_key_and_its_name(bare: Runner) -> None:
    bare("demo")
    [one] = bare("analyze sop-effect key_need --json").json["effects"]
    assert bare(["analyze", "sop-effect", one["name"], "--json"]).json["effects"] == [one]
    assert {row["sort"] for row in bare("analyze sop-effect playbook --json").json["effects"]} == {"playbook"}
    [zh] = bare(["analyze", "sop-effect", "key_need", "--json", "--lang", "zh"]).json["effects"]
    assert zh["item"] == "key_need" and zh["name"] != one["name"]


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "line", ["report process", "report process --by rep", "report sop", "report rivals", "analyze sop-effect"]
)
def test_pages_are_read_at_eighty_columns_and_on_paper(bare: Runner, lang: str, line: str) -> None:
    from salesctl.output import report as page
    from salesctl.text import width

    bare(["demo", "--lang", lang])
    for one in seen(bare, line, lang, page):
        assert width(one) <= 80, one
    html = bare([*line.split(), "-O", "html", "--lang", lang, "--why"]).out
    assert html.startswith("<!doctype html>") and html.count("<table>") >= 1 and "<script" not in html
    md = bare([*line.split(), "-O", "md", "--lang", lang, "--why"]).out
    assert md.startswith("# ") and "|---" in md.replace(":", "-")


def seen(runner: Runner, line: str, lang: str, page: Any) -> list[str]:
    """What a terminal of 80 columns would show."""
    found: list[str] = []
    own = page.layout

    def narrow(report: Any, lang: str, room: int | None, mark: str) -> Any:
        found.extend(text for text, _bold in own(report, lang, 80, mark))
        return own(report, lang, room, mark)

    page.layout = narrow
    try:
        runner([*line.split(), "-O", "text", "--lang", lang, "--why"])
    finally:
        page.layout = own
    assert found
    return found


def test_the_reports_there_are(run: Runner) -> None:
    names = ["daily", "weekly", "monthly", "quarterly", "funnel", "trend", "gaps", "rep", "process", "sop", "rivals"]
    assert [row["report"] for row in run("report list --json").json] == names
    assert [row["analyze"] for row in run("analyze list --json").json] == ["sop-effect"]
    assert run("report process --fields stage,entered").out.splitlines()[0] == "stage\tentered"
    assert run("report process").out.startswith("Sales process  all time\n")
    assert run("analyze sop-effect").out.startswith("group\tsort\tstage\titem")


PLANS = [
    ("report process -p 2026Q4 --json", "SELECT e.deal_id, d.g", ("deal_event_at_ix", "deal_event_deal_ix"), ("SCAN e",)),
    ("report sop -p 2026Q4 --json", "SELECT k.rep_id", ("sop_check_at_ix",), ("SCAN k",)),
    ("report rivals -p 2026Q4 --json", "m.won", ("deal_closed_ix", "rival_deal_uq"), ("SCAN r",)),
    ("analyze sop-effect -p 2026Q4 --json", "k.operation_id, CASE", ("deal_closed_ix", "sop_check_deal_ix"), ("SCAN e", "SCAN k")),
]  # fmt: skip


@pytest.mark.sqlite
@pytest.mark.parametrize(("line", "mark", "used", "never"), PLANS)
def test_no_report_of_a_quarter_scans_what_it_need_not(
    run: Runner, line: str, mark: str, used: Sequence[str], never: Sequence[str]
) -> None:
    sell(run)
    with listening() as asked:
        run(line)
    store = planner(run.path)
    plans = [[str(step[3]) for step in store.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked if mark in sql]
    assert plans
    for plan in plans:
        for index in used:
            assert any(index in step for step in plan), (index, plan)
        assert not any(step == bad or step.startswith(f"{bad} ") for step in plan for bad in never), plan


def test_both_engines_say_the_same(tmp_path: Any, capfd: pytest.CaptureFixture[str], databases: Any) -> None:
    file = Runner(tmp_path / "demo.db", capfd)
    file("demo")
    url = databases("")
    file(["db", "move", url])
    server = Runner(url, capfd)
    for line in ("report process", "report sop", "report rivals", "analyze sop-effect"):
        for more in ("", "-p 2026Q3", "--as-of 2026-08-15", "--by rep", "--team North -w amount:10k.. --why"):
            wanted = file(f"{line} {more} --json").json
            assert server(f"{line} {more} --json").json == wanted, (line, more)
            assert any(isinstance(part, list) and part for part in wanted.values())


def test_reasons_and_types_in_a_line_add_up(run: Runner) -> None:
    """What is not told by itself is one more number, so that the line has all of them."""
    for n, reason in enumerate(("price", "price", "time", "no budget", "no need", "quality", "support")):
        run(["deal", "add", f"Deal{n}", "amount=5"], today="2026-11-16")
        run(["lose", f"Deal{n}", reason], today="2026-11-17")
    for kind in ("call", "mail", "visit", "meeting", "wechat", "demo"):
        run(["followup", "add", kind, f"type={kind}"], today="2026-11-16")
        run(["done", f"F{('call', 'mail', 'visit', 'meeting', 'wechat', 'demo').index(kind) + 1}"], today="2026-11-17")
    told = run("report weekly -p w47 -O text").out
    lost = next(line for line in told.split("\n") if line.startswith("Lost"))
    assert "price 2," in lost and sum(map(int, re.findall(r" (\d+)(?=[,;]|$)", lost.partition("   ")[2]))) == 7
    assert "others 2" in told.partition("Activity")[2].partition("\n\n")[0]


def test_a_slip_in_the_name_of_a_kpi(run: Runner) -> None:
    assert "did you mean win_rate?" in run("kpi show win_rat", code=2).err
    assert "one of: revenue" in run("kpi show xyz", code=2).err
