"""Each guard switched off: the test that stands for its promise must then fail. One that cannot fail proves nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from salesctl.errors import Busy
from salesctl.store import connect as connecting
from salesctl.store import restore as restore  # before a patch: what it imports must be the real thing
from salesctl.store import write
from salesctl.store.connect import connect
from salesctl.store.triggers import GUARDS as TRIGGERS
from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.faults.test_writers import test_of_two_that_do_the_same_one_is_told as of_two
from tests.output.test_gate import test_in_a_pipe as in_a_pipe
from tests.output.test_gate import test_spreadsheets_calculate_nothing as spreadsheets
from tests.output.test_out import said as said
from tests.output.test_out import test_a_failed_answer_leaves_no_file_and_the_old_one as old_file
from tests.store_state import raw, rows
from tests.test_78_bad_inputs import test_a_place_that_is_not_safe as unsafe_place
from tests.test_78_bad_inputs import test_a_server_that_is_away_or_refuses as password
from tests.test_audit import logged as logged
from tests.test_audit import test_a_whole_new_chain_is_noticed_by_the_anchor as whole_new_chain
from tests.test_audit import test_an_edit_of_history_is_noticed as edit_of_history
from tests.test_audit import test_only_an_erasure_may_take_words as taken_words
from tests.test_audit import test_the_store_itself_refuses_edits_of_its_log as refuses_edits
from tests.test_db import kept as kept
from tests.test_db import test_a_file_is_not_read_without_its_last_writes as last_writes
from tests.test_db import test_a_store_that_is_not_safe_is_refused as not_safe
from tests.test_db import test_an_empty_file_is_no_store as empty_file
from tests.test_db import test_check_finds_what_a_raw_hand_did as raw_hand
from tests.test_db import test_every_flipped_byte_is_found as flipped
from tests.test_erase import known as known
from tests.test_erase import test_erased_means_gone as erased
from tests.test_merge import test_a_merge_makes_a_backup_first as merge_backup
from tests.test_merge import twins as twins
from tests.test_migrate import test_a_newer_store_is_refused_with_the_way_out as newer_store
from tests.test_move import full as full
from tests.test_move import test_one_that_fails_leaves_nothing_and_can_be_tried_again as failed_move
from tests.test_store import test_a_record_changed_meanwhile_is_a_conflict as changed_row
from tests.test_store import test_a_unit_is_saved_whole_or_not_at_all as saved_whole
from tests.test_store import test_a_writer_waits_for_the_lock_file as lock_file
from tests.test_store import test_every_connection_has_its_settings as settings
from tests.test_store import test_nobody_comes_between_what_is_read_and_what_is_written as comes_between
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


class Deferred:
    """A connection whose transactions begin to write when they first write, as the driver's own do."""

    def __init__(self, real: Any) -> None:
        self.__dict__["real"] = real

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.real, name, value)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def execute(self, sql: str, *params: Any) -> Any:
        return self.real.execute(sql.replace("BEGIN IMMEDIATE", "BEGIN"), *params)


def deferred(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(write, "connect", lambda path, **more: Deferred(connect(path, **more)))


def relaxed(patch: pytest.MonkeyPatch) -> None:
    """The settings of a connection as SQLite has them by itself."""
    patch.setattr(connecting, "_settle", lambda connection, *given: connection.create_function("fold", 1, str))


def blind(work: write.Unit) -> None:
    """A commit that believes what the driver says of it."""
    work.connection.execute("COMMIT")


def straight(path: str, chunks: Any, overwrite: bool) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(chunks)


def no_cleaning(patch: pytest.MonkeyPatch) -> None:
    for place in ("salesctl.output.values.clean", "salesctl.output.formats.clean", "salesctl.output.rich_.clean"):
        patch.setattr(place, lambda text: text, raising=False)


def no_version(patch: pytest.MonkeyPatch) -> None:
    """The compare-and-set of a row without its comparison."""
    real = write.Unit._set

    def unasked(self: write.Unit, noun: Any, id: int, changed: Any, version: int) -> None:
        row = self.one(f"SELECT version FROM {noun.name} WHERE id = :id", {"id": id})
        real(self, noun, id, changed, row["version"] if row else version)

    patch.setattr(write.Unit, "_set", unasked)


def no_wiping(patch: pytest.MonkeyPatch) -> None:
    """Neither the words of the log nor the free pages are gone over."""
    patch.setattr("salesctl.services.erase._Eraser._log", lambda self: None)
    patch.setattr("salesctl.services.erase._scrub", lambda app: None)


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


landed = test_a_commit_that_landed_is_known_by_its_operation
GUARDS: dict[str, tuple[Off, Callable[..., None], str, dict[str, Any]]] = {
    "the hash of a row of the log": (off("store.chain._is", lambda *given: True), edit_of_history, "logged",
        {"statement": "UPDATE operation SET actor = 'Mallory' WHERE id = 2"}),
    "the anchor beside the store": (off("store.chain._lines", lambda path: []), whole_new_chain, "logged", {}),
    "the triggers of the log": (no_triggers, refuses_edits, "logged", {}),
    "who may own and open the file": (off("store.connect.check_safe"), not_safe, "kept", {}),
    "the hash and the check of a backup": (no_hashes, flipped, "kept", {}),
    "what undo compares": (off("services.undo.SOFT", frozenset(("industry",))), later_change, "busy", {}),
    "what refers to a row": (off("store.blocks.referring"), referred, "busy", {}),
    "a field that was changed meanwhile": (off("store.write.Unit.guard"), of_two, "run", {"kind": "done"}),
    "one transaction": (no_transaction, saved_whole, "run", {}),
    "wiping what is erased": (no_wiping, erased, "known", {}),
    "BEGIN IMMEDIATE": (deferred, comes_between, "run", {}),
    "the lock file": (off("store.write.locked", lambda path: nullcontext()), lock_file, "run", {}),
    "the settings of a connection, synchronous=FULL first": (relaxed, settings, "run", {}),
    "the version of a row": (no_version, changed_row, "run", {}),
    "the operation id that is looked up": (off("store.write._commit", blind), landed, "run", {"looked": True, "failure": FAILURES[0]}),
    "the schema of a store": (off("store.connect._check_version"), newer_store, "run", {}),
    "whose file it is": (off("store.connect._check_ours"), empty_file, "run", {}),
    "the disk a store lies on": (off("store.connect.check_disk"), unsafe_place, "run", {}),
    "a log beside a file that cannot be used": (off("store.connect._check_whole"), last_writes, "kept", {}),
    "words that no erasure took": (off("store.chain.Walk.rest", lambda self, store: []), taken_words, "logged", {}),
    "rows against the log": (off("store.check._rows", lambda *given: []), raw_hand, "kept",
        {"statement": "UPDATE deal SET amount = amount + 1", "code": "row", "exit": 10}),
    "a file beside its place, then a rename": (off("output.files.whole", straight), old_file, "said", {}),
    "the cleaning of what is shown": (no_cleaning, in_a_pipe, "run", {}),
    "formulas in a table": (off("output.formats._guarded", lambda value: str(value)), spreadsheets, "run", {}),
    "a password in an address": (off("store.postgres.check_url"), password, "bare", {}),
    "the copy before a merge": (off("services.db.automatic"), merge_backup, "twins", {}),
    "what a copy is compared with": (off("store.copying.compare", lambda *given: {}), failed_move, "full", {"kind": "compare"}),
}  # fmt: skip
FILES_ONLY = (
    "the anchor beside the store", "who may own and open the file", "the hash and the check of a backup", "BEGIN IMMEDIATE", "the lock file",
    "the settings of a connection, synchronous=FULL first", "whose file it is", "the disk a store lies on", "a log beside a file that cannot be used",
    "a file beside its place, then a rename", "a password in an address",
)  # fmt: skip


@pytest.mark.parametrize(
    "guard", [pytest.param(one, marks=pytest.mark.sqlite if one in FILES_ONLY else ()) for one in GUARDS]
)
def test_with_a_guard_off_its_test_fails(
    guard: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: Tell
) -> None:
    switch, proof, fixture, more = GUARDS[guard]
    given = {"tmp_path": tmp_path, "monkeypatch": monkeypatch, "request": request, "told": told, **more}
    given[fixture] = request.getfixturevalue(fixture)
    wanted = {name: given[name] for name in proof.__code__.co_varnames[: proof.__code__.co_argcount]}
    with pytest.MonkeyPatch.context() as patch:
        switch(patch)
        with pytest.raises((AssertionError, pytest.fail.Exception, sqlite3.Error)):
            proof(**wanted)
    told("guards switched off, whose test must then fail", 1)
