"""The App: config, clock, language, store and output of one command, each opened when it is first used."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from salesctl.config import Config, folder
from salesctl.errors import Ambiguous, Outdated, UsageError
from salesctl.i18n import _, guess_language, set_language
from salesctl.output.out import Out
from salesctl.preparse import Globals

if TYPE_CHECKING:
    from salesctl.domain.kinds import Ref
    from salesctl.domain.lacking import Lacks, Summed
    from salesctl.store.connect import Store


class App:
    """Carried as ctx.obj through every command; there is one `now` a command."""

    def __init__(self, options: Globals, environ: dict[str, str] | None = None) -> None:
        self.options = options
        self.environ = dict(os.environ) if environ is None else environ
        self._config: Config | None = None
        self._store: Store | None = None
        self._now: datetime | None = None
        self._db: str | None = None
        self._seen: int | None = None
        self.bare = False  # whether nothing was typed but the name of the program
        self.saved: list[int] = []  # the operations this command has written
        self.lacks: Lacks | None = None  # with --strict: what its sums lack for want of an exchange rate
        self.lang = self._language()
        set_language(self.lang)
        self.out = self._output()
        self.out.before = self.whole

    @property
    def config(self) -> Config:
        if self._config is None:
            self._config = Config(self.options.config or self.environ.get("SALESCTL_CONFIG") or None)
        return self._config

    def _language(self) -> str:
        word = self.options.lang or self.environ.get("SALESCTL_LANG")
        if not word:
            word = self.config.get("lang")
        if not word:
            return guess_language(self.environ)
        code = {"en": "en", "zh": "zh", "zh_cn": "zh", "zh-cn": "zh", "中文": "zh", "english": "en"}.get(word.lower())
        if code is None:
            raise UsageError(_("unknown language {word}").format(word=word), _("use en or zh"))
        return code

    def _output(self) -> Out:
        options, environ = self.options, self.environ
        tty = _is_tty(sys.stdout)
        return Out(
            format=options.format or (None if options.output else environ.get("SALESCTL_FORMAT")) or None,
            lang=self.lang,
            quiet=options.quiet,
            fields=options.fields,
            header=not options.no_header,
            path=options.output,
            overwrite=options.yes or options.force,
            color=_color(options.color, environ, tty),
            tty=tty,
            err_tty=_is_tty(sys.stderr),
            width=_columns(environ) if tty else None,
            no_input=options.no_input or environ.get("SALESCTL_NO_INPUT", "") not in ("", "0"),
            pager=None if options.no_pager else environ.get("SALESCTL_PAGER") or environ.get("PAGER"),
            config=lambda: self.config.path,
        )

    def shows(self, *sums: Summed) -> None:
        """These sums are part of the answer: whoever works one out for an answer says so here."""
        if self.lacks is not None:
            for one in sums:
                self.lacks.add(one)

    def whole(self) -> None:
        """Asked before anything is written or printed. Refuses (4), with --strict, sums that lack an amount."""
        if self.lacks is not None:
            self.lacks.refuse()

    @property
    def yes(self) -> bool:
        return self.options.yes

    @property
    def db_path(self) -> str:
        """The path of the store: --db NAME|PATH|URL, SALESCTL_DB, the config, or this user's own."""
        if self._db is None:
            word = self.options.db if self.options.db is not None else self.environ.get("SALESCTL_DB")
            if word is None:
                word = self.config.get("db") or "default"
            self._db = self.place(word)
        return self._db

    def place(self, word: str) -> str:
        """The path of a store by its name: demo, default, one the config names, or a path itself."""
        if word in ("demo", "default"):
            return os.path.join(folder("data"), f"{word}.db" if word == "demo" else "sales.db")
        return self.config.store(word) or os.path.expanduser(word)

    @property
    def store(self) -> Store:
        """The store, to be read."""
        if self._store is None:
            from salesctl.store.connect import open_read

            try:
                self._store = open_read(self.db_path)
            except Outdated:
                self._migrate()
                self._store = open_read(self.db_path)
        return self._store

    def _migrate(self) -> None:
        """Bring the store to this program's schema after a backup, and say so, unless somebody else just did."""
        from salesctl.store import backup, migrate, version

        path, folder_ = self.db_path, backup.folder_of(self.db_path)
        kept = migrate.migrate(path, lambda: backup.make(path, folder_, self.now, "migration").path)
        if kept:
            text = _("the store was brought to schema {n}; the copy from before is {path}")
            self.out.note(text.format(n=version.SCHEMA, path=kept))

    @property
    def seen(self) -> int:
        """The last operation that was in the store when this command first looked at it."""
        if self._seen is None:
            row = self.store.one("SELECT max(id) AS id FROM operation")
            self._seen = int(row["id"] or 0) if row else 0
        return self._seen

    def seen_until(self, operation: int) -> None:
        """This command knows of its own operation, which is saved."""
        self._seen = operation
        self.saved.append(operation)

    def use_store(self, path: str | None) -> None:
        """Work on the store at another path; None goes back to the one that was asked for."""
        self.close_store()
        self._db, self._seen = path, None

    @contextmanager
    def ahead(self, tasks: Callable[[App], Sequence[Callable[[], object]]]) -> Iterator[None]:
        """While the body runs, a second reader of a large store does the tasks of its own App, the last one first.

        The tasks are those of the body in its order; they read and do nothing else.
        """
        from copy import copy

        from salesctl.store.ahead import ahead

        twin = copy(self)
        twin.lacks = None

        def of_twin(store: Store) -> Sequence[Callable[[], object]]:
            twin._store = store
            return tasks(twin)

        with ahead(self.store, of_twin):
            yield

    @contextmanager
    def lent(self, work: Store) -> Iterator[None]:
        """While a unit of work is open it is the store, so that what is read is what was written."""
        self._store = work
        try:
            yield
        finally:
            self._store = None

    def close_store(self) -> None:
        """Let go of the store; the next read opens it anew."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def now(self) -> datetime:
        """This moment, aware, UTC; with --today that day at the hour it is."""
        if self._now is None:
            moment = datetime.now(UTC).replace(microsecond=0)
            word = self.options.today or self.environ.get("SALESCTL_TODAY")
            self._now = _on_day(moment, word) if word else moment
        return self._now

    @property
    def zone_name(self) -> str:
        """The zone of this user by its name: the config's, else this machine's, else UTC."""
        named = self.config.get("zone")
        if named:
            from salesctl.text import check_zone

            return check_zone(named)
        return _machine_zone()

    @property
    def me(self) -> str | None:
        """Who is typing, by name; None while nobody said. Raises BadValue (4) for what can be no name."""
        word = self.environ.get("SALESCTL_USER") or self.config.get("me")
        if not word:
            return None
        from salesctl.text import check_line

        return check_line(word, "SALESCTL_USER" if self.environ.get("SALESCTL_USER") else "me")

    def pick(self, find: Callable[[], Ref], by_ref: Callable[[str], Ref]) -> Ref:
        """A record; where several answer to the name, the one picked by its number on a terminal."""
        try:
            return find()
        except Ambiguous as error:
            candidates = error.data.get("candidates") or []
            names = error.told or [f"{one['ref']}  {one['name']}" for one in candidates]
            place = self.out.pick(_("which one?"), names) if names else None
            if place is None:
                raise
            return by_ref(str(candidates[place]["ref"]))


def _on_day(moment: datetime, word: str) -> datetime:
    """The moment moved to a day; a whole instant is taken as it is."""
    try:
        parsed = datetime.fromisoformat(word)
        if not 1900 <= parsed.year <= 2199:
            raise ValueError(word)
        if "T" in word:
            return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        day = parsed.date()
    except ValueError as error:
        raise UsageError(_("--today needs a date as 2026-11-23")) from error
    return moment + timedelta(days=(day - moment.date()).days)


def _is_tty(stream: object) -> bool:
    try:
        return bool(stream is not None and stream.isatty())  # type: ignore[attr-defined]
    except ValueError:
        return False


def _columns(environ: dict[str, str]) -> int:
    word = environ.get("COLUMNS", "")
    if word.isascii() and word.isdigit() and 0 < int(word[:6]) < 10_000:
        return int(word)
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


def _color(word: str | None, environ: dict[str, str], tty: bool) -> bool:
    if word not in (None, "auto", "always", "never"):
        raise UsageError(_("--color is auto, always or never"))
    if word in ("always", "never"):
        return word == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "") not in ("", "0") or environ.get("CLICOLOR_FORCE", "") not in ("", "0"):
        return True
    return tty and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


def _machine_zone() -> str:
    """The IANA name this machine is set to; UTC where it cannot be told."""
    try:
        target = os.path.realpath("/etc/localtime")
    except OSError:
        return "UTC"
    _before, found, name = target.partition("/zoneinfo/")
    if not found:
        return "UTC"
    from salesctl.errors import BadValue
    from salesctl.text import check_zone

    name = {"Etc/UTC": "UTC", "UCT": "UTC", "Etc/UCT": "UTC"}.get(name, name)
    try:
        return check_zone(name)
    except BadValue:
        return "UTC"
