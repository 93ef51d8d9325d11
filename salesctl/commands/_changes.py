"""changes: the waterfall as a table with its bars, and below it the deals of each movement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from salesctl.commands._unrated import rates
from salesctl.domain.lacking import said
from salesctl.domain.waterfall import SIGNS, Edge, Moved, Waterfall
from salesctl.errors import BadValue
from salesctl.i18n import N_, _, _n
from salesctl.money import Money, exact
from salesctl.output.bars import bar
from salesctl.output.views import Column, Report, Table
from salesctl.plain import Data

if TYPE_CHECKING:
    from datetime import date

    from salesctl.when import Period

NAMED = 5  # deals of a movement that are named where not all are asked for
LABELS = {
    "start": N_("At start"),
    "new": N_("New deals"),
    "reopened": N_("Reopened"),
    "up": N_("Up"),
    "pulled_in": N_("Pulled in"),
    "moved_in": N_("Came over"),
    "down": N_("Down"),
    "pushed_out": N_("Pushed out"),
    "moved_out": N_("Went away"),
    "won": N_("Won"),
    "lost": N_("Lost"),
    "end": N_("At end"),
}
RARE = ("reopened", "pulled_in", "moved_in", "pushed_out", "moved_out")  # told only where there are some
COLUMNS = (
    Column("movement", N_("Movement"), show=lambda code: _(LABELS[code])),
    Column("deals", N_("Deals"), "r"),
    Column("shown", N_("Amount"), "r", whole=True, data=False),
    Column("bar", "", data=False),
    Column("value", N_("Amount"), "r", "money", screen=False),
    Column("refs", N_("Deals"), screen=False),
)


class Asked(Data):
    """The options as they were given, and what they mean."""

    app: Any
    period: str
    begin: str | None
    end: str | None
    closing: str | None
    as_of: str | None
    owner: str | None
    team: str | None
    pipeline: str | None
    currency: str | None

    @cached_property
    def day(self) -> date:
        from salesctl.services.scope import moment

        return moment(self.app, self.as_of)[2]

    @cached_property
    def span(self) -> Period:
        from salesctl.commands._figures import stretch

        return stretch(self.period or None, self.begin, self.end, self.day)

    @cached_property
    def horizon(self) -> Period | None:
        """The period of --closing. Raises BadValue (4) where it lacks a beginning or an end."""
        from salesctl.when import parse_period

        found = parse_period(self.closing, self.day) if self.closing else None
        if found and not (found.start and found.end):
            raise BadValue(_("--closing needs a period with a beginning and an end"), _("as: -p {example}").format(example="2026Q4"))  # fmt: skip
        return found

    def waterfall(self) -> Waterfall:
        from salesctl.services import base
        from salesctl.services.scope import whose
        from salesctl.store.waterfall import movement

        wanted = base.told_in(self.app, self.currency)
        own = base.currency(self.app, self.app.store)
        if not self.app.store.exists:
            return Waterfall.empty(wanted or own)
        owners, _name = whose(self.app, self.owner or "all", self.team)
        line = base.reading(self.app).find("pipeline", self.pipeline).id if self.pipeline else None
        return movement(
            self.app.store, self.span, owners, self.day, zone=base.zone(self.app), own=own, wanted=wanted,
            closing=self.horizon, pipeline=line,
        )  # fmt: skip

    def title(self, code: str) -> str:
        lang = self.app.lang
        parts = [_("Pipeline changes"), self.span.to_date(self.day).label(lang)]
        if self.horizon:
            parts.append(_("closing in {period}").format(period=self.horizon.label(lang)))
        parts += [word for word in (self.owner, self.team, self.pipeline) if word and word != "all"]
        if self.as_of is not None:
            parts.append(_("as of {day}").format(day=self.day.isoformat()))
        return "  ".join([*parts, code])


def view(asked: Asked, why: bool) -> Report:
    """The waterfall, the deals of each movement, and what else is to be known of it."""
    found = asked.waterfall()
    asked.app.shows(found)
    rows = rows_of(found)
    most = max((abs(row["value"].minor) for row in rows), default=0)
    for row in rows:
        row["bar"] = bar(abs(row["value"].minor), most, 30)
        row["shown"] = _signed(row["value"], SIGNS.get(row["movement"], 0))
    shown = [row for row in rows if row["deals"] or row["movement"] not in RARE]
    blocks: list[Any] = [Table(shown, COLUMNS), *_blocks(asked, found, why)]
    hint = _("the names of all of them and what counts where: --why") if not why else ""
    return Report(asked.title(found.currency), blocks, _data(asked, found), rows, COLUMNS, hint, text_in_pipe=False)


def rows_of(found: Waterfall) -> list[dict[str, Any]]:
    """A line for the start, for each movement with its sign, and for the end; in the order in which they add up."""
    rows = [_edge_row("start", found.start, found.currency)]
    for name, sign in SIGNS.items():
        one = found.moves[name]
        refs = list(dict.fromkeys(f"D{deal.deal}" for deal in one.deals))
        rows.append({"movement": name, "deals": one.n, "value": Money(sign * one.minor, found.currency), "refs": refs})
    return [*rows, _edge_row("end", found.end, found.currency)]


def _edge_row(name: str, edge: Edge, code: str) -> dict[str, Any]:
    return {"movement": name, "deals": edge.n, "value": Money(edge.minor, code), "refs": []}


def _signed(value: Money, sign: int) -> str:
    if not sign or not value.minor:
        return exact(value)
    return f"{'+' if sign > 0 else '-'}{exact(Money(abs(value.minor), value.currency))}"


def _blocks(asked: Asked, found: Waterfall, why: bool) -> list[list[str]]:
    names = [line for name in SIGNS if (line := _names(_(LABELS[name]), found.moves[name].deals, found.currency, why))]
    blocks = [names] if names else []
    dates = []
    if asked.horizon is None:
        for label, deals in ((N_("Expected sooner"), found.sooner), (N_("Expected later"), found.later)):
            dates += [line] if (line := _names(_(label), deals, found.currency, why)) else []
    told = notes(found)
    return [
        *blocks,
        *([dates] if dates else []),
        *([told] if told else []),
        *([_why(asked) + (_rated(found) if found.used else [])] if why else []),
    ]


def _names(label: str, deals: Sequence[Moved], code: str, every: bool) -> str:
    """New  D7 Pump order, Acme $48,000; D9 ... and 3 more"""
    if not deals:
        return ""
    some = deals if every else deals[:NAMED]
    parts = []
    for one in some:
        whose = f", {one.customer}" if one.customer else ""
        parts.append(f"D{one.deal} {one.name}{whose} {exact(Money(one.minor, code))}")
    rest = len(deals) - len(some)
    more = [_n("and {n} more", "and {n} more", rest).format(n=f"{rest:,}")] if rest else []
    return f"{label}  " + "; ".join([*parts, *more])


def notes(found: Waterfall) -> list[str]:
    """What the sums leave out, and what would be wrong."""
    lines = []
    if found.end.blank:
        lines.append(_n("{n} open deal without an amount counts as 0", "{n} open deals without an amount count as 0", found.end.blank).format(n=f"{found.end.blank:,}"))  # fmt: skip
    if found.others:
        lines.append(_n("{n} deal in another currency is not in it: --currency CODE", "{n} deals in other currencies are not in it: --currency CODE", found.others).format(n=f"{found.others:,}"))  # fmt: skip
    if found.lacking:
        lines.append(said(found.lacking, found.currency))
    if found.rest:
        lines.append(_("{amount} does not add up: salesctl db check").format(amount=exact(Money(found.rest, found.currency))))  # fmt: skip
    return lines


def _why(asked: Asked) -> list[str]:
    horizon = _("Pulled in, pushed out: the expected close moved into or out of the period of --closing.")
    free = _("The pipeline is all open deals, so a moved expected close is told and changes no sum; --closing PERIOD counts only deals that are expected to close in it.")  # fmt: skip
    return [
        _("Start and end: the open deals at the beginning of the first day and at the end of the last, with the amount, owner and process of then. Archived deals are out from that moment on."),
        _("New: began open in the period. Won, lost: closed in it by the time it happened, with what they were worth then. Up, down: another amount, one sum a deal."),
        _("Came over, went away: another owner, process or currency, or archived."),
        horizon if asked.horizon else free,
    ]  # fmt: skip


def _rated(found: Waterfall) -> list[str]:
    """How amounts of other currencies were turned."""
    said_ = _(
        "Amounts of other currencies: by the rate of the last day, start and movements too, so that no rate moves the sum."
    )
    return [said_, rates(found.used)]


def _data(asked: Asked, found: Waterfall) -> dict[str, Any]:
    """The waterfall for scripts: `value` of a movement has the sign with which it adds up."""
    span, horizon = asked.span.to_date(asked.day), asked.horizon
    rows = {row["movement"]: row for row in rows_of(found)}
    edges = {name: {"deals": edge.n, "without_amount": edge.blank, "value": rows[name]["value"]} for name, edge in (("start", found.start), ("end", found.end))}  # fmt: skip
    moves = [
        {"movement": name, "deals": rows[name]["deals"], "value": rows[name]["value"], "items": _items(found, found.moves[name].deals, SIGNS[name])}
        for name in SIGNS
    ]  # fmt: skip
    return {
        "period": _span(span), "closing": _span(horizon) if horizon else None, "as_of": asked.as_of and asked.day,
        "currency": found.currency, "start": edges["start"], "movements": moves, "end": edges["end"],
        "balanced": not found.rest, "sooner": _items(found, found.sooner, 1), "later": _items(found, found.later, 1),
        "other_currency": found.others,
    }  # fmt: skip


def _span(span: Period) -> dict[str, Any]:
    return {"label": span.label("en"), "start": span.start, "end": span.last}


def _items(found: Waterfall, deals: Sequence[Moved], sign: int) -> list[dict[str, Any]]:
    return [
        {"ref": f"D{one.deal}", "name": one.name, "customer": one.customer, "value": Money(sign * one.minor, found.currency)}
        for one in deals
    ]  # fmt: skip
