"""The solution of a deal: from its needs, answered one by one, confirmed by the customer, superseded by the next version."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.selling import ready


@pytest.fixture
def acme(run: Runner) -> Runner:
    ready(run)
    run('need add D1 "changing over" --key')
    run('need add D1 "a report"')
    return run


def answers(run: Runner, ref: str) -> dict[str, str | None]:
    return {one["ref"]: one["answer"] for one in run(f"solution show {ref} --json").json["needs"]}


def test_it_has_a_line_for_each_need(acme: Runner) -> None:
    made = acme("solution add Acme --from-needs")
    assert made.out == "S1\n" and "2 needs have no answer: N1, N2" in made.err
    assert answers(acme, "S1") == {"N1": None, "N2": None}
    assert "1 need has no answer: N2" in acme('solution answer S1 N1 "8 minutes"').err
    acme(["solution", "answer", "D1", "report", "by mail"])
    assert answers(acme, "S1") == {"N1": "8 minutes", "N2": "by mail"}
    acme(["solution", "answer", "S1", "N2", ""])
    assert answers(acme, "S1") == {"N1": "8 minutes", "N2": None}
    screen = acme("solution show S1 -O text")
    assert "N1 Need: changing over (key)\n  8 minutes" in screen.out and "no answer yet" in screen.out


def test_the_customer_confirms_it(acme: Runner) -> None:
    acme("solution add D1 --from-needs")
    done = acme("solution confirm S1 --by Anna --at 2026-11-20 --json").json
    assert (done["status"], done["confirmed_by"], done["confirmed_on"]) == ("confirmed", "Anna Keller", "2026-11-20")
    deal = acme("deal show D1 --json").json["solution"]
    assert (deal["ref"], deal["status"], deal["confirmed_on"]) == ("S1", "confirmed", "2026-11-20")
    assert "S1 Pump order  version 1  confirmed by Anna Keller on 2026-11-20" in acme("deal show D1 -O text").out


def test_what_was_confirmed_is_not_edited_but_followed_by_the_next_version(acme: Runner) -> None:
    acme("solution add D1 --from-needs")
    acme('solution answer S1 N1 "8 minutes"')
    acme("solution confirm S1 --by Anna")
    for line in ("solution edit S1 note=x", "solution answer S1 N1 other", "solution confirm S1 --by Anna"):
        refused = acme(line, code=4).err
        assert "S1 was confirmed by Anna Keller on 2026-11-23" in refused and "solution revise S1" in refused, line
    made = acme("solution revise S1 --json").json
    assert (made["ref"], made["number"], made["status"]) == ("S2", 2, "draft")
    assert answers(acme, "S2") == {"N1": "8 minutes", "N2": None}
    assert acme("solution show S1 --json").json["status"] == "superseded"
    assert "S1 is superseded" in acme("solution answer S1 N1 x", code=4).err
    assert [one["ref"] for one in acme("solution list --json").json] == ["S2"]
    assert [one["ref"] for one in acme("solution list superseded --json").json] == ["S1"]
    assert len(acme("solution list --all --json").json) == 2


def test_a_new_one_takes_over_the_answers_and_supersedes(acme: Runner) -> None:
    acme('solution add D1 "Line with feeder"')
    assert answers(acme, "S1") == {}
    acme('solution answer S1 N2 "by mail"')
    acme("solution confirm S1 --by Anna")
    done = acme("solution add D1 --from-needs")
    assert done.out == "S2\n"
    second = acme("solution show S2 --json").json
    assert (second["name"], second["number"]) == ("Line with feeder", 2)
    assert answers(acme, "S2") == {"N1": None, "N2": "by mail"}
    assert acme("deal show D1 --json").json["solution"]["ref"] == "S2"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("solution confirm S1", 2, "--by"),
        ("solution confirm S1 --by Eve", 4, "P2 Eve is at Kova, not at Acme Corp"),
        ("solution confirm S1 --by Nobody", 3, "no contact is called"),
        ("solution confirm S1 --by Anna --at 2027-01-01", 4, "in the future"),
        ("solution confirm S1 --by Anna --at 2026-09-30", 4, "before the deal began"),
        ("solution confirm S9 --by Anna", 3, "there is no S9"),
        ("solution answer S1 N3 x", 4, "N3 is a need of D2, S1 is for D1"),
        ("solution answer S1 N9 x", 3, "there is no N9"),
        ("solution add D3 --from-needs", 4, "D3 has no needs yet"),
        ("solution edit S1 status=confirmed", 2, "status is not typed"),
        ("solution edit S1 deal=D2", 2, "deal is not typed"),
        ("solution add D1 ' '", 4, "is empty"),
    ],
)
def test_bad_input(acme: Runner, line: str, code: int, said: str) -> None:
    acme("deal add Other")
    acme("deal add Bare")
    acme("need add Other paint")
    acme("solution add D1 --from-needs")
    before = acme("solution show S1 --json").json
    assert said in acme(line, code=code).err
    assert acme("solution show S1 --json").json == before


def test_what_was_put_away_is_not_confirmed(acme: Runner) -> None:
    acme("solution add D1 --from-needs")
    acme("solution archive S1")
    for line in ("solution confirm S1 --by Anna", "solution answer S1 N1 x", "solution revise S1"):
        assert "S1 is archived" in acme(line, code=4).err
    assert acme("deal show D1 --json").json["solution"] is None
    acme("need archive N1")
    assert "N1 is archived" in acme("need key N1", code=4).err


def test_in_chinese(zh: Runner) -> None:
    zh('add 华南机电 贴片线改造 48万 --contact "张伟 13800000001" --lang zh')
    zh("need add D1 换线要40分钟 --lang zh")
    zh("solution add 华南机电 --from-needs --lang zh")
    done = zh("solution confirm 华南机电 --by 张伟 --at 今天 --lang zh")
    assert done.err.startswith("已确认  S1 贴片线改造  第 1 版  张伟 于 2026-11-23 确认")
    assert "方案  S1 贴片线改造  第 1 版" in zh("deal show D1 -O text --lang zh").out
