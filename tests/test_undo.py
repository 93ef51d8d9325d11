"""Undo: the store is what it was, for every command that writes; refused where something else came after."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.store_state import rows, state

SETUP = [
    'add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550" --next "today call Anna"',
    'add Kova "Kova deal" 5k',
    "product add Pump list_price=10",
    "team add North",
    "rep add Bo team=North",
    "rep add Ann team=North",
    "deal add Closed amount=7",
    "win D3",
    "customer add Old",
    "customer archive C3",
    "goal add revenue 900k -p 2026Q4 --team North --reason plan",
    "goal add won 1 -p 2026-11",
]
WRITES = [
    "customer add New industry=steel tags=a,b",
    "customer edit C1 name=Other industry=steel tags+=x",
    "customer archive C1",
    "customer restore C3",
    "contact add Eve customer=C1",
    "product edit I1 list_price=20",
    "deal add Third customer=C1 product=Pump",
    "deal edit D1 amount=50k owner=Bo",
    'deal edit D1 "product=Pump x 3"',
    "advance D1",
    "deal advance D1 Quote --reason x",
    "win D1 --at 2026-11-23",
    "lose D1 price --lost-to Rival",
    "deal reopen D3 --reason x",
    "deal assign D1 D2 --to Bo",
    'log acme "talked" --next "+3d mail"',
    'log D2 "talked"',
    'done F1 "ok" --next "+2d call"',
    "snooze F1 +5d",
    "followup add call due=fri deal=D1 recurrence=week",
    "stage edit SG1 probability=7",
    "stage add Extra",
    "pipeline add Other",
    "rep edit R1 name=Bob",
    "rate set EUR 7.85 --date 2026-03-01",
    "rate add JPY rate=0.05",
    "goal add won 5 -p 2026Q4 --level Stretch=7",
    "goal split G1 --by reps",
    "goal edit G1 note=x",
    "kpi alert revenue --below 900k -p 2026Q4",
    "remind --once --owner all",
    "config days-off 2026-12-24..2026-12-26",
    "init --currency EUR",
    "import FILE",
    "report save Monday REPORT",
    'add "Acme Corp" "Second" 3k --next "fri mail"',
]


@pytest.fixture
def busy(run: Runner) -> Runner:
    for line in SETUP:
        run(line)
    return run


@pytest.mark.parametrize("line", WRITES)
def test_what_a_command_wrote_is_taken_back_and_can_be_done_again(busy: Runner, tmp_path: Path, line: str) -> None:
    file = tmp_path / "c.csv"
    file.write_text("name,industry,contact\nAcme Corp,food,\nNew,steel,Eve\n")
    before = state(busy.path)
    (tmp_path / "own.toml").write_text('[[block]]\nname = "won"\n')
    words = line.replace("FILE", str(file)).replace("REPORT", str(tmp_path / "own.toml"))
    busy(words, code=10 if line.startswith("kpi alert") else 0)
    after = state(busy.path)
    assert after != before
    done = busy("undo --json").json
    assert done["undid"] == f"O{rows(busy.path, 'SELECT max(undoes) FROM operation')[0][0]}"
    assert state(busy.path) == before
    busy(f"undo {done['operation']}")
    assert state(busy.path) == after
    busy("undo")
    assert state(busy.path) == before
    busy("db check")


def test_undo_walks_back_to_the_beginning(run: Runner) -> None:
    start = state(run.path)
    for line in SETUP:
        run(line)
    for _line in SETUP:
        run("undo")
    assert state(run.path) == start
    assert "nothing to undo" in run("undo", code=4).err
    run("db check")


def test_a_later_change_of_the_same_field_refuses_and_says_whose(busy: Runner) -> None:
    busy("customer edit C1 industry=steel")
    operation = busy("audit list -n 1 --json").json[0]["operation"]
    busy("customer edit C1 size=50")
    busy(f"undo {operation} --dry-run")
    busy("customer edit C1 industry=food")
    done = busy(f"undo {operation}", code=5)
    assert "industry" in done.err and "customer.edit" in done.err and "undo O" in done.err
    assert busy("customer show C1 --json").json["industry"] == "food"
    busy("undo")
    busy(f"undo {operation}")
    assert busy("customer show C1 --json").json["industry"] is None


def test_what_others_refer_to_is_not_taken_back(busy: Runner) -> None:
    busy("customer add Fresh")
    operation = busy("audit list -n 1 --json").json[0]["operation"]
    busy("contact add Eve customer=Fresh")
    done = busy(f"undo {operation}", code=5)
    assert "P2 refers to it" in done.err
    assert busy("customer show Fresh --json").json["name"] == "Fresh"


def test_an_operation_is_undone_once(busy: Runner) -> None:
    busy("customer edit C1 industry=steel")
    done = busy("undo --json").json
    assert "undone already" in busy(f"undo {done['undid']}", code=5).err
    assert "cannot be undone" in busy("undo O1", code=4).err
    assert "no operation" in busy("undo O999", code=3).err
    assert "no operation" in busy("undo nonsense", code=3).err


def test_a_dry_run_writes_nothing(busy: Runner) -> None:
    before = rows(busy.path, "SELECT count(*) FROM change")
    assert "would be undone" in busy("undo --dry-run").err
    assert rows(busy.path, "SELECT count(*) FROM change") == before


def test_what_is_undone_leaves_every_list_and_its_number(busy: Runner) -> None:
    busy("customer add Fresh")
    busy("undo")
    assert "Fresh" not in busy("customer list --all").out
    assert busy("customer add Again").out.strip() == "C5"
    assert "Fresh" in busy(f"audit show {busy('audit list --json').json[1]['undoes']}").out


def test_undo_is_of_the_one_who_types(busy: Runner) -> None:
    busy("customer edit C1 industry=steel")
    import os

    os.environ["SALESCTL_USER"] = "Bo"
    try:
        busy("customer edit C2 industry=food")
        busy("undo")
        assert busy("customer show C2 --json").json["industry"] is None
        assert "nothing to undo" in busy("undo", code=4).err
    finally:
        del os.environ["SALESCTL_USER"]
    assert busy("customer show C1 --json").json["industry"] == "steel"


def test_an_import_of_thousands_is_undone_exactly(busy: Runner, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    lines = [f"Deal {n},Customer {n % 37},{n + 1},Pump" for n in range(2500)]
    file.write_text("name,customer,amount,product\n" + "\n".join(lines) + "\n")
    before = state(busy.path)
    busy(f"import {file}")
    after = state(busy.path)
    assert len(after["deal"]) == 2503
    operation = busy("undo -y --json").json["operation"]
    assert state(busy.path) == before
    busy("db check")
    busy(f"undo {operation} -y")
    assert state(busy.path) == after
    busy("db check")


def test_a_conflict_names_the_field_who_and_when(busy: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.app import App

    busy("advance D1")
    seen = rows(busy.path, "SELECT max(id) - 1 FROM operation")[0][0]
    monkeypatch.setattr(App, "seen", property(lambda self: seen))
    done = busy("advance D1 --json", code=5).error
    assert done["fields"] == ["stage"] and done["code"] == "conflict" and "deal.advance" in done["message"]
    busy("deal edit D1 note=x")
    busy("log D1 talked")
    busy("deal edit D1 tags+=y")
