"""The options that every command takes, lifted out of the arguments wherever they stand, before anything is imported."""

from __future__ import annotations

from salesctl.errors import UsageError
from salesctl.i18n import _

VALUED = {
    "--db": "db",
    "--config": "config",
    "--lang": "lang",
    "--color": "color",
    "--today": "today",
    "--format": "format",
    "-O": "format",
    "--output": "output",
    "-o": "output",
    "--fields": "fields",
}
FLAGS = {
    "--json": "json",
    "--no-header": "no_header",
    "--debug": "debug",
    "--no-pager": "no_pager",
    "--no-input": "no_input",
    "--quiet": "quiet",
    "-q": "quiet",
    "--verbose": "verbose",
    "-v": "verbose",
    "--force": "force",
    "--yes": "yes",
    "-y": "yes",
}


class Globals:
    """What the global options said; None and False where they are absent."""

    db: str | None = None
    config: str | None = None
    lang: str | None = None
    color: str | None = None
    today: str | None = None
    format: str | None = None
    output: str | None = None
    fields: str | None = None
    json: bool = False
    no_header: bool = False
    debug: bool = False
    no_pager: bool = False
    no_input: bool = False
    quiet: bool = False
    verbose: bool = False
    yes: bool = False
    force: bool = False


def preparse(argv: list[str]) -> tuple[Globals, list[str]]:
    """The global options, and the arguments without them; what follows a `--` stays as it is.

    Raises UsageError (2) for an option without its value; the Globals read so far are its data, for the error's format.
    """
    found, rest = Globals(), []
    place = 0
    while place < len(argv):
        word = argv[place]
        name, equals, value = word.partition("=")
        if word == "--":
            rest += argv[place:]
            break
        if name in VALUED and (equals or word == name):
            if not equals:
                place += 1
                if place >= len(argv):
                    raise UsageError(_("{option} needs a value").format(option=word))
                value = argv[place]
            if name in ("-o", "--output") and not value:
                raise UsageError(
                    _("{option} needs the name of a file").format(option=name),
                    _("as {option} x.csv").format(option=name),
                )
            setattr(found, VALUED[name], value)
        elif word in FLAGS:
            setattr(found, FLAGS[word], True)
        elif word[:2] in ("-o", "-O") and len(word) > 2:
            setattr(found, VALUED[word[:2]], word[2:])
        else:
            rest.append(word)
        place += 1
    if found.json and found.format is None:
        found.format = "json"
    return found, rest


def wants_json(argv: list[str], environ: dict[str, str]) -> bool:
    """Whether errors are to be JSON, for an error that comes before the options are read."""
    try:
        found = preparse(argv)[0]
    except UsageError:
        return "--json" in argv
    name = found.format or ("" if not found.output else found.output.rpartition(".")[2])
    return (name or environ.get("SALESCTL_FORMAT", "")) in ("json", "ndjson")
