"""The catalogue of KPIs: every entry whole, every word of it understood, in both languages."""

from __future__ import annotations

import pytest

from salesctl.domain import followup
from salesctl.domain.kpi import (
    DIMENSION_WORDS,
    DIMENSIONS,
    HEADLINE,
    KPIS,
    NOT_FOR,
    NOT_OF,
    ONLY_BY,
    WHOLE,
    Kpi,
    dimension,
    find,
    fits,
)
from salesctl.errors import UsageError
from salesctl.text import name_key

ALL = list(KPIS.values())
KINDS = {
    "count",
    "money",
    "ratio",
    "money_ratio",
    "average",
    "median",
    "days",
    "weighted",
    "empty",
    "coverage",
    "attainment",
    "response",
    *WHOLE,
}
EVERY = pytest.mark.parametrize("kpi", ALL, ids=list(KPIS))


@EVERY
def test_every_entry_is_whole(kpi: Kpi):
    assert kpi.kind in KINDS
    assert kpi.label
    assert kpi.definition.endswith(".")
    assert kpi.counted_by
    assert kpi.better in ("up", "down")
    assert bool(kpi.missing) is (kpi.kind == "empty")
    assert any(not word.isascii() for word in kpi.words), "it has a Chinese word"


@EVERY
def test_every_word_of_a_kpi_finds_it(kpi: Kpi):
    for word in (kpi.name, kpi.label, *kpi.words):
        for typed in (word, word.upper(), word.replace("_", "-"), f" {word.title()} "):
            assert find(typed) is kpi


def test_no_word_means_two_kpis():
    words = [name_key(word).replace(" ", "_") for kpi in ALL for word in {kpi.name, *kpi.words}]
    assert sorted(set(words)) == sorted(words)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("win-rate", "win_rate"), ("成交率", "win_rate"), ("赢单率", "win_rate"), ("Ｗｉｎ Rate", "win_rate"),
     ("销售额", "revenue"), ("Average deal", "average_deal"), ("客户保有率", "retention"),
     ("市场份额", "market_share")],
)  # fmt: skip
def test_find(typed: str, name: str):
    assert find(typed).name == name


@pytest.mark.parametrize("typed", ["", "win", "profit", "利润"])
def test_an_unknown_kpi_names_those_there_are(typed: str):
    with pytest.raises(UsageError) as caught:
        find(typed)
    assert all(name in caught.value.hint for name in KPIS)
    assert caught.value.exit == 2


@pytest.mark.parametrize(
    ("typed", "meant"), [("win__rate", "win_rate"), ("win-rat", "win_rate"), ("revenu", "revenue")]
)
def test_a_slip_is_asked_after(typed: str, meant: str):
    with pytest.raises(UsageError, match=typed[:3]) as caught:
        find(typed)
    assert caught.value.hint == f"did you mean {meant}?"


def test_win_rate_counts_won_of_closed_by_close_date():
    kpi = KPIS["win_rate"]
    assert (kpi.outcomes, kpi.bottom, kpi.at) == (("won",), ("won", "lost"), "closed")


@EVERY
def test_what_is_on_top_of_a_ratio_is_in_its_bottom(kpi: Kpi):
    assert bool(kpi.bottom) is (kpi.kind in ("ratio", "money_ratio"))
    assert set(kpi.outcomes) <= set(kpi.bottom) or not kpi.bottom


@EVERY
def test_each_counts_by_the_date_it_says(kpi: Kpi):
    said = {"closed": "close date", "created": "created date", "expected_close": "expected close date"}
    said |= {"done_at": "when it was done", "None": "as it stands", "starts": "start and end of contracts"}
    if kpi.kind == "came_back":
        assert kpi.counted_by == "day of the first purchase"
        return
    assert kpi.kind == "empty" or kpi.counted_by == said[str(kpi.at)]


def test_only_what_should_fall_is_better_down():
    assert {kpi.name for kpi in ALL if kpi.better == "down"} == {
        "lost", "cycle", "cycle_all", "time_to_loss", "stalled", "slippage", "slippage_value", "lead_response",
        "churn",
    }  # fmt: skip


def test_money_and_ratios_are_told_apart():
    money = {"revenue", "average_deal", "median_deal", "pipeline", "weighted_pipeline", "velocity"}
    assert {kpi.name for kpi in ALL if kpi.is_money} == money
    assert {kpi.name for kpi in ALL if kpi.is_ratio} == {
        "win_rate", "win_rate_value", "win_rate_competitive", "win_rate_cohort", "retention", "repeat_purchase",
        "slippage", "slippage_value", "churn", "repeat_cohort", "net_retention", "gross_retention", "attainment",
    }  # fmt: skip


def test_each_type_of_followup_but_the_plain_task_has_its_count():
    assert {kpi.type for kpi in ALL if kpi.type} == set(followup.TYPE.words) - {"task"}


def test_the_headline_set_in_its_order():
    order = ["revenue", "win_rate", "average_deal", "median_deal", "cycle", "satisfaction", "retention", "market_share"]
    assert [name for name in HEADLINE if name in order] == order
    assert set(HEADLINE) <= set(KPIS)


def test_what_has_no_data_yet_says_so():
    empty = {kpi.name: kpi.missing for kpi in ALL if kpi.kind == "empty"}
    assert empty.keys() == {"satisfaction", "nps", "ces", "market_share"}
    assert all(why.startswith("no data yet: ") for why in empty.values())


def test_dimensions_answer_to_both_languages():
    assert dimension("Rep") == "rep"
    assert dimension("季度") == "quarter"
    assert dimension("customer_region") == dimension("customer-region") == "customer-region"
    assert set(DIMENSION_WORDS.values()) <= set(DIMENSIONS)
    assert not set(DIMENSION_WORDS) & set(DIMENSIONS)


def test_an_unknown_dimension_names_those_there_are():
    with pytest.raises(UsageError, match="color") as caught:
        dimension("color")
    assert all(name in caught.value.hint for name in DIMENSIONS)


def test_what_cannot_be_grouped():
    assert all(set(names) <= set(DIMENSIONS) for names in NOT_OF.values())
    assert fits(KPIS["revenue"], "product")
    assert fits(KPIS["calls"], "rep")
    assert not fits(KPIS["calls"], "product")
    assert fits(KPIS["new_customers"], "industry")
    assert not fits(KPIS["new_customers"], "stage")
    assert not fits(KPIS["satisfaction"], "rep")
    assert fits(KPIS["retention"], "industry") and not fits(KPIS["retention"], "stage")
    assert fits(KPIS["coverage"], "team") and not fits(KPIS["coverage"], "industry")
    assert fits(KPIS["slippage"], "product") and not fits(KPIS["slippage_value"], "product")
    assert set(NOT_FOR) | set(ONLY_BY) <= KINDS
    assert all(set(names) <= set(DIMENSIONS) for names in (*NOT_FOR.values(), *ONLY_BY.values()))
    assert all(fits(kpi, None) for kpi in ALL)
