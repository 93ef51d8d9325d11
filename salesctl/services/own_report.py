"""Own reports: saved whole or not at all, read back as they were written."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from salesctl.domain.ownreport import Known, OwnReport, read
from salesctl.errors import BadFile, Duplicate, NotFound
from salesctl.i18n import _, _n
from salesctl.services.base import unit
from salesctl.store.saved import called, saved
from salesctl.text import check_line, clean, crop, name_key

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row

Values = dict[str, Any]


def save(app: App, name: str, text: str, known: Known, taken: Collection[str] = ()) -> tuple[Values, Row | None]:
    """Keep a report under its name, in place of one that has it, which is given back too.

    Raises BadFile (4) with every fault and its line, Duplicate (5) for a name of one of our own reports.
    """
    name = check_line(name, _("Name"))
    if name_key(name) in taken:
        raise Duplicate(_("{name} is a report of salesctl").format(name=name), _("give yours another name"))
    report = checked(name, text, known)
    with unit(app, "report.save") as work:
        before = called(work, name)
        values = {"name": name, "name_key": name_key(name), "body": text, "saved_at": work.at, "saved_by": app.me}
        if before is None:
            work.put("saved_report", values)
        elif before["body"] != text or before["name"] != name:
            work.amend("saved_report", before["id"], values)
    row = shown({"name": name, "body": text, "saved_by": app.me}, report) | {"replaced": before is not None}
    return row, before


def checked(name: str, text: str, known: Known) -> OwnReport:
    """The report of a text. Raises BadFile (4) with every fault and its line."""
    report, faults = read(text, name, known)
    if report is None:
        head = _n("{name} has {n} fault", "{name} has {n} faults", len(faults)).format(name=name, n=len(faults))
        told = [{"line": one.line, "why": one.why} for one in faults]
        raise BadFile(head, _("nothing was saved"), faults=told)
    return report


def load(app: App, name: str, known: Known) -> tuple[str, OwnReport]:
    """A saved report by its name. Raises NotFound (3) with those there are."""
    row = called(app.store, name) if app.store.exists else None
    if row is None:
        names = ", ".join(str(one["name"]) for one in listed(app))
        hint = _("one of: {names}").format(names=names) if names else _("save one: salesctl report save NAME FILE")
        raise NotFound(_("there is no saved report called {name}").format(name=clean(crop(name, 40))), hint)
    return row["name"], checked(row["name"], row["body"], known)


def listed(app: App) -> list[Row]:
    """The saved reports, by name; none without a store."""
    return saved(app.store) if app.store.exists else []


def shown(row: Row | Values, report: OwnReport) -> Values:
    """A saved report for scripts."""
    blocks = [{"name": name, **options} for name, options in report.blocks]
    return {"name": row["name"], "title": report.title, "about": report.unit, "blocks": blocks, "saved_by": row["saved_by"], "body": row["body"]}  # fmt: skip
