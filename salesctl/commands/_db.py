"""What the db commands say."""

from __future__ import annotations

from typing import Any

from salesctl.commands._common import Exit
from salesctl.domain.nouns import NOUNS
from salesctl.errors import UsageError
from salesctl.i18n import N_, _, _n
from salesctl.output.views import Column, Message, Screen, Table
from salesctl.services import db
from salesctl.store.since import Since
from salesctl.text import pad, width

VERIFIED = (
    Column("file", N_("Backup"), grow=True),
    Column("made", N_("Made")),
    Column("operation", N_("Operation")),
    Column("deals", N_("Deals"), align="r"),
    Column("result", N_("Result")),
)
FINDINGS = (
    Column("code", N_("What")),
    Column("damage", N_("Damage"), screen=False),
    Column("text", N_("Why"), grow=True),
)
LABELS = {
    "store": N_("Store"),
    "engine_version": N_("Engine"),
    "schema": N_("Schema"),
    "bytes": N_("Size"),
    "disk": N_("Disk"),
    "zone": N_("Time zone"),
    "currency": N_("Currency"),
    "last_operation": N_("Last operation"),
    "last_backup": N_("Last backup"),
    "fault": N_("Known fault"),
}


def status(app: Any) -> Screen:
    """A line for each thing; nothing that is empty."""
    found = db.status(app)
    told = dict(found)
    engine = "PostgreSQL" if found["engine"] == "postgresql" else "SQLite"
    told["engine_version"] = f"{engine} {found['engine_version']}" + (
        f", {found['journal_mode']}" if found["journal_mode"] else ""
    )
    told["bytes"] = f"{found['bytes'] / 1_048_576:,.1f} MiB"
    if found["last_operation"]:
        told["last_operation"] = f"{found['last_operation']}  {found['last_write']}"
    if found["last_backup"]:
        told["last_backup"] = f"{found['last_backup']}  {found['last_backup_at']}"
    else:
        told["last_backup"] = _("none yet: salesctl db backup")
    left = max(width(_(label)) for label in LABELS.values())
    lines = [f"{pad(_(label), left)}  {told[key]}" for key, label in LABELS.items() if told[key]]
    counted = (
        ("deal", N_("Deals")),
        ("customer", N_("Customers")),
        ("contact", N_("Contacts")),
        ("change", N_("Changes")),
    )
    lines.append("  ".join(f"{_(label)} {found[key]:,}" for key, label in counted))
    if not found["exists"]:
        lines.append(_("nothing was written yet, so there is no file"))
    return Screen(lines, found, rows=[found], columns=[Column(key, key) for key in found])


def made(app: Any, keep: int | None, to: str | None) -> Message:
    one, gone = db.backup(app, to, keep)
    line = _("backed up  {path}  {n} deals, O{operation}, checked").format(
        path=one.path, n=f"{one.manifest['counts']['deal']:,}", operation=one.manifest["operation"]
    )
    notes = [_("{n} older ones deleted").format(n=len(gone))] if gone else []
    notes += _lost(len(one.manifest["attachments_lost"]))
    return Message(
        str(one.path), [line], {"file": str(one.path), "deleted": [str(p) for p in gone], **one.manifest}, notes
    )


def verified(app: Any, paths: list[str], to: str | None) -> tuple[Table, bool]:
    rows = []
    for path, one, why in db.verify(app, paths, to):
        known = one.manifest if one else {}
        rows.append(
            {
                "file": str(path),
                "made": known.get("made"),
                "operation": f"O{known['operation']}" if known else None,
                "deals": known["counts"]["deal"] if known else None,
                "result": why or "ok",
            }
        )
    return Table(rows, VERIFIED, empty=_("there is no backup yet: salesctl db backup")), all(
        r["result"] == "ok" for r in rows
    )


def asked(app: Any, path: str) -> None:
    """Go on after a yes on a terminal, where what goes is told first; without one -y is needed.

    Raises UsageError (2), BadFile (4) for what is no backup.
    """
    if app.yes:
        return
    found = db.to_lose(app, path)
    if not app.out.can_ask:
        raise UsageError(
            _("the store as it is would be put aside, and there is no terminal to ask"),
            _("-y says yes"),
            **_told(found),
        )
    if found is not None:
        n = found.operations
        told = _n("{n} operation was written since that backup", "{n} operations were written since that backup", n)
        app.out.note(told.format(n=f"{n:,}"))
    if not app.out.confirm(_("put {path} in the place of the store?").format(path=path), app.yes):
        raise Exit(0)


def _told(found: Since | None) -> dict[str, Any]:
    """What the store had more than the backup, as JSON has it; None where that cannot be read."""
    return {
        "operations_since": found.operations if found else None,
        "erased_since": found.erased if found else None,
    }


def _back(found: Since | None) -> list[str]:
    """The people who were erased since a backup and are there again, and how they are erased again."""
    if not found or not found.erased:
        return []
    lines = [_("erased since that backup, and there again: {refs}").format(refs=" ".join(found.erased))]
    nouns = {noun.prefix: noun.name for noun in NOUNS.values()}
    again = _("erase again: {command}")
    return lines + [
        again.format(command=f"salesctl {nouns[ref.rstrip('0123456789')]} erase {ref} -y") for ref in found.erased
    ]


def restored(app: Any, path: str) -> Message:
    done = db.restore(app, path)
    one, aside = done.backup, done.aside
    line = _("restored  {path}  as of {made}, O{operation}").format(
        path=path, made=one.manifest["made"], operation=one.manifest["operation"]
    )
    notes = [_("the store as it was is {path}").format(path=aside)] if aside else []
    data = {"restored": path, "aside": str(aside) if aside else None, "operation": one.manifest["operation"]}
    return Message(None, [line], data | _told(done.since), notes + _back(done.since))


def moved(app: Any, target: str) -> Message:
    """What was copied, and which store is used from now on."""
    from salesctl.services.move import move

    counts, switched, lost = move(app, target)
    line = _("moved  {n} rows to {path}, compared table by table").format(n=f"{sum(counts.values()):,}", path=target)
    note = _("from now on it is the store; the one before stays where it was")
    if not switched:
        note = _("this command was told its store; name the new one: --db {path}").format(path=target)
    data = {"moved_to": target, "counts": counts, "switched": switched, "attachments_lost": lost}
    return Message(target, [line], data, [note, *_lost(lost)])


def _lost(n: int) -> list[str]:
    """What did not go along."""
    text = _("attachments that were missing or changed, and are not in it: {n}; see salesctl contract verify")
    return [text.format(n=n)] if n else []


def checked(app: Any) -> tuple[Table, int]:
    found = db.check(app)
    rows = [{"code": one.code, "damage": one.damage, "text": one.text} for one in found]
    return Table(rows, FINDINGS), 8 if any(one.damage for one in found) else 10 if found else 0
