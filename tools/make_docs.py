"""Write docs/COMMANDS.md and docs/KPIS.md from the program itself; with --check say whether they are stale."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def commands() -> str:
    """Every command with its help, as the program prints it."""
    import io
    from contextlib import redirect_stdout

    from salesctl.groups import build, root
    from salesctl.i18n import set_language
    from salesctl.registry import ENTRIES

    set_language("en")

    def printed(words: list[str]) -> str:
        caught = io.StringIO()
        with redirect_stdout(caught):
            root().main(args=[*words, "--help"], prog_name="salesctl", standalone_mode=False)
        return caught.getvalue().rstrip()

    parts = ["# Commands\n", "Generated from the program by `make docs`; the same texts as `--help`.\n"]
    parts += [f"```text\n{printed([])}\n```\n"]
    for entry in ENTRIES:
        verbs = import_module(entry.path).app.verbs.values()
        parts.append(f"## salesctl {entry.name}\n")
        if not entry.default:
            parts.append(f"```text\n{printed([entry.name])}\n```\n")
            continue
        parts.append(f"{entry.help} Alone it means `{entry.name} {entry.default}`.\n")
        for info in verbs:
            assert build(info)
            parts.append(f"### salesctl {entry.name} {info.name}\n\n```text\n{printed([entry.name, info.name])}\n```\n")
    return "\n".join(parts)


def kpis() -> str:
    """The catalogue of KPIs as a page."""
    from salesctl.domain.kpi import DIMENSIONS, HEADLINE, KPIS, fits

    lines = [
        "# KPIs\n",
        "Generated from the catalogue in `salesctl/domain/kpi.py` by `make docs`. A ratio without a denominator is n/a,",
        "never 0. A ratio of counts has a Wilson score interval (z = 1.96); quartiles are of type 7.\n",
        "Headline set: " + ", ".join(f"`{name}`" for name in HEADLINE) + ".\n",
        "| KPI | 中文 | what it means | counted by | groups |",
        "|---|---|---|---|---|",
    ]
    for kpi in KPIS.values():
        by = [name for name in DIMENSIONS if fits(kpi, name)]
        groups = "all" if len(by) == len(DIMENSIONS) else ", ".join(by) or "none"
        missing = f" n/a: {kpi.missing}." if kpi.missing else ""
        lines.append(f"| `{kpi.name}` | {kpi.words[0]} | {kpi.definition}{missing} | {kpi.counted_by} | {groups} |")
    lines.append("\nGroups (`--by`): " + ", ".join(f"`{name}`" for name in DIMENSIONS) + ".")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or compare them."""
    os.environ["COLUMNS"] = "80"
    stale = []
    for name, text in (("COMMANDS.md", commands()), ("KPIS.md", kpis())):
        path = DOCS / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
