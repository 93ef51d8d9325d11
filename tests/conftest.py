"""The command line as tests drive it: `run("deal list --json")` in this process, on a store of its own, on a fixed day."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

DAY = "2026-11-23"
KEPT = ("SALESCTL_REAL_DATA", "SALESCTL_TEST_PG", "SALESCTL_TEST_ENGINE")

# speed is measured in bench/, never here: a busy machine fails no test
settings.register_profile("salesctl", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("salesctl")


@dataclass(frozen=True)
class Result:
    """What a command answered: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        return json.loads(self.err)["error"]

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of a TSV answer."""
        lines = self.out.splitlines()
        keys = lines[0].split("\t")
        return [dict(zip(keys, line.split("\t"), strict=True)) for line in lines[1:]]


class Runner:
    """Runs commands on the store at `path`; a failure that was not asked for prints everything."""

    def __init__(self, path: Any, capfd: pytest.CaptureFixture[str]) -> None:
        self.path, self.capfd = path, capfd

    def __call__(self, line: str | list[str], code: int | None = 0, today: str = DAY) -> Result:
        from salesctl.cli import run

        words = shlex.split(line) if isinstance(line, str) else line
        self.capfd.readouterr()
        done = run(["--db", str(self.path), "--today", f"{today}T09:42:00", *words])
        out, err = self.capfd.readouterr()
        result = Result(done, out, err)
        assert code is None or done == code, f"salesctl {' '.join(words)}\nexit {done}, not {code}\n{out}\n{err}"
        return result

    def add(self, noun: str, name: str, **fields: str) -> str:
        """A record by its fields; its ref."""
        pairs = [f"{key}={value}" for key, value in fields.items()]
        return self([noun, "add", name, *pairs]).out.strip()


ON_POSTGRES = os.environ.get("SALESCTL_TEST_ENGINE") == "postgres"


class Server:
    """A PostgreSQL server of the tests: databases by name, copies of them, and their end."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.count = 0

    def url(self, name: str) -> str:
        from urllib.parse import urlsplit, urlunsplit

        return urlunsplit(urlsplit(self.base)._replace(path=f"/{name}"))

    def run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.base, autocommit=True) as connection:
            connection.execute("SET client_min_messages = error")
            connection.execute(statement)  # type: ignore[call-overload]

    def make(self, template: str = "") -> str:
        """A new database, empty or a copy; its name."""
        self.count += 1
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"t_{os.getpid()}_{worker}_{self.count}"
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The server of SALESCTL_TEST_PG, or one of our own that pgserver starts; a visible skip without either."""
    given = os.environ.get("SALESCTL_TEST_PG")
    if given:
        return Server(given)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    runtime = shared / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pgserver
    except ImportError:
        if os.environ.get("CI") or sys.version_info < (3, 13):
            pytest.fail("no PostgreSQL: neither pgserver (the dev extra) nor SALESCTL_TEST_PG")
        pytest.skip("no PostgreSQL: neither pgserver nor SALESCTL_TEST_PG")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        uri = str(pgserver.get_server(str(shared / "pg"), cleanup_mode="stop").get_uri())
    return Server(uri.replace("postgres:@", "postgres@"))


@pytest.fixture(scope="session")
def originals(server: Server) -> dict[str, str]:
    """An empty store in each language on the server, made once; their names."""
    from salesctl.store.create import create

    found = {lang: server.make() for lang in ("en", "zh")}
    for lang, name in found.items():
        create(server.url(name), lang=lang, zone="UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
    return found


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Databases of one test: `databases("en")` is the URL of a copy, `databases("")` of an empty one."""
    server: Server = request.getfixturevalue("server")
    originals: dict[str, str] = request.getfixturevalue("originals")
    made: list[str] = []

    def make(lang: str) -> str:
        made.append(server.make(originals.get(lang, "")))
        return server.url(made[-1])

    yield make
    for name in made:
        server.drop(name)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An empty store in each language, made once."""
    from salesctl.store.create import create

    folder = tmp_path_factory.mktemp("stores")
    for lang in ("en", "zh"):
        create(str(folder / f"{lang}.db"), lang=lang, zone="UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
    return {lang: folder / f"{lang}.db" for lang in ("en", "zh")}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees this machine's config, data or environment."""
    for name in [name for name in os.environ if name.startswith("SALESCTL_") and name not in KEPT]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("PAGER", "NO_COLOR", "COLUMNS", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    from salesctl.i18n import set_language

    set_language("en")


@pytest.fixture
def run(
    templates: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Runner:
    """Commands on an empty English store."""
    if ON_POSTGRES:
        return Runner(request.getfixturevalue("databases")("en"), capfd)
    path = tmp_path / "sales.db"
    shutil.copy(templates["en"], path)
    return Runner(path, capfd)


@pytest.fixture
def zh(
    templates: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> Runner:
    """Commands on an empty Chinese store."""
    if ON_POSTGRES:
        return Runner(request.getfixturevalue("databases")("zh"), capfd)
    path = tmp_path / "zh.db"
    shutil.copy(templates["zh"], path)
    return Runner(path, capfd)


@pytest.fixture
def bare(tmp_path: Path, capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Runner:
    """Commands where there is no store yet."""
    if ON_POSTGRES:
        return Runner(request.getfixturevalue("databases")(""), capfd)
    return Runner(tmp_path / "none.db", capfd)


@pytest.fixture
def real_data() -> Path:
    """The folder of real exports, or a visible skip."""
    places = [os.environ.get("SALESCTL_REAL_DATA", ""), str(Path(__file__).parent.parent.parent / "shared" / "data")]
    found = next((Path(place) for place in places if place and Path(place).is_dir()), None)
    if found is None:
        pytest.skip("real exports are not here: set SALESCTL_REAL_DATA")
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write scenarios and goldens anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is about the file of a SQLite store says nothing about PostgreSQL."""
    if ON_POSTGRES:
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="about the file of a SQLite store"))
