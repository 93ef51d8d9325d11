"""analyze sop-effect: the win rates with and without each step and playbook, and whether the difference says anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands._fields import stage_name
from salesctl.commands._rates import number, of_ratio, percent
from salesctl.domain.effect import CHANCE, FEW, FEWER, LEAST, MORE, Effect
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Report, Table

if TYPE_CHECKING:
    from salesctl.commands._reports import Asked
    from salesctl.services.effects import Step

Values = dict[str, Any]
KEYS = (
    "group", "sort", "stage", "item", "name", "did_won", "did", "did_rate", "did_rate_low", "did_rate_high",
    "did_not_won", "did_not", "did_not_rate", "did_not_rate_low", "did_not_rate_high", "difference",
    "difference_low", "difference_high", "p", "q", "verdict",
)  # fmt: skip
VERDICTS = {MORE: N_("more wins"), FEWER: N_("fewer wins"), CHANCE: N_("noise"), FEW: N_("too few")}
SHOWN = (
    Column("what", N_("Step"), grow=True),
    Column("with", N_("With"), "r"),
    Column("did", "n", "r"),
    Column("without", N_("Without"), "r"),
    Column("did_not", "n", "r"),
    Column("gap", N_("Points"), "r"),
    Column("range", N_("Likely")),
    Column("said", N_("Says")),
)


def view(asked: Asked) -> Report:
    """A line a step, the clearest first."""
    from salesctl.commands._reports import label
    from salesctl.services.effects import effects

    found = effects(asked.app.store, asked.frame, asked.pipeline, asked.given["argument"])
    rows = [_row(step, one, asked.by) for step, one in found]
    _tell_apart(rows)
    empty = _("no closed deal has been checked yet: deals are looked at when they leave a stage")
    columns = [Column("group", label(asked.by), grow=True), *SHOWN] if asked.by else SHOWN
    blocks: list[Any] = [Table(rows, columns, empty=empty)]
    if rows:
        blocks.append(
            [_("Won of closed deals that did it, and of those that did not. Associated with winning, not its cause.")]
        )
    blocks += [_why(rows)] if asked.why else []
    data = asked.data("sop-effect", effects=[{key: row[key] for key in KEYS} for row in rows])
    data["analysis"] = data.pop("report")
    title = asked.title(_("What goes with winning"))
    hint = _("the tests behind it: add --why")
    keys = [Column(key, key) for key in KEYS]
    return Report(title, blocks, data, rows, keys, hint=hint, text_in_pipe=False)


def _row(step: Step, one: Effect, by: str | None) -> Values:
    row: Values = {
        "group": step.group if by else None,
        "sort": step.sort,
        "stage": step.stage,
        "item": step.item,
        "name": step.name,
    }
    row |= {"did_won": one.did.top, "did": one.did.bottom, **of_ratio("did_rate", one.did)}
    row |= {"did_not_won": one.did_not.top, "did_not": one.did_not.bottom, **of_ratio("did_not_rate", one.did_not)}
    row |= {"difference": number(one.gap), "difference_low": number(one.low), "difference_high": number(one.high)}
    row |= {"p": _exact(one.p), "q": _exact(one.q), "verdict": one.verdict}
    return row | {
        "what": step.name if step.sort == "item" else _("playbook {name}").format(name=step.name),
        "with": percent(one.did.value),
        "without": percent(one.did_not.value),
        "gap": "" if one.gap is None else _points(one.gap),
        "range": "" if one.low is None or one.high is None else f"{_points(one.low)}..{_points(one.high)}",
        "said": _(VERDICTS[one.verdict]),
    }


def _points(gap: float) -> str:
    """+42; what rounds to nothing is +0."""
    return f"{round(100 * gap):+d}"


def _tell_apart(rows: Sequence[Values]) -> None:
    """Steps of one name in two stages are called with their stage."""
    stages: dict[str, set[str | None]] = {}
    for row in rows:
        stages.setdefault(row["what"], set()).add(row["stage"])
    for row in rows:
        if row["stage"] and len(stages[row["what"]]) > 1:
            row["what"] = f"{stage_name(row['stage'])}: {row['what']}"


def _exact(chance: float | None) -> float | None:
    """A chance with six digits that count, however small."""
    return None if chance is None else float(f"{chance:.6g}")


def _why(rows: Sequence[Values]) -> list[str]:
    tested = [row for row in rows if row["p"] is not None]
    lines = [
        _("A deal counts at a step only when it left that stage forward and was looked at there before it closed; with: the step was met then. So deals that never came that far are on neither side, and the steps of the last stage cannot be compared: only a win leaves it. Deals still open do not count."),
        _("A playbook is compared with all other closed deals, those without one among them."),
        _("Likely: the difference of the rates in points, hybrid score interval of Newcombe, 95 %. Test: two proportions, z; Fisher's exact one when a cell is expected below 5; from {n} closed deals on each side.").format(n=LEAST),
        _("{n} tests were made together: q is p after Benjamini and Hochberg, and below 0.05 it is more than chance. It still says nothing about the cause: careful reps may do both, the step and the winning.").format(n=len(tested)),
    ]  # fmt: skip
    lines += [f"  {row['what']}: {row['did_won']}/{row['did']}, {row['did_not_won']}/{row['did_not']}, p = {row['p']:.3g}, q = {row['q']:.3g}" for row in tested]  # fmt: skip
    return [*lines, _("rows in: {n}").format(n=f"{sum(row['did'] + row['did_not'] for row in rows):,}")]
