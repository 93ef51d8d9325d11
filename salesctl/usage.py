"""Help as people read it: translated, grouped, with examples, laid out for Chinese too."""

from __future__ import annotations

from typing import Any

from salesctl.i18n import N_, _
from salesctl.registry import ENTRIES, SHORT_PANELS
from salesctl.text import pad, width, wrap

ROOM = 80
GLOBALS = (
    ("--db NAME|PATH", N_("The store; `--db demo` is the one of `salesctl demo`.")),
    ("--lang en|zh", N_("The language of the answer.")),
    ("-O, --format F", N_("table, text, tsv, csv, json, ndjson, md or html; --json for short.")),
    ("-o, --output FILE", N_("Write the answer to a file; its ending says the format.")),
    ("--fields a,b", N_("Only these keys, in this order; `--fields help` lists them.")),
    ("--no-header", N_("TSV and CSV without the first line.")),
    ("--color WHEN", N_("auto, always or never.")),
    ("--config FILE", N_("Another config file.")),
    ("-y, --yes", N_("Do not ask.")),
    ("--force", N_("Write over a file that is there.")),
    ("--no-input", N_("Never ask anything.")),
    ("--no-pager", N_("Do not page long answers.")),
    ("-q, --quiet", N_("Only the answer, no words beside it.")),
    ("-v, --verbose", N_("Say which store it was, and how long it took.")),
    ("--debug", N_("Show the traceback of a bug.")),
    ("--install-completion", N_("Tab completion for this shell; --show-completion prints it.")),
    ("--version", N_("The version, alone.")),
)


def pairs(rows: list[tuple[str, str]], indent: int = 2, most: int = 26) -> list[str]:
    """Two columns: a name, and what it means."""
    left = min(most, max((width(name) for name, _text in rows), default=0))
    lines = []
    for name, text in rows:
        parts = wrap(text, ROOM - indent - left - 2)
        head = " " * indent + pad(name, left)
        if width(name) > left:
            lines.append(" " * indent + name)
            head = " " * (indent + left)
        lines.append((head + "  " + (parts[0] if parts else "")).rstrip())
        lines += [" " * (indent + left + 2) + part for part in parts[1:]]
    return lines


def root_help(formatter: Any) -> None:
    """The root: everything that is used daily in full, the rest in a line each."""
    lines = [_("Usage: salesctl [COMMAND] [ARGS]..."), ""]
    lines += wrap(_("A whole sales organisation in a terminal. Alone it shows what is due today."), ROOM)
    panels: dict[str, list[tuple[str, str]]] = {}
    for entry in ENTRIES:
        panels.setdefault(entry.panel, []).append((entry.name, _(entry.help)))
    brief: list[tuple[str, str]] = []
    for panel, rows in panels.items():
        if panel in SHORT_PANELS:
            brief.append((_(panel), ", ".join(name for name, _text in rows)))
            continue
        lines += ["", f"{_(panel)}:", *pairs(rows)]
    lines += ["", f"{_('More')}:", *pairs(brief), "", f"{_('Options of every command')}:"]
    lines += pairs([(name, _(text)) for name, text in GLOBALS])
    lines += ["", f"{_('Examples')}:", *(f"  {line}" for line in EXAMPLES)]
    formatter.write("\n".join(lines) + "\n")


EXAMPLES = (
    "salesctl demo",
    'salesctl add "Acme" "Pump order" 48k --next "fri call Anna"',
    "salesctl deal stage:quote amount:50k..",
    "salesctl kpi -p 2026Q4 --vs previous",
)


def noun_help(group: Any, ctx: Any, formatter: Any) -> None:
    """A noun: its verbs in a line each, and what it does alone."""
    entry = group.entry
    lines = [_("Usage: salesctl {name} VERB [ARGS]...").format(name=entry.name), "", _(entry.help), ""]
    rows = [(name, _(info.help).split("\n")[0]) for name, info in group.load().items() if not info.hidden]
    lines += [f"{_('Verbs')}:", *pairs(rows), ""]
    lines.append(_("Alone it means: salesctl {name} {verb}").format(name=entry.name, verb=entry.default))
    lines.append(_("More about a verb: salesctl {name} VERB --help").format(name=entry.name))
    first = next((info.epilog.strip().split("\n")[0] for info in group.load().values() if info.epilog), "")
    if first:
        lines += ["", f"{_('Examples')}:", f"  {first.strip()}"]
    formatter.write("\n".join(lines) + "\n")


def command_help(command: Any, ctx: Any, formatter: Any) -> None:
    """A command: usage, what it does, arguments, options, examples."""
    pieces = " ".join(command.collect_usage_pieces(ctx))
    lines = wrap(f"{_('Usage')}: {ctx.command_path} {pieces}", ROOM)
    for paragraph in _(command.help).split("\n") if command.help else ():
        lines += ["", *wrap(paragraph.strip(), ROOM)] if paragraph.strip() else []
    arguments, options = _records(command, ctx)
    if arguments:
        lines += ["", f"{_('Arguments')}:", *pairs(arguments)]
    if options:
        lines += ["", f"{_('Options')}:", *pairs(options)]
    if command.epilog:
        shown = [line.strip() for line in command.epilog.strip().split("\n")]
        lines += ["", f"{_('Examples')}:", *(f"  {line}" for line in shown)]
    lines += ["", _("Options of every command: salesctl --help")]
    formatter.write("\n".join(lines) + "\n")


def _records(command: Any, ctx: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    arguments, options = [], []
    for param in command.params:
        help = _(param.help) if getattr(param, "help", None) else ""
        if param.param_type_name == "argument":
            arguments.append((param.human_readable_name.upper(), help))
        elif not getattr(param, "hidden", False):
            names = ", ".join(sorted(param.opts, key=len))
            value = "" if param.is_flag else f" {param.metavar or 'TEXT'}"
            options.append((names + value, help))
    return arguments, options
