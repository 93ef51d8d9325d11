"""Every read command of the program over a demo in which each text of each record is hostile: none drives a terminal."""

from __future__ import annotations

import json
import os
import random
import shlex
import sqlite3

import pytest

from salesctl.store.journal import LOGGED, texts_of
from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.faults.conftest import told as told
from tests.faults.test_kills import READS as READING
from tests.output.test_gate import HOSTILE, OURS, clean, on_terminal
from tests.test_house import commands

pytestmark = pytest.mark.sqlite
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
NOT_TEXTS = {
    "name_key",
    "initials",
    "recurrence",
    "kpi",
    "period",
    "body",
    "cause",
}  # read by the program, not by people
PLAIN = {"help", "init", "config", "undo", "demo"}
# The words a command needs; {C} is the first customer, and so on.
WORDS = {
    "show": "C1", "find": "x", "export": "deal", "deal show": "D262", "deal history": "D262", "deal concessions": "D262", "deal rival": "D262",
    "deal handover": "D277", "quote lines": "Q1", "quote render": "Q1", "sop lint": "--default",
    "kpi show": "revenue --by rep --why", "changes": "-p 2026Q4", "lead response": "--by rep", "audit show": "O2", "history": "D262", "kpi": "-p 2026Q4",
    "goal check": "G1", "period show": "2026Q3", "forecast show": "-p 2026Q4", "today": "--owner all", "next": "--explain", "board": "--by due",
    "sop tasks": "--all", "report process": "--by rep", "analyze sop-effect": "playbook",
}  # fmt: skip
REFS = {
    "customer": "C1", "contact": "P1", "lead": "L1", "deal": "D1", "need": "N1", "solution": "S1", "quote": "Q3", "contract": "K2", "product": "I1", "followup": "F1",
    "approval": "A1", "goal": "G1", "rep": "R1", "team": "TM1", "pipeline": "PL1", "stage": "SG1", "task": "TK1", "rate": "RT1",
}  # fmt: skip


def hostile() -> list[str]:
    """200 values: the hand-made ones, and what they make when they are cut and put together."""
    rng = random.Random(10)
    made = [
        "".join(text[rng.randint(0, len(text) // 2) :] for text in rng.sample(HOSTILE, 3))[:190] for _n in range(200)
    ]
    return [*HOSTILE, *made][:200]


def reads() -> list[str]:
    """Every read command of the program, the list taken from the program, with the words that it needs."""
    found = []
    for line, _help, _examples in commands():
        noun, _blank, verb = line.partition(" ")
        if (
            (verb or noun) not in READING
            or noun in PLAIN
            or line in ("db verify", "contract verify", "db check", "kpi accuracy")
        ):
            continue
        usual = (
            REFS.get(noun, "")
            if verb in ("show", "history")
            else "--all -n 0"
            if verb == "list" and noun in REFS
            else ""
        )
        found.append(f"{line} {WORDS.get(line, usual)}".strip())
    return found


@pytest.fixture
def demo(bare: Runner) -> Runner:
    """The demo, with a hostile value in every free text."""
    for line in (
        "demo",
        "period close 2026Q3",
        "kpi snapshot -p 2026Q4",
        "forecast adjust commit 90k --reason x",
        "deal edit D262 --gave x --for y",
        "rate set USD 7.10",
    ):
        bare(line)
    values = hostile()
    with sqlite3.connect(bare.path) as connection:
        for table in LOGGED:
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
            for column in sorted((texts_of(table) & columns) - NOT_TEXTS):
                rows = connection.execute(f"SELECT id FROM {table} WHERE {column} IS NOT NULL OR id <= 400").fetchall()
                pairs = [(values[(id + len(column)) % len(values)], id) for (id,) in rows]
                connection.executemany(f"UPDATE {table} SET {column} = ? WHERE id = ?", pairs)
    connection.close()
    return bare


def test_every_read_command_in_a_pipe(demo: Runner, told: Tell) -> None:
    lines = reads()
    assert len(lines) > 80
    for line in lines:
        for form in ("", "-O text", "-O md", "-O html", "-O csv", "-O json") if LONG else ("", "-O json"):
            done = demo([*shlex.split(line), *form.split()], code=None)
            assert done.code in (0, 2, 4, 5, 10), f"{line} {form}: {done.code} {done.err}"
            assert "Traceback" not in done.err and "a bug" not in done.err, (line, done.err)
            clean(done.out + done.err, f"{line} {form}")
            if form == "-O json" and done.out.strip():
                json.loads(done.out)
    told(
        "200 hostile values in every text of the demo, through every read command, the list taken from the program",
        len(lines),
    )


@pytest.mark.filterwarnings("ignore:.*forkpty.*:DeprecationWarning")
def test_every_read_command_on_a_terminal(demo: Runner, told: Tell) -> None:
    lines = reads() if LONG else reads()[::4]
    for line in lines:
        text = on_terminal(demo.path, shlex.split(line)).replace("\r\n", "\n")
        assert "\x1b[41;37m" not in text and "evil.example\x07" not in text, line
        assert "Traceback" not in text, text
        clean(OURS.sub("", text).replace("\n\r", "\n"), line)
    told("the same 200 on a real terminal", len(lines))
