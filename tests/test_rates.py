"""Exchange rates: set, imported, and exact in every figure; what has no rate is left out, counted and named."""

from __future__ import annotations

from contextlib import closing
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
    with closing(open_read(str(run.path))) as store:
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


def mixed(run: Runner) -> None:
    """Two wins in yuan, one in dollars with a rate and one without; one open deal of each currency; one lost."""
    run(INIT)
    run("rep add Anna")
    run("rate set USD 7.1 --date 2026-02-01")
    run("rate set USD 7.3 --date 2026-11-01")
    for name, amount, end in (
        ("A", "1000 CNY", "win 2026-03-05"),
        ("B", "3000 CNY", "win 2026-03-09"),
        ("C", "100 USD", "win 2026-03-05"),
        ("E", "10 EUR", "win 2026-03-05"),
        ("L", "100.01 USD", "lose 2026-03-07"),
        ("O", "50 USD", ""),
        ("P", "500 CNY", ""),
        ("Q", "7 GBP", ""),
    ):
        run(["deal", "add", name, f"amount={amount}", "created=2026-02-01", "owner=Anna", "close=2026-12-01"])
        if end:
            verb, day = end.split()
            run([verb, name, *(["price"] if verb == "lose" else []), "--at", day])


def figures(run: Runner, line: str) -> dict[str, dict[str, object]]:
    return {one["kpi"]: one for one in run(f"kpi show {line} --json").json}


def test_closed_deals_by_the_rate_of_their_day_open_ones_by_the_latest(run: Runner) -> None:
    mixed(run)
    got = figures(run, "revenue average_deal median_deal win_rate_value pipeline weighted_pipeline")
    worth = {name: one["value"]["amount"] for name, one in got.items() if isinstance(one["value"], dict)}
    assert worth["revenue"] == "4710.00"  # 1000 + 3000 + 100 x 7.1
    assert (got["revenue"]["n"], got["revenue"]["excluded"]) == (3, 1)
    assert worth["average_deal"] == "1570.00"
    assert worth["median_deal"] == "1000.00"
    assert worth["pipeline"] == "865.00"  # 500 + 50 x 7.3
    assert got["pipeline"]["excluded"] == 1
    assert got["win_rate_value"]["value"] == pytest.approx(4710 / (4710 + 710.071))
    then = figures(run, "pipeline --as-of 2026-10-01")
    assert then["pipeline"]["value"]["amount"] == "855.00"  # the rate of November was not known then


def test_what_lacks_a_rate_is_named_and_strict_refuses_it(run: Runner) -> None:
    mixed(run)
    shown = run("kpi show revenue pipeline --why -O text").out
    assert "no EUR->CNY rate on 2026-03-05" in shown and "(D4)" in shown
    assert "no GBP->CNY rate on 2026-11-23" in shown and "(D8)" in shown
    assert "1 USD = 7.1 CNY (2026-02-01)" in shown and "1 USD = 7.3 CNY (2026-11-01)" in shown
    refused = run("kpi show revenue --strict", code=4)
    assert "no EUR->CNY rate on 2026-03-05" in refused.err and "rate set EUR" in refused.err
    nothing = run("kpi show revenue -w amount:10usd..99999usd --currency EUR", code=4)
    assert "no USD->EUR rate on 2026-03-05" in nothing.err
    run("rate set EUR 8 --date 2026-03-05")
    run("rate set GBP 9 --date 2026-03-05")
    assert figures(run, "revenue --strict")["revenue"]["value"] == {"amount": "4790.00", "currency": "CNY"}


def test_groups_and_the_median_turn_as_the_whole_does(run: Runner) -> None:
    mixed(run)
    run("product add Pump")
    run("deal edit A product=Pump")
    run("deal edit C product=Pump")
    by = {one["group"]: one for one in run("kpi show revenue --by product --json").json}
    assert by["Pump"]["value"]["amount"] == "1710.00"
    months = run("kpi show revenue --by month --json").json
    assert [(one["group"], one["value"]["amount"]) for one in months] == [("2026-03", "4710.00")]
    reps = run("kpi show median_deal --by rep --json").json
    assert [one["value"]["amount"] for one in reps] == ["1000.00"]
    products = {one["group"]: one["value"]["amount"] for one in run("kpi show median_deal --by product --json").json}
    assert products["Pump"] == "855.00"


def test_goal_board_forecast_and_changes_say_the_same(run: Runner) -> None:
    mixed(run)
    run("goal add revenue 10000 -p 2026Q1 --reason plan")
    assert run("goal show G1 --json").json["now"]["amount"] == "4710.00"
    for line in ("goal show G1 -O text", "goal list -p 2026Q1 -O text"):
        assert "G1: 1 deal is in no sum: no EUR->CNY rate on 2026-03-05" in run(line).out
    total = next(one for one in run("board --json").json if one["stage"] == "total")
    assert (total["value"]["amount"], total["other_currency"]) == ("865.00", 1)
    assert "no GBP->CNY rate on 2026-11-23" in run("board -O text").out
    forecast = run("forecast show -p 2026Q4 --json").json
    assert forecast["left_out"]["other_currency"] == ["D8"]
    assert "no GBP->CNY rate" in run("forecast show -p 2026Q4 -O text").out
    flow = run("changes -p 2026-11 --json").json
    assert flow["balanced"] and flow["end"]["value"]["amount"] == "865.00" and flow["other_currency"] == 1


def test_changes_balance_to_the_cent_whatever_the_rate(run: Runner) -> None:
    run(INIT)
    run("rate set USD 7.123456789 --date 2026-01-01")
    for place, cents in enumerate(("0.01", "0.07", "10.03", "99.99")):
        run(["deal", "add", f"D{place}", f"amount={cents} USD", "created=2026-11-01"], today="2026-11-02")
    run("deal add X amount='5 CNY' created=2026-11-01", today="2026-11-02")
    run("deal edit D2 amount='0.11 USD'", today="2026-11-05")
    run("win D3", today="2026-11-06")
    run("deal edit D4 amount='100.00 CNY'", today="2026-11-07")
    flow = run("changes -b 2026-11-03 -e 2026-11-20 --json").json
    cents = round(100 * float(flow["start"]["value"]["amount"]))
    for one in flow["movements"]:
        cents += round(100 * float(one["value"]["amount"]))
    assert cents == round(100 * float(flow["end"]["value"]["amount"])) and flow["balanced"]
    assert flow["end"]["value"] == figures(run, "pipeline --as-of 2026-11-20")["pipeline"]["value"]


def test_why_of_a_change_adds_up_to_the_figures(run: Runner) -> None:
    mixed(run)
    told = run("kpi why revenue -p 2026Q1 --by rep --json").json
    assert "4710.00" in str(told)


def test_one_currency_asks_the_store_nothing_more(run: Runner) -> None:
    from datetime import date as day

    from salesctl.domain.kpi import KPIS
    from salesctl.services.figures import Figures, Question
    from salesctl.store.connect import open_read
    from salesctl.store.records import Where
    from salesctl.when import ALL

    run(INIT)
    run("rate set USD 7.1")
    run("deal add A amount='1000 CNY' created=2026-02-01")
    run("win A --at 2026-03-05")
    with closing(open_read(str(run.path))) as store:
        asked = Question(ALL, None, Where(), None, "UTC", 0, None, "CNY", day(2026, 11, 23))
        figures = Figures(store, asked)
        assert figures.of(KPIS["revenue"])[0].value is not None
        assert figures.into(KPIS["revenue"]) is None
        assert figures.worth(KPIS["revenue"]) is figures.tallies(KPIS["revenue"])
