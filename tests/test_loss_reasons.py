"""Why deals are lost, as data in the SOP; what is flagged `exclude_from_rates` counts in no win rate and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from salesctl.domain.soplint import lint
from tests.conftest import Runner

DEALS = (
    ("D1", 100, "win D1"),
    ("D2", 100, "lose D2 price"),
    ("D3", 700, "lose D3 duplicate"),
    ("D4", 900, "lose D4 TEST"),
    ("D5", 300, "lose D5 'Test run went badly'"),
)


@pytest.fixture
def closed(run: Runner) -> Runner:
    """One deal won, two lost in earnest, one lost as a duplicate and one as a test; one of each sort without an amount."""
    run("rep add Anna")
    run("rep add Bo")
    for ref, amount, how in DEALS:
        run(f"deal add {ref} amount={amount} owner={'Bo' if ref == 'D4' else 'Anna'}")
        run(how)
    for ref, how in (("D6", "lose D6 duplicate"), ("D7", "lose D7 price")):
        run(f"deal add {ref} owner=Anna")
        run(how)
    return run


def rate(run: Runner, name: str, more: str = "") -> tuple[float, int, int, int]:
    (row,) = run(f"kpi {name} -p 2026Q4 --json {more}").json
    return round(row["value"], 6), row["n"], row["of"], row["excluded"]


def test_flagged_reasons_count_in_no_rate(closed: Runner) -> None:
    assert rate(closed, "win-rate") == (0.25, 1, 4, 3)
    assert rate(closed, "win-rate-value") == (0.2, 1, 3, 4)  # D7 has no amount; D3, D4 and D6 are flagged
    assert rate(closed, "lost")[0] == 6  # a loss is still a loss
    told = closed("kpi win-rate win-rate-value -p 2026Q4 --why -O text").out
    assert told.count("3 lost for a reason that counts in no rate (sop show) (D3 D4 D6)") == 2
    assert "1 without an amount (D7)" in told
    assert "3 单按不计入成交率的原因输掉" in closed("kpi win-rate -p 2026Q4 --why -O text --lang zh").out


def test_by_group_as_of_and_undone(closed: Runner) -> None:
    rows = closed("kpi win-rate -p 2026Q4 --by rep --json").json
    assert [(one["group"], one["n"], one["of"], one["excluded"]) for one in rows] == [("Anna", 1, 4, 2)]
    assert rate(closed, "win-rate", "--as-of 2026-11-23") == (0.25, 1, 4, 3)
    assert rate(closed, "win-rate", "--owner Anna") == (0.25, 1, 4, 2)
    closed("product add Pump list_price=5")
    for ref in ("D1", "D3"):
        closed(f"deal edit {ref} product=Pump")
    rows = closed("kpi win-rate -p 2026Q4 --by product --json").json
    assert [(one["n"], one["of"], one["excluded"]) for one in rows if one["group"] == "Pump"] == [(1, 1, 1)]
    closed("deal reopen D3 --reason again")
    closed("lose D3 price")
    assert rate(closed, "win-rate") == (0.2, 1, 5, 2)
    closed("undo")
    closed("undo")
    assert rate(closed, "win-rate") == (0.25, 1, 4, 3)


def test_the_reasons_are_those_of_the_sop(closed: Runner, tmp_path: Path) -> None:
    text = closed("sop export").out
    assert "duplicate (not in rates), test (not in rates)" in closed("sop show -O text").out
    changed = text.replace('reason = "price"', 'reason = "price"\nexclude_from_rates = true', 1)
    (tmp_path / "sop.toml").write_text(changed, encoding="utf-8")
    closed(["sop", "load", str(tmp_path / "sop.toml")])
    assert rate(closed, "win-rate") == (0.5, 1, 2, 5)
    start = text.index("[[loss]]")
    none = text[:start] + text[text.index("[discount]") :]
    (tmp_path / "sop.toml").write_text(none, encoding="utf-8")
    closed(["sop", "load", str(tmp_path / "sop.toml")])
    assert rate(closed, "win-rate") == (round(1 / 7, 6), 1, 7, 0)


def test_both_default_sops_flag_them_and_a_chinese_word_is_one(zh: Runner) -> None:
    zh("rep add 王磊")
    for ref, how in (("D1", "win D1"), ("D2", "lose D2 重复"), ("D3", "lose D3 测试"), ("D4", "lose D4 价格")):
        zh(f"deal add {ref}")
        zh(how)
    assert rate(zh, "win-rate") == (0.5, 1, 2, 2)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[loss]]\nreason = "price"\n\n[[loss]]\nreason = "Price"\n', "reason price is there twice, first in line 2"),
        (
            '[[loss]]\nreason = "a"\nwords = ["b"]\n\n[[loss]]\nreason = "B"\n',
            "reason b is there twice, first in line 3",
        ),
        ("[[loss]]\nexclude_from_rates = true\n", "reason is missing"),
        ('[[loss]]\nreason = "a"\nexclude_from_rates = "yes"\n', "exclude_from_rates is a true or false"),
        ('[[loss]]\nreason = "a"\nweight = 1\n', "unknown field weight"),
        ('[loss]\nreason = "a"\n', "loss is a list of tables: [[loss]]"),
    ],
)
def test_lint_names_what_is_wrong(text: str, why: str) -> None:
    plan, faults = lint(text + '\n[[stage]]\nkey = "a"\nname = "A"\n')
    assert plan is None and len(faults) == 1 and why in faults[0].why, faults
