"""What was learned from closed deals, and how good past forecasts were, as pages."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import stage_name
from salesctl.commands._rates import likely, number, of_ratio, percent
from salesctl.domain.forecast import ENOUGH
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Report, Table

if TYPE_CHECKING:
    from salesctl.services.calibration import Band, Calibration, Stage
    from salesctl.services.forecast_past import Look

Values = dict[str, Any]
STAGE_KEYS = (
    "stage",
    "stage_ref",
    "pipeline",
    "before",
    "after",
    "n",
    "won",
    "rate",
    "rate_low",
    "rate_high",
    "enough",
)
STAGES = (
    Column("stage", N_("Stage"), show=stage_name, grow=True),
    Column("now", N_("Now"), "r"),
    Column("of", N_("Won of"), "r"),
    Column("came", N_("Rate"), "r"),
    Column("range", N_("Range")),
    Column("new", N_("Learned"), "r"),
)
BANDS = (
    Column("band", N_("Said"), "r"),
    Column("mean", N_("Mean"), "r"),
    Column("of", N_("Won of"), "r"),
    Column("came", N_("Rate"), "r"),
    Column("range", N_("Range")),
)


def calibration(found: Calibration, applied: bool, why: bool) -> Report:
    """Stages with what they say and what came; how reliable chances were; the scores of old and new."""
    rows = [_stage(one) for one in found.stages]
    bands = [_band(one) for one in found.bands]
    many = len({one.pipeline for one in found.stages}) > 1
    head = [*STAGES[:1], *([Column("pipeline", N_("Pipeline"), grow=True)] if many else []), *STAGES[1:]]
    blocks: list[Any] = [Table(rows, head, tight=True)]
    if bands:
        blocks.append(Table(bands, BANDS, title=_("What was said of deals, and what came"), tight=True))
    blocks.append([*_scores(found), *_small(found)])
    if applied:
        n = len(found.changes)
        blocks.append([_n("{n} stage has a new chance", "{n} stages have a new chance", n).format(n=n)])
    blocks += [_why()] if why else []
    old, new = found.scores or (None, None)
    keys = ("from", "to", "said", "n", "won", "rate", "rate_low", "rate_high")
    data = {
        "stages": [{key: row[key] for key in STAGE_KEYS} for row in rows],
        "reliability": [{key: row[key] for key in keys} for row in bands],
        "brier_before": number(None if old is None else float(old)),
        "brier_after": number(None if new is None else float(new)),
        "changes": len(found.changes),
        "applied": applied,
    }
    hint = "" if applied or not found.changes else _("take them over: salesctl forecast calibrate --apply")
    return Report(_("Chances of stages"), blocks, data, rows, [Column(key, key) for key in STAGE_KEYS], hint=hint)


def _stage(one: Stage) -> Values:
    learned = one.learned
    return {
        "stage": one.step.name,
        "stage_ref": f"SG{one.step.id}",
        "pipeline": one.pipeline,
        "before": learned.before,
        "after": learned.after,
        "n": learned.n,
        "won": learned.won,
        **of_ratio("rate", learned.ratio),
        "enough": learned.enough,
        "now": _points(learned.before),
        "of": f"{learned.won:,}/{learned.n:,}",
        "came": percent(learned.ratio.value),
        "range": likely(learned.ratio),
        "new": _points(learned.after) if learned.enough else _("keeps"),
    }


def _points(chance: int | None) -> str:
    return _("n/a") if chance is None else f"{chance} %"


def _band(one: Band) -> Values:
    return {
        "from": one.low,
        "to": one.high,
        "said": number(float(one.said)),
        "n": one.ratio.bottom,
        "won": one.ratio.top,
        **of_ratio("rate", one.ratio),
        "band": f"{one.low}-{one.high} %",
        "mean": f"{float(one.said):.0f} %",
        "of": f"{one.ratio.top:,}/{one.ratio.bottom:,}",
        "came": percent(one.ratio.value),
        "range": likely(one.ratio),
    }


def _scores(found: Calibration) -> list[str]:
    if found.scores is None:
        return []
    old, new = (f"{float(one):.3f}" for one in found.scores)
    return [_("error of the chances (Brier score, 0 is best): now {old}, learned {new}").format(old=old, new=new)]


def _small(found: Calibration) -> list[str]:
    if all(one.learned.enough for one in found.stages):
        return []
    return [_("keeps: fewer than {n} closed deals stood in it, so it keeps its chance").format(n=ENOUGH)]


def _why() -> list[str]:
    return [
        _("Won of: closed deals that ever stood in the stage, and how many of them were won. Range: Wilson score interval, 95 %."),
        _("Said: the last chance a deal bore in the band while it was open, from its stage or by hand; a deal counts in each band that it was in."),
        _("Brier score: the mean of (chance - outcome) squared over stages with enough deals; for the learned chances each deal is left out of its own."),
        _("--apply edits the stages; open deals whose chance came from their stage follow, those set by hand do not. undo takes it back."),
    ]  # fmt: skip


LOOK_KEYS = ("day", "weeks_left", "deals", "closed", "commit", "best_case", "weighted", "adjusted", "actual", "commit_accuracy",
             "weighted_accuracy", "adjusted_accuracy")  # fmt: skip
LOOK_MONEY = ("closed", "commit", "best_case", "weighted", "adjusted", "actual")
LOOKS = (
    Column("day", N_("Day"), whole=True),
    Column("deals", N_("Open"), "r"),
    Column("closed", N_("Won"), "r", "money"),
    Column("commit", N_("Commit"), "r", "money"),
    Column("commit_shown", N_("Right"), "r"),
    Column("weighted", N_("Weighted"), "r", "money"),
    Column("weighted_shown", N_("Right"), "r"),
)
ADJUSTED = (Column("adjusted", N_("Adjusted"), "r", "money"), Column("adjusted_shown", N_("Right"), "r"))


def accuracy(title: str, found: Sequence[Look], why: bool, lang: str) -> Report:
    """A row a look back, and what the period brought in the end."""
    from salesctl.money import exact

    rows = [_look(one) for one in found]
    head = [*LOOKS, *(ADJUSTED if any(row["adjusted"] for row in rows) else ())]
    blocks: list[Any] = [Table(rows, head, tight=True)]
    if found:
        actual = found[0].actual
        lines = [_("brought: {amount}").format(amount=exact(actual, lang))]
        lines += [] if actual.minor > 0 else [_("nothing was closed, so how right a forecast was is n/a")]
        blocks.append(lines)
    if why:
        blocks.append(
            [
                _("Right: 1 - |forecast - brought| / brought; below 0 where it missed by more than there was."),
                _("Each day: the deals as they stood at its end, with what is known of them now of that time. Overdue deals are in no forecast."),
            ]
        )  # fmt: skip
    columns = [Column(key, key, kind="money" if key in LOOK_MONEY else "") for key in LOOK_KEYS]
    return Report(title, blocks, [{key: row[key] for key in LOOK_KEYS} for row in rows], rows, columns)


def _look(one: Look) -> Values:
    then, made = one.then, one.then.money
    numbers = {"commit": one.commit, "weighted": then.weighted, "adjusted": one.adjusted}
    right = {key: one.accuracy(minor) for key, minor in numbers.items()}
    return {
        "day": then.question.day,
        "weeks_left": one.weeks,
        "deals": sum(then.columns[key].deals for key in ("commit", "best_case", "pipeline")),
        "closed": made(then.columns["closed"].amount),
        "best_case": made(then.rolled["best_case"].amount),
        "actual": one.actual,
        **{key: None if minor is None else made(minor) for key, minor in numbers.items()},
        **{f"{key}_accuracy": _number(value) for key, value in right.items()},
        **{f"{key}_shown": _shown(numbers[key], value) for key, value in right.items()},
    }


def _number(value: Fraction | None) -> float | None:
    return number(None if value is None else float(value))


def _shown(minor: int | None, value: Fraction | None) -> str:
    return "" if minor is None else percent(None if value is None else float(value))
