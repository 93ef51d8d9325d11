"""The quick way in reads words as Typer does, or leaves them to it."""

from __future__ import annotations

import random
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
import typer

from salesctl import declare, door
from salesctl.groups import build
from salesctl.registry import ENTRIES, Entry
from tests.conftest import Runner

VERBS = {
    f"{entry.name} {verb.name}" if entry.default else entry.name: verb
    for entry in ENTRIES
    for verb in import_module(entry.path).app.verbs.values()
}
TEXTS = (
    "D7",
    "",
    "-",
    "x=y",
    "金桥",
    "two words",
    "5",
    "-3",
    "0",
    "1_0",
    " 4 ",
    "4.5",
    "--",
    "-n",
    "--all",
    "-n5",
    "\udce9",
)


def typers(verb: declare.Verb, words: list[str]) -> dict[str, Any] | None:
    """The values that Typer gives the command; None where it refuses, or shows help."""
    found: list[dict[str, Any]] = []

    def heard(**given: Any) -> None:
        found.append({name: value for name, value in given.items() if name != "ctx"})

    told = declare.signed(heard, declare.parameters(verb.callback))
    command = build(declare.Verb(verb.name, told, verb.help, verb.epilog, verb.hidden))
    try:
        command.main(args=list(words), prog_name="salesctl", standalone_mode=False)
    except typer.TyperException:
        return None
    return found[0] if found else None


def lines(verb: declare.Verb, seed: str, n: int) -> list[list[str]]:
    """Words for a command, from its own options and from what nobody expects."""
    chance = random.Random(seed)
    takes = declare.parameters(verb.callback)
    needed = ["D7" for one in takes if isinstance(one.about, declare.Argument) and one.default is declare.REQUIRED]
    options = [name for one in takes for name in getattr(one.about, "names", ())]
    made: list[list[str]] = [[]]
    for _one in range(n):
        words = needed if chance.random() < 0.5 else []
        for _word in range(chance.randrange(6)):
            name = chance.choice([*options, "--nothing"]) if options else "--nothing"
            text = chance.choice(TEXTS)
            words = words + chance.choice(
                ([name], [name, text], [f"{name}={text}"], [text], [text], [name, "D7"], [name, "5"])
            )
        made.append(words)
    return made


@pytest.mark.parametrize("name", VERBS)
def test_both_read_the_same(name: str) -> None:
    verb = VERBS[name]
    takes = declare.parameters(verb.callback)
    plain = 0
    for words in lines(verb, name, 120):
        values = door.read(takes, words)
        if values is None:
            continue
        plain += 1
        assert values == typers(verb, words), words
    assert plain > 2


@pytest.mark.parametrize("name", VERBS)
def test_what_is_plain_is_not_left_to_typer(name: str) -> None:
    """Arguments as the declaration asks for them, and every option once: the quick way takes them all."""
    verb = VERBS[name]
    takes = declare.parameters(verb.callback)
    words: list[str] = []
    for one in takes:
        if isinstance(one.about, declare.Argument):
            words.append("D7")
        elif one.about is not None:
            kind = door.KINDS[one.annotation.__origin__]
            words += [one.about.names[0], *([] if kind == door.FLAG else ["5"])]
    values = door.read(takes, words)
    assert values is not None and declare.REQUIRED not in values.values()
    assert values == typers(verb, words)


def test_slips_are_left_to_typer() -> None:
    takes = declare.parameters(VERBS["deal list"].callback)
    for words in (
        ["--help"],
        ["-h"],
        ["--nothing"],
        ["-n"],
        ["-n5"],
        ["-n=5"],
        ["-n", "five"],
        ["--all=1"],
        ["--owner"],
    ):
        assert door.read(takes, words) is None
    assert door.read(declare.parameters(VERBS["deal show"].callback), []) is None
    assert door.read(declare.parameters(VERBS["deal show"].callback), ["D7", "D8"]) is None
    assert door.read(declare.parameters(VERBS["db backup"].callback), ["--keep", "0"]) is None


@pytest.mark.parametrize("line", ["--db {0} deal list", "--db {0}", "--db {0} kpi show win_rate", "--db {0} log D7 x", "--db {0} deal nothing=3"])  # fmt: skip
def test_plain_words_load_no_typer(line: str, tmp_path: Any) -> None:
    code = "import sys\nfrom salesctl.cli import run\nrun(sys.argv[1:])\nsys.stderr.write(f'loaded: {\"typer\" in sys.modules}')"
    words = [word.format(tmp_path / "store.db") for word in line.split()]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stderr.endswith("loaded: False"), done.stderr


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_a_byte_that_is_no_text_is_refused_everywhere(
    entry: Entry, run: Runner, tmp_path: Any, monkeypatch: Any
) -> None:
    """As an argument and as the value of each option in turn: an error of ours, or nothing found, never a bug."""
    monkeypatch.chdir(tmp_path)
    run("add Acme One 5k")
    for verb in import_module(entry.path).app.verbs.values():
        name = [entry.name, verb.name] if entry.default else [entry.name]
        takes = declare.parameters(verb.callback)
        needed = [
            "\udce9" for one in takes if isinstance(one.about, declare.Argument) and one.default is declare.REQUIRED
        ]
        given = [[]] + [
            [one.about.names[0], "\udce9"]
            for one in takes
            if isinstance(one.about, declare.Option) and door.KINDS[one.annotation.__origin__] in (door.ONE, door.MANY)
        ]
        for more in [*given, ["\udce9"]]:
            if not more and not needed:
                continue
            done = run([*name, *needed, *more, "--no-input"], code=None)
            assert done.code != 1, (name, more, done.err)
