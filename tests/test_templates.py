"""Templates of users: what they may say, and every way out of their cage, refused within the limits."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salesctl.output import template_worker
from tests.conftest import Runner
from tests.quotes import L, quote

DOUBLING = "{% set n = namespace(s='aaaaaaaa') %}{% for i in range(60) %}DO{% endfor %}"
REFUSED = [
    # template, line, what is said of it
    ("\n{{ ''.__class__.__mro__ }}", 2, "__class__"),
    ("\n\n{{ quote['__class__'] }}", 3, "__class__"),
    ("{{ quote.__class__ is defined }}", 1, "__class__"),
    ("\n{{ [quote]|map(attribute='__class__')|list }}", 2, "__class__"),
    ("{{ [quote]|sort(attribute='__init__') }}", 1, "__init__"),
    ("{{ namespace.__init__.__globals__ }}", 1, "__init__"),
    ("{{ self._TemplateReference__context }}", 1, "_TemplateReference__context"),
    ("{{ quote|attr('__class__') }}", 1, "attr"),
    ("{{ '{0.__class__}'.format(quote) }}", 1, "format"),
    ("{{ '%s' % quote }}", 1, "%"),
    ("{{ lines.append(1) }}", 1, "append"),
    ("{{ quote.clear() }}", 1, "clear"),
    ("a\n{% include '/etc/passwd' %}", 2, "include"),
    ("{% import 'os' as os %}", 1, "import"),
    ("\n{% from 'os' import path %}", 2, "import"),
    ("{% extends 'base' %}", 1, "extends"),
    ("\n{% if false %}{% include 'x' %}{% endif %}", 2, "include"),
    ("\n\n{{ open('/etc/passwd').read() }}", 3, "open"),
    ("{{ cycler }}", 1, "cycler"),
    ("{{ customer.name|safe }}", 1, "safe"),
    ("\n{% autoescape false %}{{ quote.name }}{% endautoescape %}", 2, "autoescape"),
    ("a\nb\n{{ quote.nope }}", 3, "nope"),
    ("{% for one in nothing %}{% endfor %}", 1, "nothing"),
    ("a\n{% if %}", 2, "Expected an expression"),
    ("a\n\n{{ quote.ref ", 3, "unexpected end"),
    ("\n{{ 1 / 0 }}", 2, "division by zero"),
    ("{{ 'a' * 10**9 }}", 1, "too long"),
    ("{{ 9**9**9 }}", 1, "too long"),
    ("{% set x = [0] * 1000000000 %}", 1, "too long"),
    ("{{ 'a'.center(1000000000) }}", 1, "center"),
    ("{{ 'a'|center(1000000000) }}", 1, "center"),
    ("{{ range(100000)|join('x' * 100000) }}", 1, "too long"),
    (DOUBLING.replace("DO", "{% set n.s = n.s|replace('a', n.s) %}"), 1, "too long"),
    ("{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = n.l + n.l %}{% endfor %}", 1, "too long"),
    ("{% set n = namespace(l=3) %}{% for i in range(60) %}{% set n.l = n.l * n.l %}{% endfor %}", 1, "too long"),
    ("{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}\n{{ f(0) }}", 1, "too deep"),
]  # fmt: skip
ENDLESS = {
    "loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "writes": "{% for a in range(99999) %}{% for b in range(99999) %}xxxxxxxx{% endfor %}{% endfor %}",
    "joins": DOUBLING.replace("DO", "{% set n.s = n.s ~ n.s %}"),
    "keeps": DOUBLING.replace("DO", "{% set x %}{{ n.s }}{{ n.s }}{% endset %}{% set n.s = x %}"),
    "nests": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "sorts": "{% for i in range(100000) %}{{ range(100000)|list|sort|length }}{% endfor %}",
}


@pytest.mark.parametrize(("text", "line", "said"), REFUSED, ids=[one[0].strip()[:40] for one in REFUSED])
def test_a_template_that_goes_too_far_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    from salesctl.output.template import _refused

    values = {"quote": {"ref": "Q1", "name": "x"}, "customer": {"name": "Acme"}, "lines": [{"net": "1"}]}
    with pytest.raises(template_worker.Fault) as caught:
        template_worker.render(text, values, html=True)
    fault = _refused("mine.html", caught.value.kind, caught.value.what, caught.value.line).data["faults"][0]
    assert fault["line"] == line and said in fault["why"]


def test_a_refused_template_is_told_with_its_line_and_writes_nothing(run: Runner, tmp_path: Path) -> None:
    quote(run.path)
    path = tmp_path / "mine.html.j2"
    path.write_text("a\nb {{ quote.__class__ }}", encoding="utf-8")
    done = run(f"quote render Q1 --template {path} -o {tmp_path / 'q.html'}", code=4)
    assert done.out == "" and done.err.splitlines()[0] == "line 2: __class__ is not allowed in a template"
    assert done.err.splitlines()[1].startswith(f"salesctl: {path} could not be rendered. ")
    assert [one.name for one in tmp_path.glob("q.html*")] == []


def test_a_refusal_is_told_in_chinese(run: Runner, tmp_path: Path) -> None:
    quote(run.path)
    path = tmp_path / "mine.md"
    path.write_text("\n{% include 'x' %}", encoding="utf-8")
    assert run(f"quote render Q1 --template {path} --lang zh", code=4).err.count("模板里不允许 include") == 1


# Starts the worker from a small process, so that what is measured is its own: time of the processor, most memory in KiB.
MEASURE = """
import json, resource, subprocess, sys
code = sys.argv[1] + "; from salesctl.output.template_worker import main; main()"
done = subprocess.run([sys.executable, "-c", "import sys; sys.path[:] = %r; " % sys.path + code], input=sys.stdin.buffer.read(), capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, done.stdout.decode()[:300], used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def worked(text: str, before: str) -> tuple[int, str, float, int]:
    """The worker on a template: its exit code, the begin of its answer, seconds of the processor, KiB."""
    job = json.dumps({"source": text, "values": {}, "html": True}).encode()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, before], input=job, capture_output=True, check=True, timeout=60
    )
    code, out, seconds, memory = json.loads(done.stdout)
    return code, out, seconds, memory


@pytest.mark.skipif(sys.platform == "win32", reason="measured with getrusage")
@pytest.mark.parametrize("system", ["bounds", "none"])
@pytest.mark.parametrize("name", ENDLESS)
def test_a_template_without_end_stops_itself_in_time_and_memory(name: str, system: str) -> None:
    """With the bounds of the system, and without them as on Windows."""
    before = "pass" if system == "bounds" else "sys.modules['resource'] = None"
    code, out, seconds, memory = worked(ENDLESS[name], before)
    assert code in (template_worker.TIME, template_worker.MEMORY_GONE) or out.startswith("-")
    assert seconds < 2 and memory < 200 * 1024


@pytest.mark.parametrize("name", ENDLESS)
def test_a_template_without_end_is_refused(run: Runner, tmp_path: Path, name: str) -> None:
    quote(run.path)
    path = tmp_path / "mine.html"
    path.write_text(ENDLESS[name], encoding="utf-8")
    started = time.monotonic()
    done = run(f"quote render Q1 --template {path} -o {tmp_path / 'q.html'}", code=4)
    assert any(one in done.err for one in ("too long", "too much memory", "too deep"))
    assert not (tmp_path / "q.html").exists()
    assert time.monotonic() - started < 15, "its own limit is a second of the processor"


def test_a_worker_that_dies_or_hangs_is_a_refused_template(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from salesctl.output import template

    quote(run.path)
    path = tmp_path / "mine.html"
    path.write_text("x", encoding="utf-8")
    monkeypatch.setattr(template, "START", "import os; os.abort()")
    assert "it broke down" in run(f"quote render Q1 --template {path}", code=4).err
    monkeypatch.setattr(template, "START", "import time; time.sleep(60)")
    monkeypatch.setattr(template, "WAIT", 0.3)
    assert "it takes too long" in run(f"quote render Q1 --template {path}", code=4).err
    monkeypatch.setattr(template.sys, "executable", str(tmp_path / "no python"))
    assert "could not be rendered" in run(f"quote render Q1 --template {path}", code=9).err


def test_a_template_may_loop_ask_count_and_escapes(run: Runner, tmp_path: Path) -> None:
    quote(run.path, [L("A & B", "1"), L("C|D", "2")], customer={"name": "<b>Acme</b>"})
    text = (
        "{% macro row(line) %}<td>{{ line.product }}</td>{% endmacro %}{% set n = namespace(x=0) %}"
        "{% for line in lines %}{% set n.x = n.x + 1 %}{{ loop.index }}{{ row(line) }}{% endfor %}"
        "{{ n.x }} {{ lines|length }} {{ customer.name|upper }} {{ nothing|default('none') }} {{ quote.name[:5] }}"
        " {{ lines|map(attribute='sku')|join('+') }} {{ customer.name|replace('<', 'X') }}\n"
    )
    path = tmp_path / "mine.html.j2"
    path.write_text(text, encoding="utf-8")
    assert run(f"quote render Q1 --template {path}").out == (
        "1<td>A &amp; B</td>2<td>C|D</td>2 2 &lt;B&gt;ACME&lt;/B&gt; none Pumps 1+2 Xb&gt;AcmeX/b&gt;\n"
    )
    path = tmp_path / "mine.md"
    path.write_text("{{ lines[1].product }} {{ customer.name }}\n", encoding="utf-8")
    assert run(f"quote render Q1 --template {path}").out == "C\\|D &lt;b&gt;Acme&lt;/b&gt;\n"


@pytest.mark.parametrize("form", ["html", "md"])
def test_our_templates_are_where_users_begin(run: Runner, tmp_path: Path, form: str) -> None:
    quote(run.path, company={"name": "North"}, note="30 days\n\nnet")
    path = tmp_path / f"mine.{form}.j2"
    run(f"quote template -O {form} -o {path}")
    assert run(f"quote template -O {form}").out == path.read_text(encoding="utf-8")
    for lang in ("en", "zh"):
        own = run(f"quote render Q1 --template {path} --lang {lang}").out
        assert own == run(f"quote render Q1 -O {form} --lang {lang}").out


def test_which_template_makes_what(run: Runner, tmp_path: Path) -> None:
    quote(run.path)
    html, md, other = (tmp_path / name for name in ("a.html.j2", "a.md.jinja", "a.txt"))
    for path in (html, md, other):
        path.write_text("{{ customer.name }} & {{ quote.ref }}", encoding="utf-8")
    run(f"quote render Q1 --template {html} -O md", code=2)
    run(f"quote render Q1 --template {md} -o {tmp_path / 'q.html'}", code=2)
    run(f"quote render Q1 --template {md} -o {tmp_path / 'q.xlsx'}", code=2)
    assert run(f"quote render Q1 --template {other} -O html").out == "Acme Corp & Q1"
    assert run(f"quote render Q1 --template {html} --json", code=2).error["code"] == "usage"
    run(f"quote render Q1 --template {tmp_path / 'none.html'}", code=9)
    run(f"quote render Q1 --template {tmp_path}", code=9)
    other.write_bytes(b"\xff\xfe\xfa")
    run(f"quote render Q1 --template {other}", code=4)
    other.write_text("x" * (1 << 20) + "x", encoding="utf-8")
    run(f"quote render Q1 --template {other}", code=4)


def test_the_values_of_a_template_are_in_its_documentation() -> None:
    from datetime import date

    from salesctl.domain.paper import Paper, Party, Person
    from salesctl.money import Money
    from salesctl.output.sheet import values

    text = (Path(__file__).parent.parent / "docs" / "TEMPLATES.md").read_text(encoding="utf-8")
    nothing = Money(0, "EUR")
    paper = Paper("Q1", "x", 1, "draft", date(2026, 1, 1), None, "en", "EUR", Party(), Person(), Party(), Person(), (),
                  nothing, nothing, None, nothing, (), nothing, nothing, "")  # fmt: skip
    for group, found in values(paper, "en").items():
        assert f"`{group}" in text
        if isinstance(found, dict) and group != "words":
            assert all(f"`{key}`" in text for key in found), group
    for key in (
        "position",
        "product",
        "sku",
        "quantity",
        "price",
        "discount",
        "net",
        "tax_rate",
        "rate",
        "base",
        "label",
    ):
        assert f"`{key}`" in text
    assert all(f"`{name}`" in text for name in template_worker.FILTERS)
