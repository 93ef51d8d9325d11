"""The rules of the house: who imports whom, what a start may import, and that every command is whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import salesctl
from salesctl.registry import ENTRIES, Entry

PACKAGE = Path(salesctl.__file__).parent
ROOT = PACKAGE.parent
MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if "migrations" not in path.parts and path.name != "__main__.py"
)
HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "alembic", "rich", "tabulate", "dateutil", "jinja2", "pygal", "openpyxl")
FOUNDATION = {
    "errors",
    "i18n",
    "text",
    "money",
    "when",
    "dates",
    "hours",
    "period",
    "clock",
    "recur",
    "workdays",
    "preparse",
    "declare",
    "plain",
}
# room -> the rooms it may know
KNOWS = {
    "foundation": {"foundation"},
    "config": {"foundation"},
    "domain": {"foundation", "domain"},
    "store": {"foundation", "config", "domain", "store"},
    "output": {"foundation", "domain", "output"},
    "readers": {"foundation", "domain", "readers"},
    "app": {"foundation", "domain", "store", "output", "config", "app"},
    "services": {"foundation", "domain", "store", "output", "readers", "app", "services", "config"},
    "commands": {"foundation", "domain", "store", "output", "readers", "app", "services", "config", "commands", "registry", "usage", "groups"},
    "registry": {"foundation", "registry"},
    "usage": {"foundation", "registry", "usage"},
    "door": {"foundation", "registry", "door"},
    "groups": {"foundation", "registry", "door", "usage", "groups"},
    "parser": {"foundation", "output", "groups", "parser"},
    "cli": {"foundation", "output", "app", "config", "door", "parser", "cli"},
}  # fmt: skip


def room(module: str) -> str:
    part = module.split(".")[1] if "." in module else "cli"
    return "foundation" if part in FOUNDATION else part


def imported(module: str) -> set[str]:
    path = ROOT / Path(*module.split("."))
    source = (path / "__init__.py") if path.is_dir() else path.with_suffix(".py")
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("salesctl"):
            found |= {
                f"{node.module}.{alias.name}" if node.module == "salesctl" else str(node.module) for alias in node.names
            }
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("salesctl")}
    return found - {"salesctl.__version__"}


@pytest.mark.parametrize("module", [name for name in MODULES if name != "salesctl"])
def test_imports_go_one_way(module: str) -> None:
    mine = room(module)
    strangers = {one for one in imported(module) if room(one) not in KNOWS[mine]}
    assert not strangers, f"{module} ({mine}) may not know {strangers}"


def test_every_module_stands_alone() -> None:
    code = (
        "import sys, importlib\n"
        "for name in sys.argv[1:]:\n"
        "    for known in [m for m in sys.modules if m.startswith('salesctl')]: del sys.modules[known]\n"
        "    importlib.import_module(name)\n"
    )
    light = [name for name in MODULES if ".schema" not in name]
    subprocess.run([sys.executable, "-W", "error", "-c", code, *light], check=True)
    for name in set(MODULES) - set(light):
        subprocess.run([sys.executable, "-c", f"import {name}"], check=True)


LIGHT = [
    ["--help"],
    ["deal", "--help"],
    ["deal", "add", "--help"],
    ["deal", "list", "--json"],
    ["deal", "list"],
    ["customer", "list", "-O", "csv"],
    ["today"],
    ["next", "--json"],
    ["board"],
    ["kpi", "show", "win_rate", "--json"],
    ["goal", "list"],
    ["remind"],
    ["find", "x"],
    ["stage", "list", "-O", "table"],
    ["log", "nobody", "text"],
    ["lead", "list", "--json"],
    ["lead", "response", "--by", "rep"],
    ["lead", "pool"],
    ["lead", "reclaim", "--dry-run"],
    ["approval", "list"],
    ["approval", "show", "A1", "--json"],
    ["report"],
    ["report", "monthly"],
    ["report", "trend", "--json"],
    ["report", "process"],
    ["report", "sop", "--json"],
    ["report", "rivals"],
    ["analyze", "sop-effect"],
    ["forecast", "--why"],
    ["forecast", "history", "--json"],
    ["forecast", "calibrate"],
    ["forecast", "accuracy", "-p", "2026Q3"],
    ["rate", "list"],
    ["kpi", "show", "velocity", "coverage", "cycle_all", "slippage", "-p", "2026Q3", "--json"],
]


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_a_fresh_start_imports_nothing_heavy(words: list[str], templates: dict[str, Path]) -> None:
    code = (
        "import sys\nfrom salesctl.cli import run\n"
        f"run(['--db', {str(templates['en'])!r}] + sys.argv[1:])\n"
        f"heavy = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "sys.exit(f'heavy: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_completion_imports_no_command() -> None:
    code = (
        "import os, sys\nos.environ.update(_SALESCTL_COMPLETE='complete_bash', COMP_WORDS='salesctl de', COMP_CWORD='1')\n"
        "from salesctl.cli import run\n"
        "try:\n    run([])\nexcept SystemExit:\n    pass\n"
        f"heavy = [m for m in sys.modules if m.startswith('salesctl.commands.') or m in {HEAVY!r}]\n"
        "sys.stderr.write(f'heavy: {heavy}') if heavy else None\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["deal", "demo"] and "heavy" not in done.stderr


def commands() -> list[tuple[str, str, str]]:
    """(command line, help, examples) of every command there is."""
    from importlib import import_module

    found = []
    for entry in ENTRIES:
        for info in import_module(entry.path).app.verbs.values():
            line = f"{entry.name} {info.name}" if entry.default else entry.name
            found.append((line, info.help or "", info.epilog or ""))
    return found


@pytest.mark.parametrize(("line", "help_", "examples"), commands(), ids=[one[0] for one in commands()])
def test_every_command_has_help_with_an_example(line: str, help_: str, examples: str) -> None:
    assert help_ and examples
    assert all("salesctl" in one for one in examples.strip().split("\n"))


def catalogue() -> dict[str, str]:
    import gettext

    found = gettext.translation("salesctl", str(PACKAGE / "locale"), languages=["zh_CN"])
    return found._catalog  # type: ignore[attr-defined,no-any-return]


def test_every_message_is_in_the_catalogue_with_its_placeholders() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from messages import extracted
    finally:
        sys.path.pop(0)
    known = catalogue()
    shape = re.compile(r"\{(\w+)")
    for message in extracted():
        if not message.id:
            continue
        id = message.id if isinstance(message.id, str) else message.id[0]
        chinese = known.get(id) or known.get((id, 0))  # type: ignore[call-overload]
        assert chinese, f"no Chinese text for {id!r}"
        wanted = set(shape.findall(message.id if isinstance(message.id, str) else " ".join(message.id)))
        assert set(shape.findall(chinese)) <= wanted, id


def test_nothing_prints_outside_output() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "output" in path.parts or path.name == "__main__.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Name) and called.id == "print"), path
            assert not (
                isinstance(called, ast.Attribute) and called.attr == "write" and "stdout" in ast.dump(called)
            ), path


def test_files_and_functions_stay_small() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "versions" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 370, f"{path} has {text.count(chr(10))} lines"


def test_no_float_where_money_is() -> None:
    for name in (
        "money.py",
        "store/products.py",
        "domain/lines.py",
        "domain/payment.py",
        "services/payment.py",
        "domain/paper.py",
        "domain/capitals.py",
        "store/quotes.py",
    ):
        for node in ast.walk(ast.parse((PACKAGE / name).read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Name) and node.id == "float"), name
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), name


def test_typer_is_one_we_know() -> None:
    import typer

    major, minor, *_rest = typer.__version__.split(".")
    assert (int(major), int(minor)) in ((0, 26), (0, 27), (0, 28)), (
        "try the bound in pyproject.toml, and the start-up budget"
    )


def test_registry_names_are_files() -> None:
    for entry in ENTRIES:
        assert isinstance(entry, Entry) and (PACKAGE / "commands" / f"{entry.module or entry.name}.py").exists()


def test_what_references_need_is_what_the_nouns_say() -> None:
    from salesctl.domain.noun import PREFIX, title_of
    from salesctl.domain.nouns import NOUNS

    assert {name: noun.prefix for name, noun in NOUNS.items()} == PREFIX
    assert all(title_of(name) == noun.title for name, noun in NOUNS.items())
