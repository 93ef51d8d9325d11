"""What was printed is whole, or the exit code says that it is not: in processes of their own, on real streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EMIT = (
    "import sys\n"
    "from salesctl.output.out import Out\n"
    "from salesctl.output.views import Column, Table, Message\n"
    "from salesctl.output.writer import ReaderGone\n"
    "from salesctl.errors import SalesError\n"
    "out = Out(format=sys.argv[1])\n"
    "rows = ({'n': n, 'name': 'x' * 90 + '\\u4e2d'} for n in range(int(sys.argv[2])))\n"
    "try:\n"
    "    out.emit(Table(rows, (Column('n', 'N'), Column('name', 'Name'))))\n"
    "except ReaderGone:\n"
    "    sys.exit(141)\n"
    "except SalesError as error:\n"
    "    out.error(error)\n"
    "    sys.exit(error.exit)\n"
)


def shell(line: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash, where $EMIT FORMAT ROWS prints so many rows and $SALES is salesctl."""
    known = {**os.environ, "EMIT": EMIT, "PY": sys.executable, **environ}
    start = 'emit() { "$PY" -c "$EMIT" "$@"; }; sales() { "$PY" -m salesctl "$@"; }; set -o pipefail\n'
    return subprocess.run(["bash", "-c", start + line], capture_output=True, env=known, check=False, timeout=60)


@pytest.mark.parametrize("kind", ["tsv", "csv", "json", "ndjson", "text"])
def test_a_reader_that_goes_away_is_141_and_quiet(kind: str) -> None:
    done = shell(f"emit {kind} 20000 | head -1 >/dev/null")
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("kind", ["tsv", "json"])
def test_a_full_disk_is_9(kind: str) -> None:
    done = shell(f"emit {kind} 10 >/dev/full")
    assert done.returncode == 9 and b"No space left" in done.stderr
    assert kind == "tsv" or json.loads(done.stderr)["error"]["exit"] == 9


def test_a_closed_stdout_is_9() -> None:
    done = shell("emit tsv 10 >&-")
    assert done.returncode == 9 and b"Bad file descriptor" in done.stderr and done.stderr.count(b"\n") == 1


def test_a_closed_stdout_is_9_though_a_file_has_its_number(tmp_path: Path) -> None:
    """The first file opened after `>&-` gets descriptor 1: an answer must not land in it."""
    mine = tmp_path / "mine"
    taken = f"import os; assert os.open({str(mine)!r}, os.O_CREAT | os.O_WRONLY) == 1\n"
    done = shell('"$PY" -c "$EMIT" tsv 10 >&-', EMIT=taken + EMIT)
    assert done.returncode == 9 and mine.read_bytes() == b""


def test_a_closed_stderr_says_nothing_into_a_file_that_has_its_number(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    code = (
        f"import os; assert os.open({str(mine)!r}, os.O_CREAT | os.O_WRONLY) == 2\n"
        "from salesctl.output.out import Out\nfrom salesctl.errors import NotFound\n"
        "out = Out(); out.note('n'); out.warn('w'); out.error(NotFound('gone'))\n"
    )
    done = shell('"$PY" -c "$CODE" 2>&-', CODE=code)
    assert done.returncode == 0 and mine.read_bytes() == b""


def test_notes_to_a_full_or_gone_stderr_are_no_error() -> None:
    code = "from salesctl.output.out import Out; Out().note('n' * 100000); Out().warn('w' * 100000)"
    assert shell('"$PY" -c "$CODE" 2>/dev/full', CODE=code).returncode == 0
    assert shell('"$PY" -c "$CODE" 2>&1 >/dev/null | true', CODE=code).returncode == 0


@pytest.mark.parametrize("unbuffered", ["0", "1"])
def test_300_kb_arrive_whole(unbuffered: str) -> None:
    done = shell("emit tsv 3200 | { sleep 0.3; cat; }", **({"PYTHONUNBUFFERED": "1"} if unbuffered == "1" else {}))
    lines = done.stdout.decode().split("\n")
    assert done.returncode == 0 and len(done.stdout) > 300_000
    assert len(lines) == 3202 and lines[3200].startswith("3199\t") and lines[3201] == ""


def test_a_pipe_that_does_not_block_gets_it_whole() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    emit = subprocess.Popen([sys.executable, "-c", EMIT, "tsv", "5000"], stdout=write)
    os.close(write)
    with open(read, "rb") as pipe:
        found = pipe.read()
    assert emit.wait(timeout=60) == 0 and found.count(b"\n") == 5001


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1", "utf-8", "cp1252", "shift_jis"])
def test_no_encoding_breaks_an_answer(encoding: str) -> None:
    done = shell("emit json 3", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and json.loads(done.stdout.decode(encoding))[2]["name"].endswith("中")
    done = shell("emit tsv 3", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and done.stdout.decode(encoding).split("\n")[3].endswith(("中", "\\u4e2d"))


def test_the_plain_locale_still_answers() -> None:
    done = shell("emit tsv 3; emit json 3", LC_ALL="C", LANG="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.returncode == 0 and done.stdout.isascii() and b"\\u4e2d" in done.stdout


def test_an_error_in_json_is_json_in_every_encoding() -> None:
    for format, path in (("json", ""), ("json", "x.json")):
        code = (
            "from salesctl.output.out import Out; from salesctl.errors import NotFound\n"
            f"Out(format={format!r}, path={path!r} or None).error(NotFound('é 中 \\U0001f600', name='\\x9b'))"
        )
        done = shell('"$PY" -c "$CODE"', CODE=code, PYTHONIOENCODING="ascii")
        assert json.loads(done.stderr)["error"]["message"] == "é 中 \U0001f600" and done.stderr.isascii()


def test_bars_are_drawn_in_ascii_where_blocks_cannot_be() -> None:
    code = "from salesctl.output.out import Out; from salesctl.output.views import Screen; Out(format='text').emit(Screen(['█░…▁'], {}))"
    assert shell('"$PY" -c "$CODE"', CODE=code, PYTHONIOENCODING="ascii").stdout == b"#....1\n"
    assert shell('"$PY" -c "$CODE"', CODE=code, PYTHONIOENCODING="utf-8").stdout.decode() == "█░…▁\n"


@pytest.mark.parametrize("kind", ["tsv", "csv", "json", "ndjson", "text"])
def test_an_answer_pulls_in_nothing_heavy(kind: str) -> None:
    heavy = ("rich", "tabulate", "sqlalchemy", "pydantic", "subprocess", "shutil", *(() if kind == "csv" else ("csv",)))
    code = (
        "import sys\nimport salesctl.output\nfrom salesctl.output.out import Out\n"
        "assert 'json' not in sys.modules and 'csv' not in sys.modules\n"
        "from salesctl.output.views import Column, Table\n"
        f"Out(format={kind!r}).emit(Table([{{'n': 1}}], (Column('n', 'N'),)))\n"
        f"sys.exit(str([one for one in {heavy!r} if one in sys.modules] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "" and done.stdout


@pytest.mark.parametrize(("place", "code"), [("| true", 141), (">&-", 9), (">/dev/full", 9)])
def test_the_command_line_ends_with_the_same_codes(place: str, code: int) -> None:
    done = shell(f"sales help dates {place}")
    assert done.returncode == code and b"Traceback" not in done.stderr and (done.stderr == b"") is (code == 141)
