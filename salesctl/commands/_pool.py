"""What the common pool shows: what lies in it, what goes back to it and why, what was given back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands import _common as c
from salesctl.domain.kinds import INSTANT
from salesctl.domain.lead import STATUS
from salesctl.domain.nouns import NOUNS
from salesctl.errors import BadValue, Refused, SalesError, UsageError
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Table

if TYPE_CHECKING:
    from salesctl.domain.pool import Loss

Values = dict[str, Any]
HOW = {"returned": N_("given back"), "reclaimed": N_("taken back"), "claimed": N_("claimed")}
LYING = (
    Column("ref", N_("Ref")),
    Column("noun", N_("Kind"), show=lambda name: _(NOUNS[name].label)),
    Column("name", N_("Name"), grow=True),
    Column("channel", N_("Channel")),
    Column("region", N_("Region")),
    Column("phone", N_("Phone"), screen=False),
    Column("status", N_("Status"), screen=False, show=lambda code: _(STATUS.labels.get(code, code))),
    Column("fit", N_("Fit"), "r"),
    Column("pooled_on", N_("Since")),
    Column("how", N_("How"), show=lambda code: _(HOW[code])),
    Column("before", N_("Before")),
    Column("reason", N_("Reason"), screen=False),
)
LOST = (
    Column("ref", N_("Ref")),
    Column("noun", N_("What"), screen=False),
    Column("name", N_("Name"), grow=True),
    Column("owner", N_("Owner")),
    Column("owner_ref", N_("Owner"), screen=False),
    Column("touched_on", N_("Last touch")),
    Column("quiet_days", N_("Quiet days"), "r"),
    Column("rule", N_("Rule")),
    Column("limit_days", N_("Limit"), "r"),
    Column("goes_on", N_("Goes on"), screen=False),
)


def lying(app: Any, words: Sequence[str], only_leads: bool, only_customers: bool, most: int) -> Table:
    """What nobody has: leads, then customers; words that one of the two does not know leave it out."""
    if only_leads and only_customers:
        raise UsageError(_("--leads or --customers, not both"))
    nouns = [noun for noun, other in (("lead", only_customers), ("customer", only_leads)) if not other]
    rows: list[Values] = []
    refused: list[SalesError] = []
    total = 0
    for noun in nouns:
        try:
            found, n = _of(app, noun, words, most)
        except (UsageError, BadValue) as error:
            refused.append(error)
            continue
        rows, total = rows + found, total + n
    if len(refused) == len(nouns):
        raise refused[0]
    shown = rows[:most] if most else rows
    hint = _("take one: salesctl lead claim {ref}").format(ref=shown[0]["ref"]) if shown else ""
    return Table(shown, LYING, empty=_("the pool is empty"), hint=hint, total=total if most else None)


def _of(app: Any, noun: str, words: Sequence[str], most: int) -> tuple[list[Values], int]:
    from salesctl.commands._standard import conditions
    from salesctl.store import pools, records

    kind = NOUNS[noun]
    found, _day = conditions(app, kind, {"words": words})
    if not app.store.exists:
        return [], 0
    where = pools.in_pool(kind, found)
    zone = _zone(app)
    rows = [_lying(noun, values, raw, zone) for values, raw in pools.lying(app.store, kind, where, most)]
    return rows, records.count(app.store, kind, where) if most else len(rows)


def _zone(app: Any) -> Any:
    from salesctl.services.base import local_now

    return local_now(app).tzinfo


def _lying(noun: str, values: Values, raw: Any, zone: Any) -> Values:
    since = INSTANT.unpack(raw, "pooled_at")
    own = {key: values.get(key) for key in ("ref", "name", "channel", "region", "phone", "status", "fit")}
    day = since.astimezone(zone).date() if since else values["created"]
    return own | {"noun": noun, "pooled_on": day, "how": raw["how"], "reason": raw["why"], "before": raw["before"]}


def reclaim(app: Any, dry_run: bool) -> None:
    """Who loses what by which rule; done, or only said. Nothing prints nothing."""
    from salesctl.services import pool as service
    from salesctl.services.base import today

    if not app.store.exists:
        return _nothing(app)
    day = today(app)
    gone = service.losses(app, app.store)
    if gone and not dry_run:
        question = _n("{n} record goes back to the pool: go on?", "{n} records go back to the pool: go on?", len(gone))
        if len(gone) >= 3 and not app.out.confirm(question.format(n=len(gone)), app.yes):
            raise c.Exit(0)
        gone = service.reclaim(app)
    if not gone:
        return _nothing(app)
    title = _("would go back to the pool") if dry_run else _("back in the pool")
    hint = "salesctl lead reclaim" if dry_run else _("take it back: salesctl undo")
    app.out.emit(Table([row(one, day) for one in gone], LOST, title=title if app.out.human else "", hint=hint))
    return None


def _nothing(app: Any) -> None:
    """Silence for people and cron; an empty list for scripts that read JSON."""
    if app.out.is_json:
        app.out.emit(Table([], LOST))


def row(one: Loss, day: Any) -> Values:
    """A loss as data."""
    return {
        "ref": NOUNS[one.noun].code(one.id),
        "noun": one.noun,
        "name": one.name,
        "owner": one.owner,
        "owner_ref": f"R{one.owner_id}",
        "touched_on": one.touched,
        "quiet_days": one.quiet(day),
        "rule": one.rule,
        "limit_days": one.limit,
        "goes_on": one.goes_on,
    }


def give_back(app: Any, refs: list[str], reason: str | None) -> None:
    """Give leads and customers back; a reason is needed, and asked for on a terminal."""
    from salesctl.commands import _lead
    from salesctl.services import pool as service

    if not (reason or "").strip():
        if not app.out.can_ask:
            raise Refused(_("giving back needs a reason"), _('say why with --reason "..."'), missing=["reason"])
        reason = app.out.ask(_("why is it given back?"))
    _lead.handed(app, service.give_back(app, refs, str(reason)), _("given back to the pool"))
