"""The config file: who you are, which language, which store. TOML, read when it is there, written line by line."""

from __future__ import annotations

import os
import sys
from typing import Any

from salesctl.errors import BadFile, StreamError, UsageError, because
from salesctl.i18n import _

KEYS = ("me", "lang", "db", "currency", "zone", "fiscal_year_start")


XDG = {
    "config": ("XDG_CONFIG_HOME", ".config", ""),
    "data": ("XDG_DATA_HOME", ".local/share", ""),
    "log": ("XDG_STATE_HOME", ".local/state", "log"),
}


def folder(kind: str) -> str:
    """Where this user's config, data or logs of salesctl live.

    On Linux by the XDG rules themselves, as platformdirs has them: importing it costs 0.4 of a bare start.
    """
    if str(sys.platform) == "linux":
        name, usual, under = XDG[kind]
        base = os.environ.get(name, "").strip() or os.path.join(os.path.expanduser("~"), usual)
        return os.path.join(base, "salesctl", under) if under else os.path.join(base, "salesctl")
    import platformdirs

    return str(getattr(platformdirs, f"user_{kind}_dir")("salesctl"))


class Config:
    """The settings of a file; one that is not there has none."""

    def __init__(self, path: str | None) -> None:
        self.path = path or os.path.join(folder("config"), "config.toml")
        self.named = path is not None
        self._values: dict[str, Any] | None = None

    @property
    def values(self) -> dict[str, Any]:
        if self._values is None:
            self._values = self._read()
        return self._values

    def _read(self) -> dict[str, Any]:
        try:
            with open(self.path, encoding="utf-8") as file:
                text = file.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            why = because(error)
            raise StreamError(_("the config {path} cannot be read: {why}").format(path=self.path, why=why)) from error
        except UnicodeDecodeError as error:
            raise BadFile(_("the config {path} is not UTF-8").format(path=self.path)) from error
        import tomllib

        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise BadFile(_("the config {path} is not valid: {why}").format(path=self.path, why=error)) from error

    def get(self, key: str) -> str | None:
        """A setting as text, or None."""
        value = self.values.get(key)
        if value is None or isinstance(value, dict):
            return None
        return str(value)

    def store(self, name: str) -> str | None:
        """The path of a store that the config names under [stores]."""
        stores = self.values.get("stores")
        return str(stores[name]) if isinstance(stores, dict) and name in stores else None

    def set(self, key: str, value: str | None) -> None:
        """Change one setting and nothing else in the file; None takes it out. Raises UsageError for an unknown key."""
        if key not in KEYS:
            raise UsageError(
                _("there is no setting {key}").format(key=key),
                _("the settings are: {keys}").format(keys=", ".join(KEYS)),
            )
        lines = self._lines()
        head = next((i for i, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
        place = next((i for i in range(head) if lines[i].partition("=")[0].strip() == key), None)
        line = f"{key} = {_quoted(value)}" if value is not None else None
        if place is not None:
            lines[place : place + 1] = [line] if line is not None else []
        elif line is not None:
            lines.insert(head, line)
        self._write("\n".join(lines) + "\n" if lines else "")
        self._values = None

    def _lines(self) -> list[str]:
        if not self.values and not os.path.exists(self.path):
            return []
        with open(self.path, encoding="utf-8") as file:
            return file.read().splitlines()

    def _write(self, text: str) -> None:
        part = f"{self.path}.{os.urandom(4).hex()}.part"
        try:
            os.makedirs(os.path.dirname(self.path) or ".", mode=0o700, exist_ok=True)
            descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                with open(descriptor, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(descriptor)
                os.replace(part, self.path)
            except BaseException:
                os.unlink(part)
                raise
        except OSError as error:
            why = because(error)
            raise StreamError(
                _("the config {path} cannot be written: {why}").format(path=self.path, why=why)
            ) from error


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
