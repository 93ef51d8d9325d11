"""Random days of work, undone in every way: the store is always what a model that remembers says it is."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.faults.conftest import Tell
from tests.store_state import State, state

SEEDS = range(500) if os.environ.get("SALESCTL_FAULTS") == "long" else range(8)
OPS = [
    "customer add Name{n} industry=steel tags=a",
    "customer edit C1 industry=i{n}",
    "customer edit C2 note=n{n} tags+=t{n}",
    "contact add Person{n} customer=C1 phone=1380000{n:04d}",
    "deal add Deal{n} customer=C2 amount={n}",
    "deal edit D1 amount={n}",
    "advance D1",
    "deal back D1 --reason r{n}",
    "win D2",
    "lose D2 r{n}",
    "deal reopen D2 --reason r{n}",
    "log D1 text{n} --next '+{day}d call'",
    "snooze F1 +{day}d",
    "done F1 ok{n}",
    "customer merge C1 C2",
    "customer apart C1 C3",
    "import {file}",
    "stage edit SG1 probability={day}",
    "config days-off 2027-01-{day}",
]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_and_its_way_back(run: Runner, tmp_path: Path, seed: int, told: Tell) -> None:
    rng = random.Random(seed)
    file = tmp_path / "c.csv"
    for line in ("add One Deal 5k --next 'fri call'", "add Two Other 7k", "customer add Three"):
        run(line)
    model: list[State] = [state(run.path)]
    for n in range(100 if len(SEEDS) > 8 else 18):
        if len(model) > 1 and rng.random() < 0.35:
            done = run("undo -y", code=None)
            if done.code == 0:
                model.pop()
            else:
                assert done.code == 4, done.err  # nothing is left to undo
        else:
            file.write_text("name,industry\n" + "".join(f"Imported {rng.randint(1, 9)},food{n}\n" for _row in range(5)))
            line = rng.choice(OPS).format(n=n, file=file, day=rng.randint(10, 28))
            done = run(line, code=None)
            assert done.code in (0, 3, 4, 5), f"{line}: {done.err}"
            now = state(run.path)
            if done.code != 0:
                assert now == model[-1], f"{line} was refused and wrote"
            elif now != model[-1]:
                model.append(now)
        assert state(run.path) == model[-1], f"step {n} of seed {seed}"
    run("db check")
    told("steps of random days, with merges, imports and undo, against a model", n + 1)
    run("audit verify")
