"""A warm process under the shim: each line on its standard input is one command, run in a child of its own.

A line is JSON: {"argv": [...], "at": N, "errno": E, "log": PATH, "each": [[...]], "kill": SECONDS}; the answer is {"code", "calls", "err"}.
`each` are commands to run one after the other, each acknowledged in the log when it answered 0.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sqlite3
import sys
import tempfile
import time
from typing import Any


def main(shim: str, folder: str) -> None:
    """Answer until the input ends."""
    library = ctypes.CDLL(shim)
    from salesctl.cli import run

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    run(["--db", os.path.join(folder, "warm.db"), "customer", "add", "warm", "-q"])  # everything is imported
    library.fault_watch(folder.encode())
    for line in sys.stdin:
        job = json.loads(line)
        with tempfile.TemporaryFile("w+") as told:
            pid = os.fork()
            if not pid:
                os._exit(_child(library, run, job, told.fileno()))
            if job.get("kill") is not None:
                time.sleep(job["kill"])
                os.kill(pid, signal.SIGKILL)  # it is ours until it was waited for
            _pid, status = os.waitpid(pid, 0)
            told.seek(0)
            text = told.read()
        calls, _mark, err = text.rpartition("\0")[2].partition("\n") if "\0" in text else ("0", "", text)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "calls": int(calls or 0),
            "err": text.partition("\0")[0] + err,
        }
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _child(library: Any, run: Any, job: dict[str, Any], told: int) -> int:
    os.dup2(told, 2)
    if job.get("log"):
        library.fault_record(os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    if job.get("pragma"):  # sabotage: a setting of every connection that our program did not ask for
        _set_on_every_connection(job["pragma"])
    reader = sqlite3.connect(job["hold"]) if job.get("hold") else None  # somebody's open list: no close checkpoints
    if reader:
        reader.execute("SELECT count(*) FROM deal").fetchone()
    code = 0
    for number, argv in enumerate(job.get("each") or [job["argv"]], start=1):
        library.fault_arm(job.get("at", 0), job.get("errno", 0))
        code = run(argv)
        if job.get("log") and code == 0:
            library.fault_mark(number)
    calls = library.fault_count()
    library.fault_arm(0, 0)
    os.write(told, f"\0{calls}\n".encode())
    return int(code)


def _set_on_every_connection(pragma: str) -> None:
    from salesctl.store import connect

    real = connect._settle

    def settle(connection: Any, *given: Any) -> None:
        real(connection, *given)
        connection.execute(pragma)

    connect._settle = settle


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
