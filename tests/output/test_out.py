"""Out: the format, the fields, the file, the words beside the answer, and the questions."""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from salesctl.errors import Duplicate, NotAllowed, NotFound, StageGate, StreamError, UsageError
from salesctl.output.out import Out
from salesctl.output.views import Column, Message, Screen, Table

COLUMNS = (Column("ref", "Ref"), Column("name", "Name", grow=True), Column("note", "Note", screen=False))
ROWS = [{"ref": "C1", "name": "华南机电", "note": "n"}, {"ref": "C2", "name": "Kuhl AG", "note": None}]


class Said:
    """Emits a view through an Out and gives back (stdout, stderr)."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self.capfd = capfd

    def __call__(self, view: Any, **options: Any) -> tuple[str, str]:
        Out(**options).emit(view)
        return self.heard()

    def heard(self) -> tuple[str, str]:
        found = self.capfd.readouterr()
        return found.out, found.err


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Said:
    return Said(capfd)


def table(**more: Any) -> Table:
    return Table(list(ROWS), COLUMNS, **more)


def test_a_pipe_gets_tsv_and_a_terminal_a_table(said: Said) -> None:
    assert said(table())[0] == "ref\tname\tnote\nC1\t华南机电\tn\nC2\tKuhl AG\t\n"
    assert said(table(), tty=True, width=80)[0] == "Ref  Name\nC1   华南机电\nC2   Kuhl AG\n"
    assert said(table(), header=False)[0].startswith("C1")
    assert said(table(), format="table")[0].startswith("Ref  Name\n")


def test_human_is_a_table_or_text_on_a_terminal() -> None:
    assert Out(tty=True).human and Out(tty=True, format="text").human
    assert not (Out(tty=True, format="json").human or Out().human or Out(tty=True, path="x.txt").human)


def test_fields_choose_and_permute(said: Said) -> None:
    assert said(table(), fields="name,ref")[0].split("\n")[0] == "name\tref"
    assert json.loads(said(table(), fields="note,ref", format="json")[0])[0] == {"note": "n", "ref": "C1"}
    assert said(table(), fields="note,ref", format="text")[0].startswith("Note  Ref\n")
    assert said(table(), fields="help")[0] == "ref\nname\nnote\n"


@pytest.mark.parametrize("fields", ["ref,nosuch", ",", "\x1b[31m"])
def test_an_unknown_field_names_those_there_are(fields: str, said: Said) -> None:
    with pytest.raises(UsageError) as caught:
        said(table(), fields=fields)
    assert caught.value.exit == 2 and "ref, name, note" in caught.value.hint and "\x1b" not in caught.value.message


def test_an_unknown_format_is_usage() -> None:
    with pytest.raises(UsageError, match="xml"):
        Out(format="xml")


def test_a_short_list_says_of_how_many_beside_the_answer(said: Said) -> None:
    out, err = said(table(total=8800, hint="salesctl next"), tty=True, width=80)
    assert "2 of 8,800" in err and err.endswith("salesctl next\n") and "8,800" not in out
    assert said(table(total=8800, hint="salesctl next"))[1] == ""
    assert said(table(total=8800, hint="salesctl next"), tty=True, quiet=True)[1] == ""


def test_nothing_found_is_said_beside_an_empty_answer(said: Said) -> None:
    empty = Table([], COLUMNS, empty="no customers")
    assert said(empty, tty=True) == ("", "no customers\n")
    assert said(Table([], COLUMNS)) == ("ref\tname\tnote\n", "")
    assert said(Table([], COLUMNS), format="json") == ("[]\n", "")


def test_a_write_gives_its_ref_to_scripts_and_words_to_people(said: Said) -> None:
    view = Message("F41", ["noted", "undo: salesctl undo"], {"ref": "F41"})
    assert said(view) == ("F41\n", "noted\n")
    assert said(view, err_tty=True) == ("F41\n", "noted\nundo: salesctl undo\n")
    assert said(view, quiet=True, err_tty=True) == ("F41\n", "")
    assert said(view, format="json") == ('{"ref": "F41"}\n', "")
    assert said(Message("a\x1b[31m\nb", []))[0] == "a\\x1b[31m\nb\n"


def test_a_screen_is_lines_for_people_and_data_for_scripts(said: Said) -> None:
    view = Screen(
        ["D7 \x1b[31mred", "```"], {"ref": "D7"}, rows=[{"ref": "D7"}], columns=COLUMNS[:1], hint="salesctl next"
    )
    assert said(view, tty=True) == ("D7 \\x1b[31mred\n```\n", "salesctl next\n")
    assert said(view)[0] == "ref\nD7\n" and json.loads(said(view, format="json")[0]) == {"ref": "D7"}
    assert said(view, format="md")[0].startswith("````\n") and said(view, format="md")[0].endswith("\n````\n")
    assert "<script>" not in said(Screen(["<script>"], {}), format="html")[0]
    assert said(Screen(["a"], {}, text_in_pipe=True))[0] == "a\n"


def test_only_a_coloured_terminal_gets_codes(said: Said) -> None:
    assert "\x1b[1m" in said(table(), tty=True, color=True, width=80)[0]
    assert "\x1b" not in said(table(), tty=True, width=80)[0]
    assert "\x1b[1m" in said(table(), format="table", color=True)[0]  # --color always | less -R
    assert "\x1b" not in said(table(), color=True)[0]


@pytest.mark.parametrize(
    ("environ", "words", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"CLICOLOR_FORCE": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
    ],
)
def test_the_environment_says_whether_in_colour(
    run: Any, environ: dict[str, str], words: list[str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    assert ("\x1b[1m" in run(["stage", "list", "-O", "table", *words]).out) is coloured


# files


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.json", "["), ("a.ndjson", "{"), ("a.csv", "ref,name"), ("a.tsv", "ref\tname"), ("a.md", "| Ref"), ("a.html", "<!doctype"), ("a.txt", "Ref  Name")],
)  # fmt: skip
def test_a_file_is_written_as_its_ending_says(name: str, start: str, said: Said, tmp_path: Path) -> None:
    path = tmp_path / name
    assert said(table(), path=str(path), color=True, tty=True) == ("", "")
    assert path.read_text().startswith(start) and "\x1b" not in path.read_text()
    assert os.listdir(tmp_path) == [name]


def test_a_format_that_is_said_beats_the_ending(said: Said, tmp_path: Path) -> None:
    said(table(), path=str(tmp_path / "a.csv"), format="json")
    assert (tmp_path / "a.csv").read_text().startswith("[")


def test_a_dash_is_standard_output(said: Said) -> None:
    assert said(table(), path="-")[0].startswith("ref\t")


def test_a_file_that_is_there_is_kept_unless_yes(said: Said, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(Duplicate) as caught:
        said(table(), path=str(path))
    assert caught.value.exit == 5 and "--force" in caught.value.hint and path.read_text() == "mine"
    said(table(), path=str(path), overwrite=True)
    assert path.read_text().startswith("ref,")


def test_a_link_is_never_written_through(said: Said, tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotAllowed):
        said(table(), path=str(tmp_path / "a.csv"))


def test_a_failed_answer_leaves_no_file_and_the_old_one(said: Said, tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield {"ref": "C1"}
        raise NotFound("gone")

    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(NotFound):
        said(Table(rows(), COLUMNS), path=str(path), overwrite=True)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["a.csv"]


def test_a_place_that_cannot_be_written_is_9(said: Said, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none" / "a.csv", Path("/proc/a.csv")):
        with pytest.raises(StreamError) as caught:
            said(table(), path=str(place))
        assert caught.value.exit == 9


def test_a_pipe_with_a_name_is_written_and_stays_a_pipe(said: Said, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    said(table(), path=str(path), format="csv", overwrite=True)
    assert os.read(reader, 100).startswith(b"ref,name") and stat.S_ISFIFO(os.stat(path).st_mode)
    os.close(reader)


def test_a_byte_order_mark_only_when_asked(said: Said, tmp_path: Path) -> None:
    said(table(), path=str(tmp_path / "a.csv"), bom=True)
    said(table(), path=str(tmp_path / "b.csv"))
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfref")
    assert (tmp_path / "b.csv").read_bytes().startswith(b"ref")


# words


def test_an_error_is_one_line_with_its_hint(said: Said) -> None:
    Out().error(StageGate("no budget\x1b\nyet", "salesctl deal edit D7"))
    assert said.heard() == ("", "salesctl: no budget\\x1b yet. salesctl deal edit D7\n")
    Out(format="json").error(StageGate("no", "do", missing=["budget"]))
    error = {"code": "stage_gate", "exit": 4, "message": "no", "hint": "do", "missing": ["budget"]}
    assert json.loads(said.heard()[1]) == {"error": error}


def test_quiet_keeps_warnings_and_drops_notes(said: Said) -> None:
    out = Out(quiet=True)
    out.note("n")
    out.warn("w\x9b")
    assert said.heard() == ("", "warning: w\\x9b\n")


# pager


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that keeps what it is shown in a file."""
    path = tmp_path / "page r"
    path.write_text(f'#!/bin/sh\necho "$LESS" > "{tmp_path}/less"\ncat > "{tmp_path}/shown"\n')
    path.chmod(0o755)
    return f"'{path}'"


def test_only_what_is_longer_than_the_screen_is_paged(
    said: Said, pager: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "10")
    monkeypatch.delenv("LESS", raising=False)
    assert said(table(), tty=True, width=80, pager=pager)[0].startswith("Ref")
    assert not (tmp_path / "shown").exists()
    long = Table([{"ref": f"C{n}"} for n in range(30)], COLUMNS)
    assert said(long, tty=True, width=80, pager=pager)[0] == ""
    assert (tmp_path / "shown").read_text().count("\n") == 31 and (tmp_path / "less").read_text() == "FRX\n"
    assert said(long, pager=pager)[0].startswith("ref\t")


@pytest.mark.parametrize("broken", ["le'ss", "/no/such/pager", " "])
def test_without_its_pager_an_answer_is_printed(broken: str, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "2")
    assert said(table(), tty=True, width=80, pager=broken)[0].startswith("Ref")


# questions


class Keys(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def type_in(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Keys(io.BytesIO(data), encoding="utf-8"))


def test_a_question_is_asked_on_stderr(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in("价格太高\n".encode(), monkeypatch)
    assert Out(err_tty=True).ask("why\x1b?") == "价格太高"
    assert said.heard() == ("", "why\\x1b? ")


def test_a_question_without_a_terminal_is_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(b"yes\n", monkeypatch)
    for out in (Out(), Out(err_tty=True, no_input=True), Out(err_tty=True, format="json")):
        with pytest.raises(UsageError) as caught:
            out.ask("why?")
        assert caught.value.exit == 2 and "why?" in caught.value.message


def test_an_answer_that_is_no_text_comes_as_its_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(b"\xff\n", monkeypatch)
    assert Out(err_tty=True).ask("why?") == "\udcff"


def test_no_answer_is_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(b"", monkeypatch)
    with pytest.raises(UsageError):
        Out(err_tty=True).ask("why?")


@pytest.mark.parametrize(("typed", "sure"), [(b"y\n", True), ("是\n".encode(), True), (b"n\n", False), (b"\n", False)])
def test_to_be_sure_is_to_say_yes(typed: bytes, sure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(typed, monkeypatch)
    assert Out(err_tty=True).confirm("go on?", yes=False) is sure
    assert Out(err_tty=True).confirm("go on?", yes=True)


@pytest.mark.parametrize(
    ("typed", "place"), [(b"2\n", 1), (b"3\n", None), (b"0\n", None), (b"x\n", None), ("²\n".encode(), None)]
)
def test_one_is_picked_by_its_number(
    typed: bytes, place: int | None, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    type_in(typed, monkeypatch)
    assert Out(err_tty=True).pick("which?", ["A\x1b", "B"]) == place
    assert "1  A\\x1b\n" in said.heard()[1]
