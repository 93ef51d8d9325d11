"""The HTML of a report: one file that fetches nothing and runs nothing, in order for who reads and for who listens."""

from __future__ import annotations

import itertools
import re
import sys
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.conftest import Runner

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
VOID = {"meta", "br"}


class Seen(HTMLParser):
    """What stands in a page: tags with their attributes and the way down to them, and the text of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs, _way in self.tags if name == tag]


@pytest.fixture
def demo(bare: Runner) -> Runner:
    bare("demo")
    return bare


@pytest.mark.sqlite
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["weekly", "quarterly", "rep 王磊", "gaps", "funnel"])
def test_a_page_is_whole_and_keeps_to_itself(demo: Runner, name: str, lang: str) -> None:
    page = demo(f"report {name} -O html --lang {lang}").out
    seen = Seen(page)
    assert not seen.open and page.startswith("<!doctype html>")
    assert seen.all("html")[0]["lang"] == {"en": "en", "zh": "zh-CN"}[lang]
    policy = next(
        one["content"] or "" for one in seen.all("meta") if one.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy and "script" not in policy and "http" not in policy
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _a, _w in seen.tags}
    urls = set(re.findall(r"(?:https?:)?//[\w.]+", page)) - {"http://www.w3.org"}
    assert not urls and "@import" not in page and "url(" not in page
    assert not any(key.startswith("on") or key in ("src", "href") for _tag, attrs, _way in seen.tags for key in attrs)
    ids = [attrs["id"] for _tag, attrs, _way in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    named = {one for _t, attrs, _w in seen.tags for one in (attrs.get("aria-labelledby") or "").split()}
    assert named <= set(ids)
    levels = [int(tag[1]) for tag, _attrs, _way in seen.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert [tag for tag, _a, _w in seen.tags if tag in ("header", "main", "footer")] == ["header", "main", "footer"]
    assert "prefers-color-scheme: dark" in page and "@media print" in page


@pytest.mark.sqlite
def test_every_chart_has_a_title_words_and_its_numbers_in_a_table(demo: Runner) -> None:
    page = demo("report quarterly -p 2026Q3 -O html").out
    seen = Seen(page)
    charts = list(seen.all("svg"))
    assert len(charts) >= 5 and all(one["role"] == "img" and one.get("aria-labelledby") for one in charts)
    assert sum(tag == "desc" for tag, _a, _w in seen.tags) == len(charts)
    assert sum(tag == "table" for tag, _a, _w in seen.tags) >= len(charts)
    beside = page.split('<div class="both">')[1:]
    assert len(beside) >= 3
    for part in beside:
        drawing, table = part.split("</svg>")[0], part.split("<table>")[1].split("</table>")[0]
        shown = re.findall(r'class="value \w+">([^<]+)<', drawing)
        assert shown and all(f">{one}<" in table for one in shown)
    heads = list(seen.all("th"))
    assert heads and all(one.get("scope") in ("col", "row") for one in heads)


def test_hostile_names_stay_text(run: Runner) -> None:
    run(["rep", "add", HOSTILE])
    run(["rep", "add", "Bo"])
    run(["customer", "add", HOSTILE, "--allow-similar"])
    run(["deal", "add", HOSTILE, "amount=48k", "customer=C1", "owner=R1"], today="2026-11-17")
    run(["deal", "add", "Second", "amount=8k", "customer=C1"], today="2026-11-17")
    run(["lose", "D1", f"--reason={HOSTILE}"], today="2026-11-18")
    run(["lose", "D2", "--reason=price"], today="2026-11-18")
    page = run("report weekly -O html").out
    seen = Seen(page)
    assert not seen.all("script") and "&lt;script&gt;" in page and "49" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.S).split("<main>")[1].replace("2049", "")  # fmt: skip
    assert any("<script>alert(1)</script>" in text for _tag, text in seen.texts)
    assert all(not attrs or "alert" not in str(list(attrs)) for _tag, attrs, _way in seen.tags)


@pytest.mark.parametrize("missing", ["jinja2", "pygal"])
def test_without_the_extra_it_says_what_to_install(run: Runner, monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    from salesctl.output import template

    monkeypatch.setattr(template, "find_spec", lambda name: None if name == missing else object())
    done = run("report weekly -O html", code=2)
    assert "salesctl[report]" in done.err and not done.out
    for format in ("text", "md", "json", "tsv"):
        run(f"report weekly -O {format}")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG works it out."""

    def light(colour: str) -> float:
        wide = "".join(mark * 2 for mark in colour) if len(colour) == 3 else colour
        parts = [int(wide[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        lit = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * lit[0] + 0.7152 * lit[1] + 0.0722 * lit[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_colours_can_be_read_in_light_dark_and_print() -> None:
    from salesctl.output.template import own

    schemes = re.findall(r":root \{([^}]*)\}", own("html", "report"))
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): #(\w+);", scheme))
        for ink in ("ink", "soft", "lead"):
            for ground in ("paper", "card"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground, scheme)
        assert contrast(colours["bar"], colours["paper"]) >= 3


def test_a_plain_report_needs_no_template() -> None:
    import subprocess

    code = "import sys; import salesctl.output.report, salesctl.commands._papers; print([m for m in ('jinja2', 'pygal', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_drawing_leaves_the_imports_of_everybody_as_they_were() -> None:
    import subprocess

    code = (
        "import sys, importlib.metadata as m; from salesctl.output.charts import svg; from salesctl.output.views import Chart;"
        " svg(Chart('bar', 'x', ['a'], [('n', [1])], [['1']]), 1); m.version('jinja2');"
        " print([one for one in sys.meta_path if 'pygal' in type(one).__module__])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
