"""salesctl help: the topics that no single command explains."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Screen

app = c.Commands()
HELP = N_(
    "Explain a topic: dates, periods, amounts, filters, formats, exit-codes, environment, cron; or a part of the commands, as people."
)
Topic = Annotated[Optional[str], c.Argument(metavar="[TOPIC]", help=N_("Which one; none lists them."))]  # noqa: UP045


@app.command("help", **c.command(HELP, "salesctl help\nsalesctl help dates\nsalesctl help people"))
def main(ctx: c.Context, topic: Topic = None) -> None:
    from salesctl.commands import _topics
    from salesctl.registry import ALSO, BY_NAME, ENTRIES
    from salesctl.usage import pairs

    app_ = c.app_of(ctx)
    word = (topic or "").strip().lower()
    word = _topics.WORDS.get(word, ALSO.get(word, word))
    if not word:
        lines = [_("Topics:"), *pairs([(name, _(text.split("\n")[0])) for name, text in _topics.TOPICS.items()])]
        app_.out.emit(Screen([*lines, "", _("As: salesctl help dates")], list(_topics.TOPICS), text_in_pipe=True))
        return
    if word in _topics.TOPICS:
        text = _(_topics.TOPICS[word])
        app_.out.emit(Screen(text.split("\n"), {"topic": word, "text": text}, text_in_pipe=True))
        return
    panel = [entry for entry in ENTRIES if word in (entry.panel.lower(), _(entry.panel).lower())]
    if panel:
        rows = [(entry.name, _(entry.help)) for entry in panel]
        app_.out.emit(Screen(pairs(rows, indent=0), [name for name, _text in rows], text_in_pipe=True))
        return
    if word in BY_NAME:
        _of_command(word)
        return
    raise UsageError(
        _("there is no topic {word}").format(word=word), _("one of: {names}").format(names=", ".join(_topics.TOPICS))
    )


def _of_command(word: str) -> None:
    from salesctl.groups import root

    root().main(args=[word, "--help"], prog_name="salesctl", standalone_mode=False)
