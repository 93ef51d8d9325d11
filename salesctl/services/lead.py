"""Leads as records: how they begin, what an edit is, many at once, changing hands, and that somebody spoke to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.kinds import Ref
from salesctl.domain.lead import LEAD, LIVE, STATUS, channel_of
from salesctl.errors import BadFile, BadValue, Refused, SalesError
from salesctl.i18n import _, _n
from salesctl.services import record
from salesctl.services.base import me_in, reading, today, unit
from salesctl.store import leads, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.noun import Noun
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit

Values = dict[str, Any]
Line = tuple[int, Mapping[str, "str | None"], str]


class _Dry(Exception):
    """A dry run is over: nothing of it stays."""


def prepare(app: App, work: Unit, values: Values) -> Values:
    """A lead comes today, in the hands of who adds it where that one sells; its channel is spelled as in the SOP."""
    if values.get("created") is None:
        values["created"] = today(app)
    if values["created"] > today(app):
        raise BadValue(_("a lead cannot come in the future ({day})").format(day=values["created"]))
    if "owner" not in values:
        values["owner"] = _seller(app, work)
    _spell(work, values)
    got = {"assigned_at": work.at, "owned_at": work.at} if values["owner"] else {}
    return {"touched_at": work.at, **got}


def _seller(app: App, work: Unit) -> Ref | None:
    mine = me_in(app, work)
    row = work.one("SELECT function FROM rep WHERE id = :id", {"id": mine.id}) if mine else None
    return mine if row and row["function"] in (None, "sales", "management") else None


def _spell(work: Unit, values: Values) -> None:
    """The channel in the SOP's words; who was recommended came by recommendation."""
    sop = leads.process(work)
    allowed = sop.channels if sop else ()
    if values.get("channel"):
        values["channel"] = channel_of(values["channel"], allowed)[0]
    elif values.get("referred_by"):
        spelled, known = channel_of("referral", allowed)
        values["channel"] = spelled if known else None


def imported(app: App, work: Unit, values: Values) -> Values:
    """A lead of a file came today where the file says nothing; one of today that somebody has was given to them now.

    When older ones were given to somebody is not known.
    """
    day = today(app)
    if values.get("created") is None:
        values["created"] = day
    if values.get("owner") is None:
        return {}
    given = {"assigned_at": work.at} if values["created"] == day and values.get("assigned_at") is None else {}
    return {"owned_at": work.at, **given}


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit by a person is a touch; a new owner gets the lead as by assign."""
    raw = records.raw(work, LEAD, id)
    if values.get("channel") is not None:
        _spell(work, values)
    handed = "owner" in values and (values["owner"].id if values["owner"] else None) != raw["owner_id"]
    if handed:
        hand(work, LEAD, raw, values.pop("owner"))
    if work.update(LEAD, id, values) or handed:
        touch(work, id, work.at)


def hand(work: Unit, noun: Noun, raw: Row, owner: Ref | None) -> None:
    """Give a lead or a customer to a rep, or to nobody; what is planned with it goes with it."""
    extra: Values = {"owned_at": work.at if owner else None}
    if noun.name == "lead" and owner and raw["assigned_at"] is None:
        extra["assigned_at"] = work.at
    work.update(noun, raw["id"], {"owner": owner}, **extra)
    for id in leads.planned(work, noun.name, raw["id"], raw["owner_id"]):
        work.update(FOLLOWUP, id, {"owner": owner})


def assign(app: App, texts: Sequence[str], owner: str) -> list[Values]:
    """Give leads to a rep; the first time starts the clock of the follow-up. Refused (4) for one that is closed."""
    with unit(app, "lead.assign") as work:
        at = reading(app, work)
        rep = at.find("rep", owner)
        ids = [at.find("lead", text).id for text in texts]
        for id in ids:
            raw = live(work, id, ("owner_id",))
            if raw["owner_id"] != rep.id:
                hand(work, LEAD, raw, rep)
    return [records.get(app.store, LEAD, id) for id in ids]


def live(work: Unit, id: int, columns: Sequence[str] = ()) -> Row:
    """The stored row of a lead that is worked on. Refused (4) for one that is converted or rejected, Conflict (5)."""
    raw = records.raw(work, LEAD, id)
    work.guard(LEAD, id, ("status", *columns))
    if raw["status"] in LIVE:
        return raw
    ref = LEAD.code(id)
    if raw["status"] == "converted":
        hint = _("see: salesctl show D{id}").format(id=raw["deal_id"])
    else:
        hint = _("take it up again: salesctl lead screen {ref} --accept").format(ref=ref)
    status = _(STATUS.labels[raw["status"] or "new"]).lower()
    raise Refused(_("{ref} is {status}").format(ref=ref, status=status), hint)


def touch(work: Unit, id: int, at: str, contact: bool = False) -> None:
    """A person did something with a lead; with `contact` spoke to it, which the first time stops its clock."""
    row = work.one("SELECT touched_at, contacted_at FROM lead WHERE id = :id", {"id": id})
    if row is None:
        return
    values: Values = {}
    if row["touched_at"] is None or row["touched_at"] < at:
        values["touched_at"] = at
    if contact and (row["contacted_at"] is None or at < row["contacted_at"]):
        values["contacted_at"] = at
    if values:
        work.amend("lead", id, values)


def contacted_again(work: Unit, gone: Mapping[int, set[str]]) -> None:
    """After an undo: a lead whose first contact was among what was taken back was first spoken to by what is left."""
    for id, instants in gone.items():
        row = work.stored("lead", id)
        if row and (row["contacted_at"] is None or row["contacted_at"] in instants):
            work.amend("lead", id, {"contacted_at": leads.first_contact(work, id)})


def add(app: App, lines: Sequence[Line], *, similar: bool = False, dry_run: bool = False) -> list[Values]:
    """New leads from (line number, typed fields, what is wrong already), all or none; a dry run keeps none.

    BadFile (4) names every bad line.
    """
    made: list[Values] = []
    faults: list[Values] = []
    try:
        with unit(app, "lead.add") as work:
            at = reading(app, work)
            for number, texts, why in lines:
                try:
                    if why:
                        raise BadValue(why)
                    id = record.create(app, work, LEAD, record.read(LEAD, texts, at), similar=similar)
                    made.append(records.get(work, LEAD, id))
                except SalesError as error:
                    if len(lines) == 1 and not number:
                        raise
                    hint = f" ({error.hint})" if error.hint else ""
                    faults.append({"line": number, "why": error.message + hint})
            if faults:
                raise _refusal(faults)
            if dry_run:
                raise _Dry
    except _Dry:
        pass
    return made


def _refusal(faults: list[Values]) -> BadFile:
    n = len(faults)
    return BadFile(
        _n("{n} bad line, no lead was added", "{n} bad lines, no lead was added", n).format(n=n),
        _("mend them and try again"),
        faults=faults,
    )
