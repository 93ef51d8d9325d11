"""The contract on 8,800 deals of a real export; the answers were worked out another way, with pandas and sqlite3."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

pytestmark = pytest.mark.real_data
AS_OF = "--as-of 2018-01-01 --json"


@pytest.fixture(scope="module")
def imported(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The store after the first import, and what that said; made once."""
    return {"folder": tmp_path_factory.mktemp("maven"), "store": None, "report": None}


@pytest.fixture
def maven(imported: dict[str, Any], run: Runner, real_data: Path) -> Runner:
    import shutil

    if "://" in str(run.path):
        imported["report"] = run(["import", str(real_data / "maven_crm"), "--currency", "USD", "--json"]).json
    elif imported["store"] is None:
        imported["report"] = run(["import", str(real_data / "maven_crm"), "--currency", "USD", "--json"]).json
        imported["store"] = imported["folder"] / "maven.db"
        shutil.copy(run.path, imported["store"])
    else:
        shutil.copy(imported["store"], run.path)
    return run


def answers(real_data: Path, name: str) -> Any:
    path = real_data / "answers" / name
    if name.endswith(".json"):
        return json.loads(path.read_text(encoding="utf-8"))
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_everything_comes_in(maven: Runner, imported: dict[str, Any]) -> None:
    report = imported["report"]
    assert {key: report["created"][key] for key in ("customer", "product", "deal")} == {
        "customer": 85,
        "product": 7,
        "deal": 8800,
    }
    assert report["rejected"] == 0 and report["updated"] == {}
    [unmatched] = [one for one in report["warnings"] if one["code"] == "no_match"]
    assert (unmatched["field"], unmatched["value"], unmatched["rows"]) == ("product", "GTXPro", 1480)


def test_an_alias_resolves_what_was_kept_and_a_third_time_changes_nothing(maven: Runner, real_data: Path) -> None:
    line = ["import", str(real_data / "maven_crm"), "--currency", "USD", "--alias", "product:GTXPro=GTX Pro", "--json"]
    again = maven(line).json
    assert again["created"] == {} and again["updated"] == {"deal": 1480}
    third = maven(line).json
    assert third["created"] == third["updated"] == {} and third["unchanged"]["deal"] == 8800
    assert len(maven('deal list product:"GTX Pro" --all --json').json) == 1480


def test_the_headline_figures(maven: Runner, real_data: Path) -> None:
    want = answers(real_data, "maven.json")["overall"]
    rate, revenue, cycle, average, median = maven(
        f"kpi show win_rate revenue cycle average_deal median_deal {AS_OF}"
    ).json
    assert (rate["n"], rate["of"]) == (want["won"], want["closed"])
    assert rate["value"] == pytest.approx(want["win_rate"], abs=1e-6)
    assert revenue["value"] == {"amount": f"{want['won_value']:.2f}", "currency": "USD"} and revenue["n"] == want["won"]
    assert cycle["value"] == want["median_cycle_won"] and cycle["unit"] == "days"
    assert cycle["mean"] == pytest.approx(want["avg_cycle_won"], abs=1e-3)
    assert float(average["value"]["amount"]) == pytest.approx(want["avg_won"], abs=0.01)
    assert float(median["value"]["amount"]) == want["median_won"]


@pytest.mark.parametrize(
    ("by", "file"),
    [("rep", "agent"), ("manager", "manager"), ("region", "region"), ("product", "product"), ("industry", "sector"), ("quarter", "quarter"), ("month", "month")],
)  # fmt: skip
def test_figures_by_every_dimension(maven: Runner, real_data: Path, by: str, file: str) -> None:
    want = {row[next(iter(row))]: row for row in answers(real_data, f"maven_{file}.csv")}
    if by == "product":
        maven(["import", str(real_data / "maven_crm"), "--currency", "USD", "--alias", "product:GTXPro=GTX Pro"])
    got = {(one["kpi"], one["group"]): one for one in maven(f"kpi show win_rate revenue --by {by} {AS_OF}").json}
    for group, row in want.items():
        rate, revenue = got["win_rate", group], got["revenue", group]
        assert rate["n"] == int(row["won"]), group
        assert rate["of"] == int(row["closed"]), group
        assert float(revenue["value"]["amount"]) == float(row["won_value"]), group


def test_open_deals_by_stage_and_all_of_them(maven: Runner) -> None:
    assert len(maven('deal list --where "stage:Engaging" --as-of 2018-01-01 -n 0 --json').json) == 1589
    assert len(maven("deal list --all --as-of 2018-01-01 -n 0 --json").json) == 8800
    assert len(maven("deal list --as-of 2018-01-01 --json").json) == 2089
    blank = maven("deal list stage:Prospecting -n 1 --json").json[0]
    assert (blank["created"], blank["amount"], blank["outcome"]) == (None, None, None)
    nameless = maven("deal list customer: -n 1 --json").json[0]
    assert nameless["name"] == nameless["external_id"]


def test_as_of_an_earlier_day_counts_what_was_closed_by_then(maven: Runner, real_data: Path) -> None:
    with (real_data / "maven_crm" / "sales_pipeline.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    day = "2017-06-30"
    won = [row for row in rows if row["deal_stage"] == "Won" and row["close_date"] <= day]
    lost = [row for row in rows if row["deal_stage"] == "Lost" and row["close_date"] <= day]
    rate, revenue = maven(f"kpi show win_rate revenue --as-of {day} --json").json
    assert (rate["n"], rate["of"]) == (len(won), len(won) + len(lost))
    assert float(revenue["value"]["amount"]) == sum(int(row["close_value"]) for row in won)
    stood = [
        row
        for row in rows
        if (not row["engage_date"] or row["engage_date"] <= day) and (not row["close_date"] or row["close_date"] > day)
    ]
    assert len(maven(f"deal list --as-of {day} -n 0 --json").json) == len(stood)


def test_a_chinese_directory_in_gb18030(run: Runner, real_data: Path) -> None:
    report = run(["import", str(real_data / "cn"), "--encoding", "gb18030", "--json"]).json
    with (real_data / "cn" / "公司名录_gb18030.csv").open(encoding="gb18030", newline="") as file:
        names = [row["客户名称"] for row in csv.DictReader(file)]
    assert report["created"]["customer"] == len({name.casefold() for name in names})
    assert [one["value"] for one in report["warnings"] if one["code"] == "ignored_file"] == ["订单_gbk_ragged.csv"]


def test_out_and_in_again_is_byte_for_byte(maven: Runner, tmp_path: Path, templates: dict[str, Path]) -> None:
    import shutil

    first, second = tmp_path / "first", tmp_path / "second"
    maven(["export", "--to", str(first)])
    other = Runner(tmp_path / "other.db", maven.capfd)
    shutil.copy(templates["en"], other.path)
    other(["import", str(first)])
    other(["export", "--to", str(second)])
    for path in sorted(first.iterdir()):
        assert (second / path.name).read_bytes() == path.read_bytes(), path.name
