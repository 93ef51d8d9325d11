"""The keys of every JSON answer: they may grow, never go. `pytest --accept` writes them anew."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from salesctl.store.backup import folder_of
from tests.conftest import Runner

GOLDEN = Path(__file__).parent / "golden" / "keys.json"
SETUP = [
    'add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550" --next "tomorrow call Anna"',
    "product add Pump list_price=10",
    "team add North",
    "rep add Bo team=North",
    "goal add revenue 900k -p 2026Q4 --team North --reason plan",
]
COMMANDS = [
    "today", "next", "next --explain", "board", "board --by due", "find acme", "show C1", "remind", "kpi", "kpi list",
    "kpi show revenue --by rep", "goal", "goal show G1", "goal split G1 --by months", "goal check G1", "config", "config me Bo",
    "config days-off", "help", "help dates", "export deal", "init", "config set lang en", "config unset lang",
    "log acme text", "done F1", "advance D1", "deal back D1 --reason x", "deal assign D1 --to Bo", "win D1", "deal reopen D1 --reason x", "deal advance D1 Signing --reason x", "deal win D1",
    "deal reopen D1", "lose D1 price", "deal reopen D1 --reason y", "deal lose D1 --reason price", "deal edit D1 competitor=Festa", "report", "report list", "report process", "report process --by rep", "report sop", "report sop --by stage", "report rivals", "analyze", "analyze list", "analyze sop-effect", "add Kova Order 5k", "followup add x due=fri", "goal edit G1 note=x", "goal history G1",
    "goal archive G1", "goal restore G1", "goal add won 5 -p 2026Q4", "config days-off 2026-12-24", "import FILE --dry-run", "snooze F3 +9d",
    *(f"{noun} {verb}" for noun, ref in (("customer", "C1"), ("contact", "P1"), ("product", "I1"), ("rep", "R1"), ("team", "TM1"),
                                         ("pipeline", "PL1"), ("stage", "SG1"), ("deal", "D1"), ("followup", "F1"))
      for verb in ("list", f"show {ref}", f"edit {ref} note=y", f"history {ref}", f"archive {ref}", f"restore {ref}", "add Another")),
    "undo", "undo --dry-run", "history D1", "audit list", "audit show O2", "audit verify", "db status", "db backup", "db verify", "db check", "db move NEWPLACE", "db restore BACKUP",
    "customer duplicates", "customer apart C1 C2", "customer merge C1 C3 --dry-run", "export person P1", "contact erase P1 -y", "customer add Berta kind=person", "customer erase Berta -y",
]  # fmt: skip


def shape(value: Any) -> Any:
    """The keys of an answer, and of what is in it."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def lost(wanted: Any, got: Any, place: str) -> list[str]:
    """Keys that are wanted and gone; what is empty or null now says nothing."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return [
            one
            for key in wanted
            for one in ([f"{place}.{key}"] if key not in got else lost(wanted[key], got[key], f"{place}.{key}"))
        ]
    if isinstance(wanted, list) and isinstance(got, list) and wanted and got:
        return lost(wanted[0], got[0], f"{place}[]")
    return []


def test_no_key_of_any_answer_goes_away(run: Runner, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / "c.csv"
    file.write_text("name,industry\nNew,steel\n")
    for line in SETUP:
        run(line)
    shapes: dict[str, Any] = {}
    for line in COMMANDS:
        made = next(iter(sorted(folder_of(str(run.path)).glob("*.db"))), "")
        words = shlex.split(
            line.replace("FILE", str(file)).replace("BACKUP", str(made)).replace("NEWPLACE", str(tmp_path / "moved.db"))
        )
        done = run([*words, "--json"], code=None)
        assert done.code in (0, 10), f"{line}: {done.err}"
        shapes[line] = shape(json.loads(done.out)) if done.out.strip() else None
    if request.config.getoption("--accept"):
        GOLDEN.write_text(json.dumps(shapes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return
    wanted = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert list(wanted) == COMMANDS
    gone = [one for line in COMMANDS for one in lost(wanted[line], shapes[line], line)]
    assert not gone


def test_every_command_has_its_golden() -> None:
    from tests.test_house import commands

    covered = {" ".join(line.split()[:2]) for line in COMMANDS} | {line.split()[0] for line in COMMANDS}
    missing = [
        line
        for line, _help, _examples in commands()
        if line not in covered and line not in ("kpi show", "goal list", "config list", "demo")
    ]
    assert not missing
