"""What erasing a person asks and says."""

from __future__ import annotations

from typing import Any

from salesctl.commands import _common as c
from salesctl.domain.noun import Noun
from salesctl.i18n import _
from salesctl.output.views import Message
from salesctl.services.base import reading


def asked(app: Any, noun: Noun, text: str, backups: bool) -> Message:
    """Erase after a yes on a terminal; without one -y is needed, as it cannot be undone."""
    from salesctl.errors import UsageError
    from salesctl.services import erase

    ref = reading(app).find(noun.name, text)
    question = _("erase {ref} {name} for good?").format(ref=ref.code, name=ref.name)
    if not app.yes and not app.out.can_ask:
        raise UsageError(_("this cannot be undone, and there is no terminal to ask"), _("-y says yes"))
    if not app.out.confirm(question, app.yes):
        raise c.Exit(0)
    done = erase.erase(app, noun, ref.code, backups)
    rows = ", ".join(f"{name} {n}" for name, n in done.rows.items())
    line = _("erased  {ref}  rows: {rows}; changes of the log: {n}").format(ref=done.ref, rows=rows, n=done.changes)
    notes = [_("still in the backup {path}").format(path=path) for path in done.held]
    if done.held:
        notes.append(_("--backups deletes them too"))
    notes += [_("deleted the backup {path}").format(path=path) for path in done.deleted]
    notes += [_("made the backup {path}, without the person").format(path=done.made)] if done.made else []
    data = {
        "erased": done.ref,
        "rows": done.rows,
        "changes": done.changes,
        "backups_holding": [str(path) for path in done.held],
        "backups_deleted": [str(path) for path in done.deleted],
        "backup_made": str(done.made) if done.made else None,
    }
    return Message(done.ref, [line], data, notes)
