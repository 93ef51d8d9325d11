"""Our small statistics against scipy and statsmodels, which are development tools only."""

from __future__ import annotations

import warnings
from collections import Counter
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from salesctl.domain import stats
from salesctl.domain.survival import kaplan_meier


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    """numpy, scipy.stats and what of statsmodels is needed; a visible skip without them."""
    names = ("numpy", "scipy.stats", "statsmodels.stats.proportion", "statsmodels.stats.multitest",
             "statsmodels.duration.survfunc")  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {name.rpartition(".")[2]: pytest.importorskip(name) for name in names}


def test_the_range_of_a_ratio(models: dict[str, Any]) -> None:
    for n in (1, 2, 4, 10, 12, 39, 120, 6711):
        for k in {0, 1, n // 3, n // 2, n - 1, n}:
            low, high = models["proportion"].proportion_confint(k, n, alpha=0.05, method="wilson")
            assert stats.wilson(k, n) == (pytest.approx(max(low, 0), abs=2e-5), pytest.approx(min(high, 1), abs=2e-5))


def test_whether_two_ratios_differ(models: dict[str, Any]) -> None:
    made = Random(1)
    for _turn in range(300):
        n1, n2 = made.randint(1, 400), made.randint(1, 400)
        k1, k2 = made.randint(0, n1), made.randint(0, n2)
        table = [[k1, n1 - k1], [k2, n2 - k2]]
        if 0 in (k1 + k2, n1 + n2 - k1 - k2):
            continue
        small = min((k1 + k2) * n / (n1 + n2) for n in (n1, n2)) < 5
        small = small or min((n1 + n2 - k1 - k2) * n / (n1 + n2) for n in (n1, n2)) < 5
        wanted = models["stats"].fisher_exact(table)[1] if small else models["proportion"].proportions_ztest([k1, k2], [n1, n2])[1]  # fmt: skip
        assert stats.two_proportion(k1, n1, k2, n2) == pytest.approx(float(wanted), rel=1e-6, abs=1e-12), table


def test_where_a_difference_lies(models: dict[str, Any]) -> None:
    made = Random(5)
    for _turn in range(100):
        n1, n2 = made.randint(1, 200), made.randint(1, 200)
        k1, k2 = made.randint(0, n1), made.randint(0, n2)
        wanted = models["proportion"].confint_proportions_2indep(k1, n1, k2, n2, method="newcomb")
        assert stats.difference(k1, n1, k2, n2) == pytest.approx([float(end) for end in wanted], abs=2e-4)


def test_quartiles(models: dict[str, Any]) -> None:
    made = Random(2)
    for _turn in range(100):
        values = [made.randint(0, 60) for _one in range(made.randint(1, 50))]
        counts = sorted(Counter(values).items())
        for q in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10)):
            wanted = float(models["numpy"].quantile(values, float(q)))  # linear is type 7
            assert float(stats.quantile(counts, len(values), q)) == pytest.approx(wanted)


def test_waits_of_which_some_still_run(models: dict[str, Any]) -> None:
    made = Random(3)
    for _turn in range(100):
        waits = [(made.randint(1, 40), made.random() < 0.6) for _one in range(made.randint(2, 60))]
        ended, running = Counter(t for t, done in waits if done), Counter(t for t, done in waits if not done)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = models["survfunc"].SurvfuncRight([t for t, _done in waits], [int(done) for _t, done in waits])
        pairs = zip(known.surv_times, known.surv_prob, strict=True)
        wanted = next((float(t) for t, left in pairs if left < 0.5 - 1e-9), None)
        halves = any(abs(left - 0.5) < 1e-9 for left in known.surv_prob)
        if not halves:  # where exactly half are left the median lies between two ends, and conventions differ
            assert kaplan_meier(ended, running, 0.5) == wanted


def test_many_tests_at_once(models: dict[str, Any]) -> None:
    made = Random(4)
    for _turn in range(50):
        chances = [made.random() ** 3 for _one in range(made.randint(1, 20))]
        wanted = models["multitest"].multipletests(chances, method="fdr_bh")[1]
        assert stats.adjusted(chances) == pytest.approx([float(p) for p in wanted])
