"""A report as one HTML page: nothing is fetched, nothing runs, and every chart has its numbers in a table beside it."""

from __future__ import annotations

from typing import Any

from salesctl.i18n import N_, _
from salesctl.output.template import needs, rendered
from salesctl.output.values import human
from salesctl.output.views import Chart, Page, Table, Topic
from salesctl.text import clean

Values = dict[str, Any]
PICTURES = ("bar", "trend", "track")  # columns that draw with letters; the page has real pictures
WORDS = {
    "figures": N_("At a glance"),
    "table": N_("Table"),
    "next": N_("Next"),
    "made": N_("made by salesctl; nothing in this page is fetched from elsewhere"),
}


def html(page: Page, lang: str) -> str:
    """The page. Raises UsageError (2) where the extra is not installed."""
    for package in ("jinja2", "pygal"):
        needs(package, _("an HTML report needs packages that are not installed"))
    topics = [_topic(topic, number, lang) for number, topic in enumerate(page.topics, start=1)]
    title, *rest = clean(page.title).split("  ")
    values = {
        "lang": "zh-CN" if lang == "zh" else lang,
        "title": title,
        "about": rest,
        "words": {key: _(text) for key, text in WORDS.items()},
        "big": [one for one in topics if one["big"]],
        "topics": topics,
        "next": [clean(step) for step in page.next],
    }
    return rendered(values | {"pictures": _pictures(page)}, "html", "report")


def _topic(topic: Topic, number: int, lang: str) -> Values:
    lines = [clean(line) for line in topic.lines]
    table = _table(topic.table, lang) if topic.table else _beside(topic.chart)
    return {
        "number": number,
        "label": clean(topic.label),
        "big": clean(topic.big),
        "lines": [_parts(line) for line in lines if not _drawn(line)],
        "table": table,
        "own": topic.table is not None,
        "chart": clean(topic.chart.title) if topic.chart else "",
        "footer": [clean(line) for line in topic.table.footer if line.strip()] if topic.table else [],
    }


def _drawn(line: str) -> bool:
    """Whether a line is a picture of letters."""
    return bool(line) and set(line) <= set("█░|")


def _parts(line: str) -> list[str]:
    """The parts of a line, which two blanks or more keep apart."""
    return [part.strip() for part in line.split("  ") if part.strip()]


def _table(table: Table, lang: str) -> Values:
    shown = [one for one in table.columns if one.screen and one.key not in PICTURES]
    return {
        "head": [{"text": clean(_(one.label)), "right": one.align == "r"} for one in shown],
        "rows": [
            [{"text": human(row.get(one.key), one, lang), "right": one.align == "r"} for one in shown]
            for row in table.rows
        ],
        "empty": clean(table.empty or _("nothing found")),
    }


def _beside(chart: Chart | None) -> Values | None:
    """The numbers of a chart as a table."""
    if chart is None:
        return None
    head = [{"text": "", "right": False}, *({"text": clean(name), "right": True} for name, _numbers in chart.series)]
    rows = [
        [{"text": clean(label), "right": False}, *({"text": clean(shown[at]), "right": True} for shown in chart.shown)]
        for at, label in enumerate(chart.labels)
    ]
    return {"head": head, "rows": rows, "empty": ""}


def _pictures(page: Page) -> list[Any]:
    """The charts in the order of the matters: markup that is ours, its texts escaped where it was drawn."""
    from markupsafe import Markup

    from salesctl.output.charts import svg

    return [
        Markup(svg(topic.chart, number)) if topic.chart else "" for number, topic in enumerate(page.topics, start=1)
    ]
