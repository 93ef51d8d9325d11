"""What duplicates, merge and apart say."""

from __future__ import annotations

from typing import Any

from salesctl.domain.customer import CUSTOMER
from salesctl.domain.nouns import NOUNS
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Message, Table
from salesctl.services import merge

WHY = {
    "name": N_("same name"),
    "like": N_("like name"),
    "phone": N_("same phone"),
    "mail": N_("same e-mail"),
    "domain": N_("same domain"),
}
QUESTION = N_("merge them?")
COLUMNS = (
    Column("score", N_("Sure"), align="r"),
    Column("first", N_("One")),
    Column("first_name", N_("Name"), grow=True),
    Column("second", N_("Other")),
    Column("second_name", N_("Name"), grow=True),
    Column("why", N_("Why"), show=lambda value: ", ".join(_(WHY[one]) for one in value)),
)


def listed(app: Any, limit: int) -> Table:
    found = merge.duplicates(app)
    rows = [
        {
            "score": pair.score,
            "first": CUSTOMER.code(pair.first),
            "first_name": one,
            "second": CUSTOMER.code(pair.second),
            "second_name": other,
            "why": list(pair.why),
        }
        for pair, one, other in found
    ]
    shown = rows[:limit] if limit else rows
    hint = ""
    if shown:
        pair = f"{shown[0]['first']} {shown[0]['second']}"
        hint = _("salesctl customer merge {pair} --dry-run, or salesctl customer apart {pair}").format(pair=pair)
    return Table(shown, COLUMNS, empty=_("no two look alike"), total=len(rows) if limit else None, hint=hint)


def merged(done: merge.Merged) -> Message:
    """What a merge moves, fills and leaves."""
    moved = {name: [NOUNS[name].code(id) for id in ids] for name, ids in done.moved.items()}
    parts = [
        f"{len(refs):,} {_(NOUNS[name].plural if len(refs) > 1 else NOUNS[name].label).lower()}"
        for name, refs in moved.items()
    ]
    head = _("would be merged") if done.dry_run else _("merged")
    line = f"{head}  {done.gone.code} {done.gone.name} -> {done.kept.code} {done.kept.name}"
    said = [line + (f"  {', '.join(parts)}" if parts else "")]
    notes = []
    if done.filled:
        notes.append(_("filled: {names}").format(names=", ".join(_labels(done.filled))))
    for key, (mine, theirs) in done.differs.items():
        notes.append(
            _("{field}: {mine} stays, not {theirs}").format(
                field=_(CUSTOMER.by_key[key].label), mine=mine, theirs=theirs
            )
        )
    data = {
        "kept": done.kept.code,
        "gone": done.gone.code,
        "moved": moved,
        "filled": list(done.filled),
        "differs": {key: {"kept": str(mine), "gone": str(theirs)} for key, (mine, theirs) in done.differs.items()},
        "dry_run": done.dry_run,
    }
    return Message(None if done.dry_run else done.kept.code, said, data, notes)


def _labels(keys: Any) -> list[str]:
    return [_(CUSTOMER.by_key[key].label).lower() for key in keys]


def separated(app: Any, first: str, second: str) -> Message:
    a, b = merge.keep_apart(app, first, second)
    line = _("{a} and {b} are two customers").format(a=f"{a.code} {a.name}", b=f"{b.code} {b.name}")
    return Message(a.code, [line], {"first": a.code, "second": b.code})
