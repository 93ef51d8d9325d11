"""A disk that fails, loses power or is full: what is said is true, and what was said to be saved is there."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.store_state import state

pytestmark = pytest.mark.sqlite
LONG = os.environ.get("SALESCTL_FAULTS") == "long"
HERE = Path(__file__).parent
SECTOR = 512
FAULTS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "EACCES": errno.EACCES, "EROFS": errno.EROFS, "EDQUOT": errno.EDQUOT, "EMFILE": errno.EMFILE}  # fmt: skip
WRITES = ["customer add New industry=steel", "log D1 text", "deal edit D1 note=n", "advance D2 --yes", "win D3", "lose D4 --reason price",
          "undo", "import FILE", "goal add revenue 5k -p 2026Q4 --reason x", "config days-off 2027-01-04", "db backup", "customer merge C1 C2 --yes"]  # fmt: skip


class Zygote:
    """The warm process; `ask` runs one command in a child of it."""

    def __init__(self, shim: Path, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / "zygote.py"), str(shim), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **env, "LD_PRELOAD": str(shim), "PYTHONPATH": str(HERE.parent.parent)},
        )

    def ask(self, **job: Any) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler: the shim cannot be built")
    target = tmp_path_factory.mktemp("shim") / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, HERE / "shim.c", "-ldl"], check=True)
    return target


@pytest.fixture
def zygote(shim: Path, tmp_path: Path) -> Iterator[Zygote]:
    folder = tmp_path / "disk"
    folder.mkdir()
    found = Zygote(shim, folder, {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "log")})
    yield found
    found.close()


def filled(run: Runner, folder: Path, tmp_path: Path) -> tuple[Path, list[Path]]:
    """A store with some deals, as files to be put into the folder before each command."""
    for place in range(4):
        run(f"customer add Customer{place}")
        run(f"deal add Deal{place} customer=C{place + 1} amount=5")
    (tmp_path / "rows.csv").write_text("name,amount\n" + "".join(f"Import{n},{n}\n" for n in range(1, 60)))
    kept = tmp_path / "kept"
    kept.mkdir()
    raw_copy(run.path, kept)
    return kept, [folder / "s.db"]


def raw_copy(path: Path, to: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for end in ("", ".anchor"):
        shutil.copy(f"{path}{end}", to / f"s.db{end}")


def fresh(kept: Path, folder: Path) -> Path:
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)  # a closing store takes its log away
    for file in kept.iterdir():
        shutil.copy(file, folder / file.name)
    (folder / "s.db").chmod(0o600)
    return folder / "s.db"


def words(line: str, path: Path, tmp_path: Path) -> list[str]:
    return [
        "--db",
        str(path),
        "--no-input",
        *(str(tmp_path / "rows.csv") if word == "FILE" else word for word in line.split()),
    ]


def whole(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    Runner(path, capfd)("db check", today="2099-01-01")


@pytest.mark.parametrize("fault", FAULTS if LONG else ["EIO", "ENOSPC"])
@pytest.mark.parametrize("line", WRITES if LONG else WRITES[:2])
def test_when_the_nth_call_fails_the_answer_is_true(
    run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, fault: str, told: Tell
) -> None:
    kept, _files = filled(run, zygote.folder, tmp_path)
    before = state(run.path)
    tried = failed = 0
    for at in range(1, 2000):
        path = fresh(kept, zygote.folder)
        done = zygote.ask(argv=words(line, path, tmp_path), at=at, errno=FAULTS[fault])
        assert "Traceback" not in done["err"] and "a bug in salesctl" not in done["err"], (at, done)
        tried += 1
        saved = (
            state(path) != before if line != "db backup" else any((zygote.folder / "s.db.backups").glob("*.db.json"))
        )
        if done["code"] == 0:
            assert saved, (at, done)
        else:
            failed += 1
            assert done["code"] in (5, 6, 7, 8, 9, 11), (at, done)
            known = (
                done["code"] == 11 or line == "db backup"
            )  # a backup that is there and was not promised harms nobody
            assert known or saved == ("it is saved as O" in done["err"]), (at, done)
        if at % 5 == 0 or (saved and done["code"]):
            whole(path, capfd)
        if done["calls"] < at:
            break
    assert tried > 8 and failed > 4, (tried, failed)
    told(
        "the Nth call to the disk fails, for every N of a command, with EIO, ENOSPC, EACCES ...: the answer is true",
        tried,
    )


class Event(NamedTuple):
    kind: str
    name: str
    at: int
    data: bytes


def events(log: Path) -> list[Event]:
    data, place, found = log.read_bytes(), 0, []
    while place < len(data):
        kind = chr(data[place])
        (size,) = struct.unpack_from("<i", data, place + 1)
        name = data[place + 5 : place + 5 + size].decode()
        at, length = struct.unpack_from("<qq", data, place + 5 + size)
        place += 21 + size
        body = data[place : place + length] if kind in "wr" else b""
        place += len(body)
        found.append(Event(kind, name, at, body))
    return found


def power_lost(
    start: dict[str, bytes], log: list[Event], rng: random.Random, *, synced: bool = True
) -> tuple[dict[str, bytes], int]:
    """The files as a disk may hold them when the power goes at a random moment, and how many commands were done by then.

    What was synced is there; of what was written since, each sector may be. Names and lengths are kept in order.
    `synced` off is a disk that forgets as if nobody had asked it to sync.
    """
    cut = rng.randrange(len(log) + 1)
    safe = {name: bytearray(body) for name, body in start.items()}
    loose: dict[str, list[Event]] = {}
    done = 0
    for one in log[:cut]:
        if one.kind == "m":
            done = one.at
        elif one.kind == "w":
            loose.setdefault(one.name, []).append(one)
        elif one.kind == "s" and synced:
            for piece in loose.pop(one.name, []):
                put(safe.setdefault(one.name, bytearray()), piece.at, piece.data)
        elif one.kind == "t":
            for piece in loose.pop(one.name, []):
                put(safe.setdefault(one.name, bytearray()), piece.at, piece.data)
            body = safe.setdefault(one.name, bytearray())
            body[:] = body[: one.at].ljust(one.at, b"\0")
        elif one.kind == "c":
            safe.setdefault(one.name, bytearray())
        elif one.kind == "u":
            safe.pop(one.name, None)
            loose.pop(one.name, None)
        elif one.kind == "r":
            target = one.data.decode()
            safe[target] = safe.pop(one.name, bytearray())
            loose[target] = loose.pop(one.name, [])
    for name, pieces in loose.items():
        for piece in pieces:
            for offset in range(0, len(piece.data), SECTOR):
                if rng.random() < 0.5:
                    put(safe.setdefault(name, bytearray()), piece.at + offset, piece.data[offset : offset + SECTOR])
    return {name: bytes(body) for name, body in safe.items() if not name.endswith(("-shm", ".lock"))}, done


def put(body: bytearray, at: int, data: bytes) -> None:
    if len(body) < at:
        body.extend(bytes(at - len(body)))
    body[at : at + len(data)] = data


def commands(kind: str, path: Path, tmp_path: Path) -> list[list[str]]:
    """A workload of ten commands, of which the nth leaves a customer or a deal that carries its number."""
    if kind == "imports":
        for n in range(1, 11):
            rows = "".join(f"Acked{n},{row}\n" if row == 1 else f"Row{n}x{row},{row}\n" for row in range(1, 200))
            (tmp_path / f"rows{n}.csv").write_text("name,amount\n" + rows)
        return [["--db", str(path), "import", str(tmp_path / f"rows{n}.csv")] for n in range(1, 11)]
    noun = {"customers": "customer", "deals": "deal"}[kind]
    return [["--db", str(path), noun, "add", f"Acked{n}"] for n in range(1, 11)]


def replayed(
    run: Runner,
    zygote: Zygote,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    kind: str,
    images: int,
    *,
    synced: bool = True,
    pragma: str = "",
) -> tuple[int, int]:
    """How many images were damaged, and how many commands were lost that had been acknowledged."""
    kept, _files = filled(run, zygote.folder, tmp_path)
    path = fresh(kept, zygote.folder)
    start = {f"/{file.name}": file.read_bytes() for file in kept.iterdir()}
    log = tmp_path / "calls.log"
    done = zygote.ask(each=commands(kind, path, tmp_path), log=str(log), pragma=pragma, hold=str(path))
    assert done["code"] == 0, done
    found = events(log)
    assert sum(one.kind == "m" for one in found) == 10 and (pragma or sum(one.kind == "s" for one in found) >= 10)
    rng = random.Random(11)
    image = tmp_path / "image"
    damaged = lost = 0
    table = "deal" if kind != "customers" else "customer"
    for number in range(images):
        shutil.rmtree(image, ignore_errors=True)
        image.mkdir(mode=0o700)
        files, acked = power_lost(start, found, rng, synced=synced)
        for name, body in files.items():
            (image / name.lstrip("/")).write_bytes(body)
            (image / name.lstrip("/")).chmod(0o600)
        try:
            connection = sqlite3.connect(image / "s.db")
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            there = {row[0] for row in connection.execute(f"SELECT name FROM {table} WHERE name LIKE 'Acked%'")}
            connection.close()
        except sqlite3.DatabaseError:
            damaged += 1
            continue
        damaged += not sound
        lost += sum(f"Acked{n}" not in there for n in range(1, acked + 1))
        if synced and not pragma and number % 50 == 0:
            whole(image / "s.db", capfd)
    return damaged, lost


@pytest.mark.parametrize("kind", ["customers", "deals", "imports"] if LONG else ["customers"])
def test_a_power_cut_loses_nothing_that_was_acknowledged(
    run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str], kind: str, told: Tell
) -> None:
    images = 10_000 if LONG else 250
    assert replayed(run, zygote, tmp_path, capfd, kind, images) == (0, 0)
    told("the power goes at a random moment: each sector not yet synced is there or not", images)


def test_the_power_cut_is_seen_when_nothing_is_synced(
    run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Sabotage: a disk that never syncs must lose something, or the replay could not have found it."""
    assert sum(replayed(run, zygote, tmp_path, capfd, "customers", 60, synced=False)) > 0


@pytest.mark.parametrize("setting", ["NORMAL", "OFF"])
def test_without_synchronous_full_a_power_cut_loses(
    run: Runner, zygote: Zygote, tmp_path: Path, capfd: pytest.CaptureFixture[str], setting: str, told: Tell
) -> None:
    """Sabotage: with the setting that is found everywhere, commits that were acknowledged are gone."""
    images = 300 if LONG else 60
    damaged, lost = replayed(run, zygote, tmp_path, capfd, "customers", images, pragma=f"PRAGMA synchronous={setting}")
    assert damaged + lost > 0
    told(f"the same with synchronous={setting}, which must lose something", images, damaged + lost)


LIMITED = """
import resource, sys
from salesctl.cli import run
size = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (size, size))
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("megabytes", range(40, 401, 10) if LONG else (40, 60, 80))
@pytest.mark.parametrize("line", ["import FILE", "deal list -n 0 -O csv"] if LONG else ["import FILE"])
def test_without_memory_nothing_is_harmed(
    run: Runner, tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, megabytes: int, told: Tell
) -> None:
    """1: it says that it failed, or it did the whole of it."""
    run("deal add First amount=5")
    rows = "".join(f"Import{n},{n}\n" for n in range(1, 6_000 if LONG else 3_000))
    (tmp_path / "rows.csv").write_text("name,amount\n" + rows)
    before = state(run.path)
    command = [sys.executable, "-c", LIMITED, str(megabytes), *words(line, run.path, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    after = state(run.path)
    made = len(after["deal"]) - len(before["deal"])
    told("an import or an export with 40 to 400 MB of memory", 1)
    assert made in (0, rows.count("\n")) and (made > 0) == (done.returncode == 0 and "import" in line), done.stderr
    assert done.returncode in (0, 1, 9), (done.returncode, done.stderr)
    whole(run.path, capfd)


@pytest.mark.parametrize("case", ["store", "folder", "export", "backup"])
def test_a_disk_that_may_not_be_written(run: Runner, tmp_path: Path, case: str, told: Tell) -> None:
    """A quota of no bytes: the answer is 6 or 9, reads go on, and nothing is changed."""
    run("deal add First amount=5")
    before = state(run.path)
    line = {
        "store": "deal add X",
        "folder": "log D1 text",
        "export": f"deal list -O csv -o {tmp_path}/x.csv",
        "backup": "db backup",
    }[case]
    code = (
        "import resource, signal, sys\nfrom salesctl.cli import run\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        "sys.exit(run(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, *words(line, run.path, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode in (6, 9) and "Traceback" not in done.stderr, (done.returncode, done.stderr)
    told("a disk that takes no byte: store, log, export, backup", 1)
    assert state(run.path) == before and run("deal list --json").json[0]["name"] == "First"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB of its own; a visible skip where none may be mounted."""
    place = tmp_path / "small"
    place.mkdir(mode=0o700)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", place], capture_output=True, check=False) if shutil.which("mount") else None  # fmt: skip
    if made is None or made.returncode:
        pytest.skip("no disk can be mounted: not root, or not allowed")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize(
    "line",
    [
        "customer add X",
        "log D1 text",
        "import FILE",
        "db backup",
        "deal list -n 0 -O csv -o OUT",
        "export --to OUT",
        "undo -y",
        "customer merge C1 C2 -y",
    ],
)
def test_a_disk_that_is_full(
    run: Runner, small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, told: Tell
) -> None:
    """Not a byte is left: 9, nothing is changed, reads go on, and with room again so do writes."""
    kept, _files = filled(run, small, tmp_path)
    path = fresh(kept, small)
    before = state(path)
    ballast = small / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    store = Runner(path, capfd)
    words = [
        str(small / "out") if word == "OUT" else str(tmp_path / "rows.csv") if word == "FILE" else word
        for word in line.split()
    ]
    done = store(words, code=None)
    assert done.code == 9 and done.err.count("\n") == 1, (done.code, done.err)
    assert len(store("deal list --json").json) == 4
    ballast.unlink()
    assert state(path) == before
    store("db check")
    store("customer add Room")
    told("a disk of 1 MiB that is full", 1)


@pytest.mark.parametrize("line", ["customer add X", "log D1 text", "import FILE", "undo -y"])
def test_a_disk_that_became_read_only(
    run: Runner, small: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], line: str, told: Tell
) -> None:
    """As after an error of the disk: 6 or 9, and reads go on."""
    kept, _files = filled(run, small, tmp_path)
    path = fresh(kept, small)
    before = Runner(path, capfd)("deal list --json").out
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    store = Runner(path, capfd)
    done = store([str(tmp_path / "rows.csv") if word == "FILE" else word for word in line.split()], code=None)
    assert done.code in (6, 9) and done.err.count("\n") == 1, (done.code, done.err)
    assert store("deal list --json").out == before
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)
    store("db check")
    told("a disk that became read-only", 1)
