"""What the fault tests tried: counted by each, added up, printed, and with `make faults` written into the docs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLACE = Path(__file__).parent.parent.parent / "docs" / "RELIABILITY.md"
BEGIN, END = "<!-- make faults: begin -->", "<!-- make faults: end -->"
Tell = Callable[..., None]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Tell:
    """`told("what was tried", times, lost=0)`: a line of the table; lines of the same words are added up."""

    def tell(what: str, times: int, lost: int = 0) -> None:
        record_property("fault", (what, times, lost))

    return tell


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest one first: begun last, it would keep the others waiting."""
    items.sort(key=lambda item: "large_import" not in item.nodeid)


def _whole(config: Any) -> bool:
    """Whether all of it ran, on SQLite: no single file or test was asked for, and none was left out."""
    some = config.option.keyword or config.option.markexpr or os.environ.get("SALESCTL_TEST_ENGINE")
    return not some and Path(__file__).parent in [Path(word).resolve() for word in config.args]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    found: dict[str, list[int]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == "fault" and report.when == "call":
                line = found.setdefault(value[0], [0, 0])
                line[0] += value[1]
                line[1] += value[2]
    failed = sum(len(terminalreporter.stats.get(sort, [])) for sort in ("failed", "error"))
    if not found:
        return
    rows = ["| tried | how often | lost or wrong |", "|---|---|---|"]
    rows += [f"| {what} | {times:,} | {lost:,} |" for what, (times, lost) in sorted(found.items())]
    terminalreporter.write_line("\n" + "\n".join(rows))
    if os.environ.get("SALESCTL_FAULTS") == "long" and not failed and _whole(terminalreporter.config):
        text = PLACE.read_text(encoding="utf-8")
        before, _mark, rest = text.partition(BEGIN)
        _old, _mark, after = rest.partition(END)
        PLACE.write_text(f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}", encoding="utf-8")
