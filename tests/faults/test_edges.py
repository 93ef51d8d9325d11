"""The edges of a command line: outputs that close, fill or block, every encoding, every zone, signals."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from salesctl.store import connect
from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.output.test_gate import READS
from tests.test_undo import SETUP

pytestmark = pytest.mark.sqlite
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
ME = [sys.executable, "-m", "salesctl"]
MANY = 3000


@pytest.fixture
def many(run: Runner, tmp_path: Path) -> Runner:
    """A store whose list of deals is far longer than a pipe holds."""
    file = tmp_path / "rows.csv"
    file.write_text(
        "name,amount\n" + "".join(f"Deal number {n} 客户,{n}\n" for n in range(1, MANY + 1)), encoding="utf-8"
    )
    run(["import", str(file)])
    return run


def env(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


def called(path: object, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [*ME, "--db", str(path), "--today", "2026-11-23T09:42:00", *words]
    return subprocess.run(command, capture_output=True, check=False, env=env(**more), timeout=60)


def bash(path: object, line: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    line = line.replace("salesctl", f"{sys.executable} -m salesctl --db {path} --today 2026-11-23T09:42:00")
    return subprocess.run(["bash", "-c", line], capture_output=True, check=False, env=env(**more), timeout=60)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("salesctl deal list -n 0 > /dev/full", (9,)),
        ("salesctl deal list -n 0 >&-", (9,)),
        ("salesctl deal list -n 0 -O json > /dev/full", (9,)),
        ("salesctl --help > /dev/full", (9,)),
        ("salesctl --help >&-", (9,)),
        ("salesctl --version > /dev/full", (9,)),
        ("salesctl --version >&-", (9,)),
        ("salesctl deal list -n 0 | head -1; exit ${PIPESTATUS[0]}", (141,)),
        ("salesctl deal list -n 0 -O json | head -c 10; exit ${PIPESTATUS[0]}", (141,)),
    ],
)
def test_an_output_that_takes_nothing_is_told(
    many: Runner, line: str, codes: tuple[int, ...], unbuffered: str, told: Tell
) -> None:
    done = bash(many.path, line, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode in codes, (done.returncode, done.stderr)
    assert b"Traceback" not in done.stderr and done.stderr.count(b"\n") == (1 if codes == (9,) else 0)
    told("outputs that are full, closed or leave, with and without PYTHONUNBUFFERED", 1)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_does_not_block_gets_every_byte(many: Runner, unbuffered: str) -> None:
    whole = called(many.path, "deal", "list", "-n", "0").stdout
    assert len(whole) > 1 << 18
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_NONBLOCK)
    command = [*ME, "--db", str(many.path), "--today", "2026-11-23T09:42:00", "deal", "list", "-n", "0"]
    process = subprocess.Popen(command, stdout=writer, env=env(PYTHONUNBUFFERED=unbuffered))
    os.close(writer)
    got = b""
    while piece := os.read(reader, 4096):
        got += piece
        if len(got) < 20_000:
            time.sleep(0.01)
    os.close(reader)
    assert process.wait() == 0 and got == whole


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "gb18030", "big5", "utf-16", "utf-8"])
def test_every_encoding_is_whole(many: Runner, encoding: str) -> None:
    done = called(many.path, "deal", "list", "-n", "0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and not done.stderr
    assert len(done.stdout.decode(encoding).splitlines()) == MANY + 1
    listed = called(many.path, "deal", "list", "-n", "3", "-O", "json", PYTHONIOENCODING=encoding)
    assert len(json.loads(listed.stdout.decode(encoding))) == 3


def test_the_same_answer_everywhere(many: Runner, told: Tell) -> None:
    """P20: zones, languages of the machine, hash seeds and -O change no byte of an answer in a pipe."""
    lines = ["deal list -n 50 -O csv", "kpi --json", "today", "board -O table", "audit list --json"]
    settings: list[dict[str, str]] = [{}]
    settings += [
        {"TZ": zone}
        for zone in (
            "UTC",
            "Asia/Shanghai",
            "America/New_York",
            "Pacific/Kiritimati",
            "Pacific/Pago_Pago",
            "Asia/Kolkata",
            "Europe/London",
            "Australia/Lord_Howe",
        )
    ]
    settings += [
        {"LC_ALL": lang, "SALESCTL_LANG": "en"}
        for lang in ("C", "POSIX", "C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8", "zh_CN.GB18030")
    ]
    settings += [{"PYTHONHASHSEED": str(seed)} for seed in (0, 1, 2, 42, 4294967295)] + [{"PYTHONOPTIMIZE": "1"}]
    for line in lines if LONG else lines[:2]:
        answers = {}
        for setting in settings if LONG else settings[::2]:
            done = called(many.path, *line.split(), **{"SALESCTL_LANG": "en", "PYTHONUTF8": "1", **setting})
            assert done.returncode == 0, done.stderr
            answers[str(setting)] = hashlib.sha256(done.stdout).hexdigest()
        assert len(set(answers.values())) == 1, (line, answers)
        told("the same answer in other zones, languages, hash seeds and with -O", len(answers))


def test_the_order_of_rows_is_ours(run: Runner, monkeypatch: pytest.MonkeyPatch, told: Tell) -> None:
    """P20: SQLite that gives rows without an order the other way round changes no byte of any read command."""
    for line in SETUP:
        run(line)
    for n in range(12):  # equal values, so that an order by them alone leaves it open
        run(
            f"add 'Same {n % 3}' 'Deal {n % 2}' 5k --contact 'Con {n % 2}' --next 'tomorrow call' --allow-similar",
            code=None,
        )
    lines = [f"{line} {form}" for line in READS for form in ("", "-O json", "-O table") if "db status" not in line]
    wanted = {line: run(line, code=None).out for line in lines}
    real = connect._settle

    def reversed_(connection: Any, *given: Any) -> None:
        real(connection, *given)
        connection.execute("PRAGMA reverse_unordered_selects=ON")

    monkeypatch.setattr(connect, "_settle", reversed_)
    differs = [line for line in lines if run(line, code=None).out != wanted[line]]
    assert differs == []
    told("read commands with the rows of SQLite in reversed order: the same bytes", len(lines))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_end_it_with_their_code_and_nothing_half(many: Runner, tmp_path: Path, number: int, code: int) -> None:
    file = tmp_path / "more.csv"
    file.write_text("name,amount\n" + "".join(f"More {n},{n}\n" for n in range(1, 20_000)))
    command = [*ME, "--db", str(many.path), "import", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env())
    time.sleep(1.0)
    process.send_signal(number)
    _out, err = process.communicate(timeout=60)
    made = many("deal list name~More -n 0 -O csv").out.count("\n") - 1
    assert process.returncode in (code, 0) and b"Traceback" not in err, (process.returncode, err)
    assert made == (19_999 if process.returncode == 0 else 0)
    many("db check", today="2099-01-01")
