"""Shell sessions that anybody can read: `$ command`, then exactly what it prints; `! n` is the exit code, `2>` standard error.

`pytest --accept` writes what the program says now; read the difference before it is committed.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ON_POSTGRES, Runner

FOLDER = Path(__file__).parent / "scenarios"
DAY = re.compile(r"^# today (\d{4}-\d{2}-\d{2})$")

SQLITE_ONLY = ("contract", "process", "undo")  # they tell refs after refusals, or where a backup lies


def told(result_out: str, result_err: str, code: int) -> list[str]:
    lines = result_out.splitlines() + [f"2> {line}" for line in result_err.splitlines()]
    return [*lines, *([f"! {code}"] if code else [])]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_scenario(path: Path, run: Runner, zh: Runner, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if ON_POSTGRES and path.stem.partition("_")[2] in SQLITE_ONLY:
        pytest.skip("refs skip a number after a refused write on PostgreSQL, and backups lie elsewhere")
    runner = zh if path.stem.startswith("zh") else run
    wanted = path.read_text(encoding="utf-8").splitlines()
    got: list[str] = []
    today = "2026-11-23"
    for line in wanted:
        day = DAY.match(line)
        if day:
            today = day[1]
        if line.startswith("$ "):
            words = shlex.split(line[2:].replace("TMP", str(tmp_path)))
            assert words[0] == "salesctl"
            extra = ["--lang", "zh"] if runner is zh else []
            done = runner([*words[1:], *extra], code=None, today=today)
            got += [line, *(one.replace(str(tmp_path), "TMP") for one in told(done.out, done.err, done.code)), ""]
        elif line.startswith("#"):
            got += [line]
    while got and not got[-1]:
        got.pop()
    if request.config.getoption("--accept"):
        path.write_text("\n".join(got) + "\n", encoding="utf-8")
        return
    assert got == [line.rstrip("\n") for line in wanted]
