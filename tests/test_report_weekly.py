"""report weekly and its kin: every figure in it is that of the command beside it; what it says of little and of nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import Runner

PAPERS = ("daily", "weekly", "monthly", "quarterly", "funnel", "trend", "gaps")


@pytest.fixture
def demo(bare: Runner) -> Runner:
    bare("demo")
    return bare


def blocks(run: Runner, line: str, **more: str) -> Any:
    return run(f"report {line} --json", **more).json["blocks"]


def kpi(run: Runner, name: str, more: str) -> Any:
    return run(f"kpi show {name} {more} --json").json[0]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "whose", ["", "--team North", "--owner 王磊", "--as-of 2026-09-30", "--team 华南 --as-of 2026-10-15"]
)
def test_every_figure_of_the_week_is_that_of_its_command(demo: Runner, whose: str) -> None:
    answer = demo(f"report weekly {whose} --json").json
    week = f"-b {answer['period']['start']} -e {answer['period']['end']} {whose}"
    quarter = f"-p {answer['blocks']['goal_quarter']['period']['label']} {whose}"
    found = answer["blocks"]
    won, lost = kpi(demo, "won", week), kpi(demo, "lost", week)
    assert (found["won"]["n"], found["lost"]["n"]) == (won["value"], lost["value"])
    assert found["won"]["value"] == kpi(demo, "revenue", week)["value"]
    assert sum(one["n"] for one in found["lost"]["reasons"]) == lost["value"]
    moved = demo(f"changes {week} --json").json
    rows = {one["movement"]: one["value"] for one in moved["movements"]} | {
        key: moved[key]["value"] for key in ("start", "end")
    }
    assert {key: found["pipeline"][key]["value"] for key in rows} == rows and found["pipeline"]["balanced"]
    assert found["goal_quarter"]["value"] == kpi(demo, "revenue", quarter)["value"]
    told = demo(f"forecast {quarter} --json").json
    for key, other in (
        ("weighted", "weighted"),
        ("p10", "p10"),
        ("p90", "p90"),
        ("goal", "goal"),
        ("chance", "chance"),
    ):
        assert found["forecast_quarter"][key] == told[other], key
    sums = {one["category"]: one["cumulative"] for one in told["categories"]}
    assert found["forecast_quarter"]["commit"] == sums["commit"]
    rate = demo(f"kpi show win_rate {quarter} --vs previous --json").json[0]
    for key in ("value", "n", "of", "low", "high", "before", "change", "within_chance"):
        assert found["win_rate"][key] == rate[key], key
    done = kpi(demo, "activities", week)
    assert found["activity"]["n"] == done["value"] == sum(found["activity"]["types"].values())
    board = demo(f"board {whose} --json").json
    assert found["watch"]["stalled"]["n"] == (board[-1]["stalled"] if board else 0)


@pytest.mark.sqlite
def test_the_goal_and_what_waits_are_those_of_goal_and_remind(demo: Runner) -> None:
    found = blocks(demo, "weekly")
    [goal] = [one for one in demo("goal list -p 2026Q4 --json").json if one["scope"] == "company" and one["kpi"] == "revenue" and one["period"] == "2026Q4"]  # fmt: skip
    mine = found["goal_quarter"]
    assert (mine["value"], mine["goal"], mine["state"]) == (goal["now"], goal["target"], goal["state"])
    assert (mine["days_left"], mine["lands"], mine["ref"]) == (goal["days_left"], goal["lands"], goal["ref"])
    today = demo("remind --owner all --json").json
    assert found["watch"]["without_step"]["n"] == today["stepless_count"]
    assert found["watch"]["stalled"]["n"] == today["stalled_count"]
    assert found["watch"]["approvals"] == today["waiting"]["approvals"]["count"]
    assert {one["ref"] for one in found["watch"]["goals"]} == {one["ref"] for one in today["goals"]}


@pytest.mark.sqlite
def test_the_tables_are_those_of_kpi_board_and_process(demo: Runner) -> None:
    answer = demo("report funnel -p 2026Q4 --json").json["blocks"]
    board = demo("board --json").json
    assert answer["stages"]["stages"] == board
    process = {one["stage"]: one for one in demo("report process -p 2026Q4 --json").json["stages"]}
    for row in answer["funnel"]["stages"]:
        for key in ("entered", "advanced", "lost", "undecided", "conversion"):
            assert row[key] == process[row["stage"]][key]
    months = blocks(demo, "trend")["trend"]["months"]
    known = {one["group"]: one for one in demo("kpi show revenue --by month -p 2025-12..2026-11 --json").json}
    assert len(months) == 12 and months[-1]["month"] == "2026-11"
    for row in months:
        assert row["revenue"]["amount"] == (known[row["month"]]["value"]["amount"] if row["month"] in known else "0.00")
    reps = blocks(demo, "quarterly -p 2026Q4")["reps"]["reps"]
    by = {one["group"]: one["value"] for one in demo("kpi show revenue --by rep -p 2026Q4 --json").json}
    assert {row["rep"]: row["revenue"] for row in reps if row["won"]} == by
    kpis = {one["kpi"]: one for one in blocks(demo, "quarterly -p 2026Q4")["kpis"]["kpis"]}
    for row in demo("kpi -p 2026Q4 --vs previous --json").json:
        if row["kpi"] in kpis:
            assert {key: kpis[row["kpi"]][key] for key in ("value", "n", "of", "before", "trend")} == {key: row[key] for key in ("value", "n", "of", "before", "trend")}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "first"), [("2026-11-23", "2026-11-16"), ("2026-11-26", "2026-11-16"), ("2026-11-27", "2026-11-23"), ("2026-11-29", "2026-11-23")]
)  # fmt: skip
def test_the_week_is_this_one_from_friday_on(run: Runner, day: str, first: str) -> None:
    assert run("report --json", today=day).json["period"]["start"] == first
    assert run(f"report --as-of {day} --json", today="2026-12-24").json["period"]["start"] == first


def test_months_quarters_and_days(run: Runner) -> None:
    def first(line: str, day: str) -> str:
        return str(run(f"report {line} --json", today=day).json["period"]["start"])

    assert first("daily", "2026-11-23") == "2026-11-23"
    assert (first("monthly", "2026-11-27"), first("monthly", "2026-11-28")) == ("2026-10-01", "2026-11-01")
    assert (first("quarterly", "2026-12-28"), first("quarterly", "2026-12-29")) == ("2026-07-01", "2026-10-01")


def test_nothing_yet_says_so_and_makes_no_store(bare: Runner) -> None:
    for name in PAPERS:
        said = bare(f"report {name}").out
        assert "Nothing yet" in said
        assert bare(f"report {name} --json").json["report"] == name
    found = blocks(bare, "weekly")
    assert found["win_rate"]["value"] is None and found["won"]["n"] == 0 and found["pipeline"]["balanced"]


def test_one_deal_one_rep_and_a_period_without_data(run: Runner) -> None:
    run("rep add Bo")
    run("deal add Pump amount=48k owner=Bo", today="2026-11-17")
    run("win D1 --at 2026-11-20")
    found = blocks(run, "weekly")
    assert (found["won"]["n"], found["won"]["value"]["amount"]) == (1, "48000.00")
    assert [one["ref"] for one in found["won"]["deals"]] == ["D1"] and found["win_rate"]["value"] == 1
    text = run("report -O text").out
    assert "100 % (21-100 %, 1/1)" in text and "fewest" not in text
    empty = blocks(run, "weekly -p w40")
    assert (empty["won"]["n"], empty["lost"]["n"], empty["activity"]["n"]) == (0, 0, 0)
    assert empty["win_rate"]["value"] is None or empty["win_rate"]["of"]
    assert "n/a" in run("report weekly -p 2025-W10 -O text").out


def test_two_currencies_are_never_added_up(run: Runner) -> None:
    run("config set currency USD")
    for name, amount in (("Pump", "48000usd"), ("Valve", "10000eur"), ("Open", "5000usd"), ("Other", "7000eur")):
        run(f"deal add {name} amount={amount}", today="2026-11-17")
    for ref in ("D1", "D2"):
        run(f"win {ref} --at 2026-11-20")
    found = blocks(run, "weekly")
    kept = kpi(run, "revenue", "-p 2026-11-16..2026-11-22")
    assert found["won"]["n"] == 2 and found["won"]["value"] == kept["value"]
    gaps = {one["gap"]: one["n"] for one in blocks(run, "gaps")["gaps"]["gaps"]}
    assert gaps["without_rate"] == 1 and gaps["without_date"] == 2
    assert "without a rate" in run("report -O text").out and "no rate is known" in run("report -O text").out
    run("rate set EUR 2 --date 2026-01-01")
    found = blocks(run, "weekly")
    assert (
        found["won"]["value"]["amount"]
        == "68000.00"
        == kpi(run, "revenue", "-p 2026-11-16..2026-11-22")["value"]["amount"]
    )
    gaps = {one["gap"]: one for one in blocks(run, "gaps")["gaps"]["gaps"]}
    assert "without_rate" not in gaps and gaps["without_date"]["value"]["amount"] == "19000.00"
    assert found["pipeline"]["end"]["value"]["amount"] == "19000.00"


def test_an_owner_without_deals_and_people_that_are_not_there(run: Runner) -> None:
    run("rep add Bo")
    run("deal add Pump amount=48k close=2026-12-01")
    found = blocks(run, "rep Bo")
    assert found["won"]["n"] == 0 and found["pipeline"]["end"]["deals"] == 0
    run("report rep Nobody", code=3)
    run("report --team Nowhere", code=3)
    run("report -p all", code=4)
    run("report -p w53x", code=4)
    run("report nonsense", code=2)
    run("report -p 2027Q1", code=4)


def test_gaps_name_their_deals(run: Runner) -> None:
    run("deal add Late amount=1k close=2026-11-01")
    run("deal add Bare")
    run("deal add Sold", today="2026-11-17")
    run("win D3 --at 2026-11-20")
    gaps = {one["gap"]: one for one in blocks(run, "gaps")["gaps"]["gaps"]}
    assert gaps["overdue"]["refs"] == ["D1"] and gaps["overdue"]["value"]["amount"] == "1000.00"
    assert gaps["without_amount"]["refs"] == ["D2"] == gaps["without_date"]["refs"]
    assert gaps["won_without_amount"]["refs"] == ["D3"]
    brief = blocks(run, "weekly")["left_out"]["gaps"]
    assert {one["gap"]: one["n"] for one in brief}.items() <= {name: one["n"] for name, one in gaps.items()}.items()


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text_fits_eighty_columns_in_both_languages(demo: Runner, lang: str) -> None:
    from salesctl.text import width

    for name in ("weekly", "daily", "weekly --team 华南"):
        lines = demo(f"report {name} -O text --lang {lang}").out.splitlines()
        wide = [line for line in lines if width(line) > 80 and "longest" not in line]
        assert not wide, wide
    if lang == "zh":
        week = demo("report -O text --lang zh").out
        assert not re.search(r"\b(stalled|fewest|was|within chance)\b", week)


@pytest.mark.sqlite
def test_markdown_and_rows(demo: Runner) -> None:
    page = demo("report monthly -O md").out
    assert page.startswith("# Monthly report") and "- **Won**: " in page and "| Rep" in page
    rows = demo("report weekly -O tsv").rows
    won = {row["key"]: row for row in rows if row["block"] == "won"}
    assert won["n"]["value"] and won["value"]["value_currency"] == "EUR"


@pytest.mark.sqlite
def test_both_engines_say_the_same(tmp_path: Any, capfd: pytest.CaptureFixture[str], databases: Any) -> None:
    file = Runner(tmp_path / "demo.db", capfd)
    file("demo")
    url = databases("")
    file(["db", "move", url])
    server = Runner(url, capfd)
    for line in (*PAPERS, "rep 王磊", "weekly --team North", "quarterly --as-of 2026-10-15", "gaps --owner 李娜"):
        assert server(f"report {line} --json").json == file(f"report {line} --json").json, line


def currencies(found: Any) -> set[str]:
    """Every currency that an answer has an amount in."""
    if isinstance(found, dict):
        mine = {found["currency"]} if isinstance(found.get("currency"), str) else set()
        return mine.union(*map(currencies, found.values()))
    return set().union(*map(currencies, found)) if isinstance(found, list) else set()


def test_a_page_has_one_currency(run: Runner) -> None:
    run("init --currency EUR")
    run("rate set USD 0.5 --date 2026-01-01")
    run("deal add One amount=100000USD close=2026-12-01", today="2026-11-16")
    run("deal add Two amount=30EUR close=2026-12-01", today="2026-11-16")
    run("win D1", today="2026-11-17")
    got = run("report quarterly -p 2026Q4 --json").json
    assert got["currency"] == "EUR" and got["blocks"]["won"]["value"] == {"amount": "50000.00", "currency": "EUR"}
    blocks_ = {key: one for key, one in got["blocks"].items() if key not in ("won", "lost")}
    assert currencies(blocks_) == {"EUR"}
    run("rate rm RT1 --yes")
    text = run("report quarterly -p 2026Q4 -O text").out
    assert re.search(r"Won +1 +n/a", text) and "USD->EUR" in text
    assert currencies(run("report funnel --json --currency USD").json) == {"USD"}


def test_a_page_is_in_the_currency_that_was_set_else_in_the_only_one_there_is(run: Runner) -> None:
    run("deal add One amount=100GBP close=2026-12-01", today="2026-11-16")
    got = run("report monthly --json").json
    assert got["currency"] == "GBP" == got["blocks"]["pipeline"]["currency"]
    assert currencies(got["blocks"]) == {"GBP"}
    run("config set currency EUR")
    got = run("report monthly --json").json
    assert got["currency"] == "EUR" and currencies(got["blocks"]) == {"EUR"}
    for line in ("kpi show pipeline", "board", "changes -p 2026-11"):
        assert "no GBP->EUR rate" in run(f"{line} --strict", code=4).err


def test_the_movement_says_by_which_rate_it_is(run: Runner) -> None:
    run("init --currency EUR")
    run("deal add One amount=30EUR close=2026-12-01", today="2026-11-16")
    assert "rate of the last day" not in run("report weekly -O text").out
    run("rate set USD 0.5 --date 2026-01-01")
    run("deal add Two amount=100USD close=2026-12-01", today="2026-11-16")
    assert "by the rate of the last day" in " ".join(run("report weekly -O text").out.split())
    assert "按最后一天的汇率" in run("report weekly -O text --lang zh").out


def laid_out(run: Runner, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """The lines of a report on a terminal of eighty columns."""
    from salesctl.output import out, report

    seen: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(out.Out, "emit", lambda _self, view: seen.append(view))
        run(line)
    return [text for text, _bold in report.layout(seen[0], "en", 80, "…")]


def test_the_names_of_the_kpis_are_never_cut(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.text import width

    run("init --currency USD")
    for n, day in ((1, "2026-08-03"), (2, "2026-10-05"), (3, "2026-10-06")):
        run(f"deal add Big{n} amount=98765432.10", today=day)
        run(f"win D{n}", today=day)
    run("goal add revenue 500000000 -p 2026Q4")
    lines = laid_out(run, monkeypatch, "report quarterly -p 2026Q4")
    lines = lines[lines.index("KPIs") : lines.index("Reps")]
    assert all(width(line) <= 80 and "…" not in line for line in lines)
    for name in ("Revenue  ", "Win rate  ", "Average deal  ", "Weighted pipeline "):
        assert any(line.startswith(name) for line in lines), name
    [said] = [line for line in lines if line.startswith("no room for: ")]
    assert "6 periods" in said and any("$197,530,864" in line for line in lines)
    assert "6 periods" in run("report quarterly -p 2026Q4 -O md").out


def test_bars_are_made_for_the_room_there_is(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init --currency USD")
    for n in range(1, 11):
        run(f"deal add Big{n} amount=5 stage={'Prospecting' if n > 6 else 'Proposal'}", today="2026-10-05")
    lines = laid_out(run, monkeypatch, "report funnel -p 2026Q4")
    bars = [line.count("█") for line in lines[lines.index("From stage to stage") :] if "█" in line]
    assert bars[-1] < bars[0] < 20 and not any("█…" in line for line in lines)
