"""Exchange rates: set, imported, and exact in every figure; what has no rate is left out, counted and named."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.conftest import Runner

INIT = "config set currency CNY"


def known(run: Runner) -> list[tuple[str, str, str, str]]:
    return [
        (one["currency"], one["base"], one["day"], one["rate"])
        for one in run("rate list --sort currency,day -n 0 --json").json
    ]


def test_a_rate_is_of_a_day_and_set_again_it_changes(run: Runner) -> None:
    run(INIT)
    assert run("rate set USD 7.10").out.strip() == "RT1"
    assert run("rate set usd 7.25 --note bank").out.strip() == "RT1"
    run("rate set USD 7 --date 2026-01-01")
    run("rate set EUR 1.08 --base USD --date 2026-01-01")
    assert known(run) == [
        ("EUR", "USD", "2026-01-01", "1.08"),
        ("USD", "CNY", "2026-01-01", "7"),
        ("USD", "CNY", "2026-11-23", "7.25"),
    ]
    run("undo")
    assert len(known(run)) == 2
    again = run("rate add USD rate=7.4", code=5)
    assert "RT1" in again.err


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("rate set RMB 7", 4, "did you mean CNY?"),
        ("rate set CNY 2", 4, "always 1 CNY"),
        ("rate set USD 0", 4, "0.000000001"),
        ("rate set USD x", 4, "not a rate"),
        ("rate set USD 1e3", 4, "not a rate"),
        ("rate set USD ７.1", 4, "not a rate"),
        ("rate set USD -- -1", 4, "not a rate"),
        ("rate set USD 0.0000000001", 4, "nine decimals"),
        ("rate set USD 1000000001", 4, "billion"),
        ("rate set USD 7 --date 2026-02-30", 4, "28 days"),
        ("rate add USD", 4, "Exchange rate"),
        ("rate edit RT1 currency=CNY", 4, "always 1 CNY"),
        ("rate edit RT1 day=2026-01-02", 5, "there already"),
        ("rate show RT9", 3, "RT9"),
    ],
)
def test_what_is_no_rate_is_refused(run: Runner, line: str, code: int, says: str) -> None:
    run(INIT)
    run("rate set USD 7 --date 2026-01-01")
    run("rate set USD 7 --date 2026-01-02")
    before = known(run)
    assert says in run(line, code=code).err
    assert known(run) == before


def test_rates_come_from_a_file_and_go_to_one(run: Runner, tmp_path: Path) -> None:
    run(INIT)
    run("rate set USD 7 --date 2026-01-01")
    file = tmp_path / "rates.csv"
    file.write_text("币种,日期,汇率\nUSD,2026-01-01,7.1\nUSD,2026-02-01,7.2\nJPY,2026-01-01,0.0466\n", encoding="utf-8")
    counts = run(["import", str(file)]).rows[0]
    assert (counts["noun"], counts["created"], counts["updated"]) == ("rate", "2", "1")
    assert known(run) == [
        ("JPY", "CNY", "2026-01-01", "0.0466"),
        ("USD", "CNY", "2026-01-01", "7.1"),
        ("USD", "CNY", "2026-02-01", "7.2"),
    ]
    out = tmp_path / "out.csv"
    run(["export", "rate", "-o", str(out)])
    assert run(["import", str(out)]).rows[0]["unchanged"] == "3"
    file.write_text("currency,day,rate\nUSD,2026-03-01,7.3\nXXX,2026-03-01,1\nEUR,,8\n", encoding="utf-8")
    refused = run(["import", str(file)], code=4)
    assert "line 3" in refused.err and "line 4" in refused.err
    assert len(known(run)) == 3


def test_the_latest_rate_on_or_before_the_day_exact_and_half_even(run: Runner) -> None:
    from salesctl.store.connect import open_read
    from salesctl.store.rates import converter

    run(INIT)
    for line in ("USD 7.1 --date 2026-01-01", "USD 7.2 --date 2026-03-01", "JPY 0.05 --date 2026-01-01",
                 "EUR 1.25 --base USD --date 2026-01-01"):  # fmt: skip
        run(f"rate set {line}")
    store = open_read(str(run.path))
    into = converter(store, "CNY", date(2026, 6, 30))
    assert into.minor(100, "USD", "2026-02-28") == 710
    assert into.minor(100, "USD", date(2026, 3, 1)) == 720
    assert into.minor(100, "USD", None) == 720
    assert into.minor(100, "USD", "2025-12-31") is None
    assert into.lacking == {"USD": "2025-12-31"}
    assert into.minor(3, "JPY", None) == 15  # 3 yen, 0.15 yuan
    assert into.minor(5, "USD", "2026-02-01") == 36  # 35.5 to the even one
    assert into.exact(100, "EUR", "2026-02-01") is None  # EUR->USD->CNY is not what anybody set
    through = converter(store, "USD", date(2026, 6, 30))
    assert through.exact(7, "JPY", "2026-02-01") == Fraction(350, 71)  # 7 yen = 0.35 yuan = 4.93 cents
    assert converter(store, "USD", date(2026, 6, 30)).exact(720, "CNY", None) == 100
    assert converter(store, "CNY", date(2026, 2, 1)).minor(100, "USD", "2026-05-01") == 710
