"""Exporting: the values of a noun as its kinds write them, without loss and without the guard for spreadsheets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from salesctl.commands._fields import columns, more_keys
from salesctl.commands._standard import conditions
from salesctl.domain.noun import Noun
from salesctl.domain.nouns import NOUNS
from salesctl.errors import Duplicate, StreamError, UsageError, because
from salesctl.i18n import _
from salesctl.output.views import Column, Message, Table
from salesctl.readers.profiles import BESIDE
from salesctl.store import records
from salesctl.store.deals import lines as lines_of


def one(app: Any, noun: Noun, where: str | None) -> None:
    """One noun to standard output: CSV unless another format is asked for."""
    if app.out.format is None:
        app.out.format = "csv"
    app.out.emit(Table(rows(app, noun, where), exported(noun)), guard=False)


def exported(noun: Noun) -> list[Column]:
    """The columns of an export: those of a list, and the uid; what is worked out is left off."""
    kept = [column for column in columns(noun) if column.key not in (*more_keys(noun), "id")]
    return [*kept, *(Column(key, key) for key in BESIDE.get(noun.name, ())), Column("uid", "uid")]


def rows(app: Any, noun: Noun, where: str | None = None) -> Iterator[dict[str, Any]]:
    """Every record, oldest first; the products of a deal as lines that import reads."""
    found, _day = conditions(app, noun, {"where": where, "everything": True})
    for values, raw in records.page(app.store, noun, found, "id"):
        values["uid"] = raw["uid"]
        if noun.name == "deal":
            values["product"] = _lines(app, values["id"])
        values |= _beside(app, noun, values["id"])
        yield values


def _beside(app: Any, noun: Noun, id: int) -> dict[str, Any]:
    """The rows that belong to a record, each sort as one cell that import reads."""
    from salesctl.domain.cell import text_of
    from salesctl.store import contracts, goals, quoting

    if noun.name == "goal":
        return {"levels": "; ".join(f"{name} = {target}" for name, target in goals.levels(app.store, id)) or None}
    found: dict[str, Any] = {}
    if noun.name == "contract":
        found["payments"] = contracts.stored_payments(app.store, id)
        found["attachments"] = contracts.attachments(app.store, [id])
    elif noun.name == "quote":
        found["lines"] = [{**row, "product_ref": f"I{row['product_id']}"} for row in quoting.lines(app.store, id)]
    elif noun.name == "solution":
        answers = quoting.answers(app.store, id)
        found["answers"] = [{"need": f"N{row['need_id']}", "answer": row["answer"]} for row in answers]
    return {key: text_of(rows, key) for key, rows in found.items()}


def _lines(app: Any, deal: int) -> str | None:
    parts = []
    for line in lines_of(app.store, [deal]).get(deal, []):
        text = str(line["product"])
        text += f" x {line['quantity']}" if line["quantity"] != 1 else ""
        if line["amount"] is not None:
            from salesctl.money import Money

            money = Money(line["amount"], line["amount_currency"])
            text += f" = {money.text}{money.currency}"
        parts.append(text)
    return "; ".join(parts) or None


def person(app: Any, text: str | None) -> None:
    """Everything about one person, as JSON."""
    from salesctl.output.views import Screen
    from salesctl.services import erase

    if text is None:
        raise UsageError(_("whose?"), "salesctl export person P3")
    if app.out.format is None and not app.out.path:
        app.out.format = "json"
    found = erase.person(app, text)
    app.out.emit(Screen([], found))


def all_of(app: Any, folder: str) -> None:
    """A CSV file for every noun that has records, in a folder that is new or empty."""
    try:
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder) and not app.out.overwrite:
            raise Duplicate(_("{path} is not empty").format(path=folder), _("--force writes into it"))
    except OSError as error:
        why = because(error)
        raise StreamError(_("{path} could not be written: {why}").format(path=folder, why=why)) from error
    counts: dict[str, int] = {}
    for noun in NOUNS.values():
        where, _day = conditions(app, noun, {"everything": True})
        n = records.count(app.store, noun, where)
        if n:
            counts[noun.name] = n
            app.out.to_file(Table(rows(app, noun), exported(noun)), os.path.join(folder, f"{noun.name}.csv"), "csv")
    said = ", ".join(
        f"{n:,} {_(NOUNS[name].label if n == 1 else NOUNS[name].plural).lower()}" for name, n in counts.items()
    )
    app.out.emit(Message(folder, [_("exported {counts}").format(counts=said or "0")], counts))
