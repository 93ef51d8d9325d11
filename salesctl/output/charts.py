"""Charts as SVG that stands in a page: no script, no style of its own, its colours those of the page."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

from salesctl.output.views import Chart
from salesctl.text import clean, width

WIDE, BAR, TALL = 640, 30, 240  # of the picture, in its own units
ROTATED, MARGIN = 35, 8
WIDER = 7  # by how much a Chinese mark is wider than it is taken for
ROOM = 1.25  # beside the longest bar, for its number


def svg(chart: Chart, number: int) -> str:
    """A chart with its title and what it shows in words; `number` makes its ids the only ones of the page."""
    tree = _drawn(chart)
    for part in list(tree):
        if part.tag in ("defs", "title") or not isinstance(part.tag, str):
            tree.remove(part)
    _bare(tree)
    title, words = ElementTree.Element("title", id=f"t{number}"), ElementTree.Element("desc", id=f"d{number}")
    title.text, words.text = clean(chart.title), _words(chart)
    tree.insert(0, words)
    tree.insert(0, title)
    tree.attrib.pop("id", None)
    tree.set("role", "img")
    tree.set("aria-labelledby", f"t{number} d{number}")
    return ElementTree.tostring(tree, encoding="unicode")


def _drawn(chart: Chart) -> Any:
    pygal = _library()
    kinds = {"bar": pygal.HorizontalBar, "column": pygal.Bar, "line": pygal.Line}
    labels = [clean(label) for label in chart.labels]
    lying = chart.kind == "bar"
    if lying:
        labels.reverse()
    left = MARGIN + WIDER * max((width(one) - len(one) for one in labels), default=0) if lying else MARGIN
    height = 40 + BAR * len(labels) * len(chart.series) if lying else TALL
    made = kinds[chart.kind](
        js=(), css=(), width=WIDE, height=height, show_legend=len(chart.series) > 1, print_values=True,
        print_values_position="top", no_prefix=True, show_y_guides=False, show_x_guides=False, margin=MARGIN, margin_left=left, spacing=6,
        x_label_rotation=0 if lying else ROTATED, truncate_label=-1, show_y_labels=lying, show_x_labels=not lying,
        pretty_print=False, disable_xml_declaration=True,
    )  # fmt: skip
    made.x_labels = labels
    made.show_y_labels, made.show_x_labels = True, True
    for (name, numbers), shown in zip(chart.series, chart.shown, strict=True):
        points = [{"value": value, "label": text} for value, text in zip(numbers, shown, strict=True)]
        if lying:
            points.reverse()
        made.add(clean(name), [{**one, "formatter": _saying(str(one["label"]))} for one in points])
    every = [one for _name, values in chart.series for one in values if one is not None]
    made.range = (min([0.0, *every]) * ROOM, max([0.0, *every]) * ROOM or 1)
    made.y_labels = [0]
    return made.render_tree()


def _library() -> Any:
    """pygal, which has no types, and without the finder of plug-ins that it leaves in everybody's imports."""
    found = import_module("pygal")
    sys.meta_path[:] = [one for one in sys.meta_path if not type(one).__module__.startswith("pygal")]
    return found


def _saying(text: str) -> Any:
    """What a value is called, whatever it is."""
    return lambda _value: text


def _bare(tree: Any) -> None:
    """Without what only a script would use, and without descriptions of each bar: the table beside it has them."""
    for part in list(tree):
        css = part.get("class") or "" if isinstance(part.tag, str) else "tooltip-overlay"
        if "tooltip-overlay" in css or part.tag in ("desc", "title"):
            tree.remove(part)
            continue
        if css == "value":
            part.set("class", f"value {'minus' if (part.text or '').startswith('-') else 'plus'}")
        _bare(part)


def _words(chart: Chart) -> str:
    """The numbers in a sentence, for who does not see the picture."""
    parts = []
    for (name, _numbers), shown in zip(chart.series, chart.shown, strict=True):
        said = ", ".join(f"{clean(label)} {clean(text)}" for label, text in zip(chart.labels, shown, strict=True))
        parts.append(f"{clean(name)}: {said}")
    return "; ".join(parts)
