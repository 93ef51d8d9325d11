"""Each guard switched off: the test that stands for its promise must then fail. One that cannot fail proves nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from salesctl.errors import Busy
from salesctl.store import write
from salesctl.store.connect import connect
from salesctl.store.triggers import GUARDS as TRIGGERS
from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.faults.test_writers import test_of_two_that_do_the_same_one_is_told as of_two
from tests.store_state import raw, rows
from tests.test_audit import logged as logged
from tests.test_audit import test_a_whole_new_chain_is_noticed_by_the_anchor as whole_new_chain
from tests.test_audit import test_an_edit_of_history_is_noticed as edit_of_history
from tests.test_audit import test_the_store_itself_refuses_edits_of_its_log as refuses_edits
from tests.test_db import kept as kept
from tests.test_db import test_a_store_that_is_not_safe_is_refused as not_safe
from tests.test_db import test_every_flipped_byte_is_found as flipped
from tests.test_erase import known as known
from tests.test_erase import test_erased_means_gone as erased
from tests.test_store import test_a_unit_is_saved_whole_or_not_at_all as saved_whole
from tests.test_undo import busy as busy
from tests.test_undo import test_a_later_change_of_the_same_field_refuses_and_says_whose as later_change
from tests.test_undo import test_what_others_refer_to_is_not_taken_back as referred

Off = Callable[[pytest.MonkeyPatch], None]


def off(name: str, instead: Any = lambda *given, **named: None) -> Off:
    """A guard of the program, by its dotted name, that now says that all is well."""
    return lambda patch: patch.setattr(f"salesctl.{name}", instead)


def drops(path: Any) -> list[str]:
    on = " ON {}" if "://" in str(path) else ""
    return [f"DROP TRIGGER IF EXISTS {name}{on.format(table)}" for name, (_event, table, _why) in TRIGGERS.items()]


def no_triggers(patch: pytest.MonkeyPatch) -> None:
    import tests.test_audit as audit

    patch.setattr(audit, "raw", lambda path, statement: raw(path, *drops(path), statement))


def no_hashes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("salesctl.store.backup.sha256", lambda path: "")
    patch.setattr("salesctl.store.backup._check", lambda path, manifest: None)


def no_transaction(patch: pytest.MonkeyPatch) -> None:
    begin = write.Unit.begin

    def at_once(self: write.Unit, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        self.connection.execute("COMMIT")

    patch.setattr(write.Unit, "begin", at_once)


def no_wiping(patch: pytest.MonkeyPatch) -> None:
    """Neither the words of the log nor the free pages are gone over."""
    patch.setattr("salesctl.services.erase._Eraser._log", lambda self: None)
    patch.setattr("salesctl.services.erase._scrub", lambda app: None)


GUARDS: dict[str, tuple[Off, Callable[..., None], str, dict[str, Any]]] = {
    "the hash of a row of the log": (off("store.chain._Walk._linked", lambda *given: True), edit_of_history, "logged",
        {"statement": "UPDATE operation SET actor = 'Mallory' WHERE id = 2"}),
    "the anchor beside the store": (off("store.chain.anchors", lambda path: []), whole_new_chain, "logged", {}),
    "the triggers of the log": (no_triggers, refuses_edits, "logged", {}),
    "who may own and open the file": (off("store.connect.check_safe"), not_safe, "kept", {}),
    "the hash and the check of a backup": (no_hashes, flipped, "kept", {}),
    "what undo compares": (off("services.undo.SOFT", frozenset(("industry",))), later_change, "busy", {}),
    "what refers to a row": (off("store.blocks.referring"), referred, "busy", {}),
    "a field that was changed meanwhile": (off("store.write.Unit.guard"), of_two, "run", {"kind": "done"}),
    "one transaction": (no_transaction, saved_whole, "run", {}),
    "wiping what is erased": (no_wiping, erased, "known", {}),
}  # fmt: skip
FILES_ONLY = ("the anchor beside the store", "who may own and open the file", "the hash and the check of a backup")


@pytest.mark.parametrize(
    "guard", [pytest.param(one, marks=pytest.mark.sqlite if one in FILES_ONLY else ()) for one in GUARDS]
)
def test_with_a_guard_off_its_test_fails(
    guard: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Tell
) -> None:
    switch, proof, fixture, more = GUARDS[guard]
    runner = request.getfixturevalue(fixture)
    given = {"tmp_path": tmp_path, "monkeypatch": monkeypatch, **more}
    wanted = proof.__code__.co_varnames[1 : proof.__code__.co_argcount]
    switch(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception, sqlite3.Error)):
        proof(runner, **{name: given[name] for name in wanted})
    told("guards switched off, whose test must then fail", 1)


class Late:
    """A connection whose COMMIT is there, and then says that it failed."""

    def __init__(self, real: Any, failure: Exception) -> None:
        self.__dict__.update(real=real, failure=failure)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.real, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def execute(self, sql: str, *params: Any) -> Any:
        done = self.real.execute(sql, *params)
        if sql == "COMMIT":
            raise self.failure
        return done


# What a disk, a server that went away in the middle, and a machine without memory end a COMMIT with.
FAILURES = [sqlite3.OperationalError("disk I/O error"), Busy("the server cannot be reached"), MemoryError()]


@pytest.mark.parametrize("failure", FAILURES, ids=["disk", "server", "memory"])
@pytest.mark.parametrize("looked", [True, False], ids=["looked up", "not looked up"])
def test_a_commit_that_landed_is_known_by_its_operation(
    run: Runner, monkeypatch: pytest.MonkeyPatch, looked: bool, failure: Exception
) -> None:
    """A retry after a false failure would count twice; where nothing can be looked up, the answer is that it is unknown."""

    def late(path: str, read_only: bool, **more: Any) -> Any:
        if read_only and not looked:
            raise OSError("gone")
        real = connect(path, read_only=read_only, **more)
        return real if read_only else Late(real, failure)

    with monkeypatch.context() as patch:
        patch.setattr(write, "connect", late)
        done = run("product add Pump", code=0 if looked else 11)
    assert rows(run.path, "SELECT count(*) FROM product") == [(1,)]
    if not looked:
        id = rows(run.path, "SELECT uid FROM operation ORDER BY id DESC LIMIT 1")[0][0]
        assert id in done.err
        assert run(f"audit show {id} --json").json[0]["record"] == "I1"
