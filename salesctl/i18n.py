"""The language of the answer: English is the source, the catalogues under locale/ translate it when it is printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

LANGUAGES = {"en": "en", "zh": "zh_CN"}


class _Catalogue(Protocol):
    def gettext(self, message: str) -> str: ...
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


_language = "en"
_catalogue: _Catalogue | None = None


def N_(message: str) -> str:
    """Mark a constant for translation; it is translated by `_` when it is shown."""
    return message


def set_language(language: str) -> None:
    """Choose "en" or "zh" for everything printed from now on."""
    global _language, _catalogue
    _language = language
    _catalogue = None
    if language != "en":
        import gettext

        folder = os.path.join(os.path.dirname(__file__), "locale")
        _catalogue = gettext.translation("salesctl", folder, languages=[LANGUAGES[language]], fallback=True)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Another language for a while: for what is written to somebody else than who asks."""
    before = _language
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def language() -> str:
    """The language in force, "en" or "zh"."""
    return _language


def _(message: str) -> str:
    return _catalogue.gettext(message) if _catalogue and message else message


def _n(singular: str, plural: str, n: int) -> str:
    if _catalogue:
        return _catalogue.ngettext(singular, plural, n)
    return singular if n == 1 else plural


def guess_language(environ: dict[str, str]) -> str:
    """The language the locale asks for: LC_ALL, LC_MESSAGES, LANG in that order; English when it names none of ours."""
    for key in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(key)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
