"""salesctl next: what to do first, and why, in arithmetic that can be checked by eye."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Screen, Table

app = c.Commands()
HELP = N_("Open deals in the order they deserve: amount x chance x urgency. --explain shows each part.")
Explain = Annotated[bool, c.Option("--explain", help=N_("Show the arithmetic of each score."))]
COLUMNS = (
    Column("ref", N_("Deal")),
    Column("name", N_("Name"), grow=True),
    Column("customer", N_("Customer"), grow=True),
    Column("action", N_("What to do"), grow=True),
    Column("contact", N_("Whom")),
    Column("phone", N_("Phone"), whole=True),
    Column("score", N_("Score"), "r", show=lambda value: f"{value:.1f}"),
    Column("amount", N_("Amount"), "r", "money", screen=False),
    Column("chance", N_("Chance"), screen=False),
    Column("chance_source", N_("Chance from"), screen=False),
    Column("urgency", N_("Urgency"), screen=False),
    Column("parts", N_("Parts"), screen=False),
    Column("followup_ref", N_("Follow-up"), screen=False),
)


@app.command(
    "next", **c.command(HELP, "salesctl next\nsalesctl next --explain -n 3\nsalesctl next --team North --json")
)
def main(
    ctx: c.Context,
    explain: Explain = False,
    limit: c.Limit = None,
    owner: c.Owner = None,
    team: c.Team = None,
    as_of: c.AsOf = None,
) -> None:
    from salesctl.services import ranking

    app_ = c.app_of(ctx)
    most = c.most_of(limit, (3 if explain else 10) if app_.out.human else 0)
    ranked, total = ranking.rank(app_, owner, team, as_of, most)
    shown = ranked[:most] if most else ranked
    if explain and (app_.out.human or app_.out.format in ("text", "table")):
        hint = first_step(shown)
        app_.out.emit(Screen(explained(app_, shown, total), shown, rows=shown, columns=COLUMNS, hint=hint))
        return
    hint = _("why: salesctl next --explain") if shown else ""
    app_.out.emit(Table(shown, COLUMNS, empty=_("no open deals with an amount and a chance"), hint=hint, tight=True))


def explained(app_: object, rows: list[dict[str, object]], total: int) -> list[str]:
    """Each score in three lines: what to do, amount x chance with where it is from, x urgency with its parts."""
    from typing import Any, cast

    from salesctl.money import short
    from salesctl.text import crop, pad, width

    application = cast(Any, app_)
    lines = [
        _("What is worth doing first: {n} of {total}; score = amount in 10k x chance x urgency").format(
            n=len(rows), total=total
        ),
        "",
    ]
    for place, row in enumerate(rows, start=1):
        whom = " ".join(str(row[key]) for key in ("contact", "phone") if row[key])
        score = _("{n:.1f} points").format(n=row["score"])
        room = application.out.width or 80
        what = " ".join(str(part) for part in (row["ref"], row["customer"], row["name"]) if part)
        todo = f"{row['action']} {whom}".rstrip()
        head = f"{place}  {what}  {todo}"
        whole = width(head) + 2 + width(score) <= room
        head = head if whole else crop(f"{place}  {what}", room - width(score) - 2)
        lines.append(pad(head, room - width(score)) + score)
        lines += [] if whole else [f"   {todo}"]
        lines.append(
            f"   {short(cast(Any, row['amount']), application.lang)} x {row['chance']} %   {row['chance_source']}"
        )
        parts = " ".join(["1", *(f"+ {one['added']} {one['why']}" for one in cast(Any, row["parts"]))])
        lines.append(f"   x {row['urgency']}   {parts}")
    return lines


def first_step(rows: list[dict[str, object]]) -> str:
    """The command that does the first, or plans it."""
    if not rows:
        return ""
    if rows[0]["followup_ref"]:
        return _('do the first: salesctl done {ref} "outcome"').format(ref=rows[0]["followup_ref"])
    return _('plan the first: salesctl log {ref} "text" --next "fri call"').format(ref=rows[0]["ref"])
