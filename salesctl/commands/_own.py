"""Own reports: saved from TOML, run like ours, listed with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from salesctl.commands import _blocks
from salesctl.commands._papers import Paper, view
from salesctl.errors import BadFile
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Message, Report, Screen, Table

KNOWN = {name: block.options for name, block in _blocks.BLOCKS.items()}


def save(app: Any, name: str, file: str, taken: Collection[str]) -> Message:
    """Keep the report of a file ("-": of standard input); what it replaces is told."""
    from salesctl.readers.text import whole
    from salesctl.services.own_report import save as keep

    row, before = keep(app, name, whole(file), KNOWN, taken)
    line = _("saved {name}: {n} blocks; run it: salesctl report run {word}")
    told = line.format(name=row["name"], n=len(row["blocks"]), word=_quoted(row["name"]))
    return Message(row["name"], [told], row, _replaced(before, row) if before is not None else [])


def _replaced(before: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """What a report was that another was saved over, and how it comes back; that nothing changed where that is so."""
    from salesctl.services.own_report import checked, shown

    if before["body"] == row["body"] and before["name"] == row["name"]:
        return [_("it was saved like this before: nothing changed")]
    try:
        was = _brief(shown(before, checked(before["name"], before["body"], KNOWN)))
    except BadFile as error:
        was = error.message
    return [_("in place of {name}: {was}; salesctl undo brings that back").format(name=before["name"], was=was)]


def _brief(row: Mapping[str, Any]) -> str:
    """won, goal of month: the blocks of a report with their options."""
    parts = [" ".join([one["name"], *(f"{key} {word}" for key, word in one.items() if key != "name")]) for one in row["blocks"]]  # fmt: skip
    return ", ".join(parts)


def _quoted(name: str) -> str:
    """A name as a shell takes it."""
    import shlex

    return shlex.quote(name)


def run(app: Any, name: str, given: Mapping[str, Any]) -> Report:
    """A saved report, of the period and of whom it is asked for."""
    from salesctl.services.own_report import load

    called, own = load(app, name, KNOWN)
    return view(
        app, Paper(called, own.title, "", "", own.unit, own.blocks, command=f"report run {_quoted(called)}"), given
    )


def rows(app: Any) -> list[dict[str, Any]]:
    """The saved reports for the list of reports; one that is no longer sound says so."""
    from salesctl.services.own_report import checked, listed

    found = []
    for row in listed(app):
        try:
            own = checked(row["name"], row["body"], KNOWN)
            said = f"{own.title}: {', '.join(name for name, _options in own.blocks)}"
        except BadFile as error:
            said = error.message
        found.append({"report": row["name"], "label": said, "dimensions": []})
    return found


def blocks(human: bool) -> Table | Screen:
    """The blocks there are, with their options; the first word of each is the usual one."""
    found = [
        {"block": name, "about": _(one.about), "options": {key: list(words) for key, words in one.options.items()}}
        for name, one in _blocks.BLOCKS.items()
    ]
    columns = (
        Column("block", N_("Block"), whole=True),
        Column("about", N_("What it says"), grow=True),
        Column("options", N_("Options"), show=lambda options: "  ".join(f"{key} = {'|'.join(words)}" for key, words in options.items()), whole=True),
    )  # fmt: skip
    hint = _('a file of your own: [[block]] and under it name = "won"; then salesctl report save NAME FILE')
    if human:
        from salesctl.usage import pairs

        told = [(str(one["block"]), _said(one)) for one in found]
        return Screen(pairs(told, indent=0), found, hint=hint)
    return Table(found, columns, hint=hint)


def _said(one: dict[str, Any]) -> str:
    """won deals and names; of = quarter, month."""
    options = "; ".join(f"{key} = {', '.join(words)}" for key, words in one["options"].items())
    return f"{one['about']}; {options}" if options else str(one["about"])
