"""Reports that people make themselves: TOML that names blocks and their options; every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from salesctl.domain.soplint import Fault, Lines, unknown
from salesctl.i18n import _
from salesctl.text import clean, crop, name_key

UNITS = ("week", "day", "month", "quarter", "year")
KEYS = ("title", "about", "block")
MOST_BYTES, MOST_BLOCKS, LONGEST = 1 << 16, 40, 80
WORDS = {
    "周": "week", "星期": "week", "日": "day", "天": "day", "月": "month", "月度": "month", "季": "quarter", "季度": "quarter",
    "年": "year", "年度": "year", "期间": "period", "本期": "period", "上期": "previous", "同长": "same-length", "去年": "lastyear",
    "同比": "lastyear", "last-year": "lastyear",
}  # fmt: skip
NAMES = {
    "赢单": "won", "输单": "lost", "在谈商机": "pipeline", "目标": "goal", "预测": "forecast", "成交率": "win_rate",
    "跟进活动": "activity", "留意": "watch", "没算进去": "left_out", "更正": "corrections", "指标": "kpis", "所有目标": "goals",
    "销售": "reps", "阶段": "stages", "漏斗": "funnel", "走势": "trend", "数据缺口": "gaps",
}  # fmt: skip
Known = Mapping[str, Mapping[str, Sequence[str]]]  # block -> option -> its words


class OwnReport(NamedTuple):
    """A report as it was written: its title, the unit of time it is about, its blocks with their options."""

    title: str
    unit: str
    blocks: tuple[tuple[str, dict[str, str]], ...]


def read(text: str, name: str, known: Known) -> tuple[OwnReport | None, list[Fault]]:
    """The report that a text stands for, or None, and every fault in it, by line; what lacks in the whole is in line 1."""
    import tomllib

    raw = text.encode("utf-8", "replace")
    if len(raw) > MOST_BYTES:
        return None, [Fault(raw[:MOST_BYTES].count(b"\n") + 1, _("it has more than {n} bytes").format(n=MOST_BYTES))]
    try:
        plan = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        why = _("it is no TOML: {why}").format(why=str(error).split(" (at")[0])
        return None, [Fault(int(place[1]) if place else text.rstrip("\n").count("\n") + 1, why)]
    _plain(plan)
    faults = [Fault(max(1, line), why) for line, why in _faults(plan, Lines(text), known)]
    if faults:
        return None, sorted(set(faults))
    blocks = tuple((one["name"], {key: one[key] for key in one if key != "name"}) for one in plan["block"])
    return OwnReport(plan.get("title", name), plan.get("about", UNITS[0]), blocks), []


def _plain(plan: dict[str, Any]) -> None:
    """Chinese words of a plan as the English ones that they stand for."""
    blocks = plan.get("block")
    for table in [plan, *(blocks if isinstance(blocks, list) else ())]:
        for key, word in table.items() if isinstance(table, dict) else ():
            if isinstance(word, str) and key != "title":
                known = name_key(word)
                table[key] = NAMES.get(known, word) if key == "name" else WORDS.get(known, word)


def _faults(plan: Mapping[str, Any], lines: Lines, known: Known) -> list[tuple[int, str]]:
    found = [(lines.of((key,)), unknown(_("key"), key, KEYS)) for key in plan if key not in KEYS]
    title, about, blocks = plan.get("title", "x"), plan.get("about", UNITS[0]), plan.get("block")
    if not isinstance(title, str) or not title.strip() or len(title) > LONGEST or not title.isprintable():
        found.append((lines.of(("title",)), _("title is a line of at most {n} letters").format(n=LONGEST)))
    if about not in UNITS:
        found.append((lines.of(("about",)), unknown("about", str(about), UNITS)))
    if not isinstance(blocks, list) or not blocks or not all(isinstance(one, dict) for one in blocks):
        return [*found, (lines.of(("block",)), _('it has no blocks: write [[block]] and under it name = "won"'))]
    if len(blocks) > MOST_BLOCKS:
        found.append((lines.of(("block", MOST_BLOCKS)), _("it has more than {n} blocks").format(n=MOST_BLOCKS)))
    for at, block in enumerate(blocks):
        found += _block(block, ("block", at), lines, known)
    return found


def _block(block: Mapping[str, Any], path: tuple[Any, ...], lines: Lines, known: Known) -> list[tuple[int, str]]:
    name = block.get("name")
    if not isinstance(name, str):
        return [(lines.of(path), _("a block needs a name; one of: {names}").format(names=", ".join(known)))]
    if name not in known:
        return [(lines.of((*path, "name")), unknown(_("block"), name, known))]
    found = []
    for key, word in block.items():
        place = lines.of((*path, key))
        if key == "name":
            continue
        if key not in known[name]:
            options = ", ".join(known[name]) or _("none")
            found.append((place, _("{block} has no option {key}; it has: {options}").format(block=name, key=clean(crop(key, 40)), options=options)))  # fmt: skip
        elif word not in known[name][key]:
            found.append((place, unknown(key, str(word), known[name][key])))
    return found
