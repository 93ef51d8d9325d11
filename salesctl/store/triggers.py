"""What the store itself does: the change log only grows, and a deal knows the day of its next planned follow-up.

The words beside the log may be erased, never edited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesctl.plain import Data

GUARDS = {
    "operation_no_update": ("UPDATE", "operation", "an operation is never edited"),
    "operation_no_delete": ("DELETE", "operation", "an operation is never deleted"),
    "change_no_update": ("UPDATE", "change", "the change log is never edited"),
    "change_no_delete": ("DELETE", "change", "the change log is never cut"),
    "change_text_no_update": ("UPDATE", "change_text", "the words of a change are never edited"),
}


class Kept(Data, frozen=True):
    """A trigger that keeps a derived column: after which event, on which table, when, and what it does."""

    event: str
    table: str
    when: str
    act: str


NEXT_DUE = (
    "(SELECT min(f.due) FROM followup f WHERE f.deal_id = deal.id AND f.done_at IS NULL AND f.archived_at IS NULL)"
)
KEPT = {
    "followup_next_insert": Kept(
        "INSERT",
        "followup",
        "NEW.deal_id IS NOT NULL AND NEW.due IS NOT NULL AND NEW.done_at IS NULL AND NEW.archived_at IS NULL",
        "UPDATE deal SET next_due = NEW.due WHERE id = NEW.deal_id AND (next_due IS NULL OR next_due > NEW.due)",
    ),
    "followup_next_update": Kept(
        "UPDATE OF deal_id, due, done_at, archived_at",
        "followup",
        "OLD.deal_id IS NOT NULL OR NEW.deal_id IS NOT NULL",
        f"UPDATE deal SET next_due = {NEXT_DUE} WHERE id IN (OLD.deal_id, NEW.deal_id)",
    ),
    "followup_next_delete": Kept(
        "DELETE", "followup", "OLD.deal_id IS NOT NULL", f"UPDATE deal SET next_due = {NEXT_DUE} WHERE id = OLD.deal_id"
    ),
}
# What a row that is put back leaves to the triggers; none on INSERT INTO deal, which would double the time of an import.
DERIVED = {"deal": ("next_due",)}
KEPT_SINCE = 3  # the schema that has the derived columns
TRIGGERS = (*GUARDS, *KEPT)


def install(execute: Callable[[str], Any], schema: int, postgres: bool = False) -> None:
    """Make the triggers of a schema anew, after a migration too: rebuilding a table loses them."""
    for name, (event, table, why) in GUARDS.items():
        act = f"RAISE EXCEPTION '{why}'" if postgres else f"SELECT RAISE(ABORT, '{why}')"
        _make(execute, name, f"BEFORE {event}", table, "", act, postgres)
    for name, one in KEPT.items() if schema >= KEPT_SINCE else ():
        _make(execute, name, f"AFTER {one.event}", one.table, f"WHEN ({one.when})", one.act, postgres)


def lift(execute: Callable[[str], Any], postgres: bool = False) -> None:
    """Take the triggers that keep derived columns off, while tables are rebuilt; `install` puts them back."""
    for name, one in KEPT.items():
        execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {one.table}" if postgres else ""))


def _make(
    execute: Callable[[str], Any], name: str, event: str, table: str, when: str, act: str, postgres: bool
) -> None:
    if not postgres:
        execute(f"DROP TRIGGER IF EXISTS {name}")
        execute(f"CREATE TRIGGER {name} {event} ON {table} {when} BEGIN {act}; END")
        return
    execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {act}; RETURN NULL; END $$"
    )
    execute(f"CREATE TRIGGER {name} {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()")
