"""What the store itself refuses: the change log only grows. The words beside it may be erased, never edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

GUARDS = {
    "operation_no_update": ("UPDATE", "operation", "an operation is never edited"),
    "operation_no_delete": ("DELETE", "operation", "an operation is never deleted"),
    "change_no_update": ("UPDATE", "change", "the change log is never edited"),
    "change_no_delete": ("DELETE", "change", "the change log is never cut"),
    "change_text_no_update": ("UPDATE", "change_text", "the words of a change are never edited"),
}


def install(execute: Callable[[str], Any], postgres: bool = False) -> None:
    """Make the triggers anew, after a migration too: rebuilding a table loses them."""
    for name, (event, table, why) in GUARDS.items():
        if postgres:
            execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{why}'; END $$"
            )
            execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
            continue
        execute(f"DROP TRIGGER IF EXISTS {name}")
        execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")
