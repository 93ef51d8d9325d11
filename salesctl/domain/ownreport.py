"""Reports that people make themselves: TOML that names blocks and their options; every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from salesctl.domain.soplint import Fault, Lines, unknown
from salesctl.i18n import _
from salesctl.text import clean, crop

UNITS = ("week", "day", "month", "quarter", "year")
KEYS = ("title", "about", "block")
MOST_BYTES, MOST_BLOCKS, LONGEST = 1 << 16, 40, 80
Known = Mapping[str, Mapping[str, Sequence[str]]]  # block -> option -> its words


class OwnReport(NamedTuple):
    """A report as it was written: its title, the unit of time it is about, its blocks with their options."""

    title: str
    unit: str
    blocks: tuple[tuple[str, dict[str, str]], ...]


def read(text: str, name: str, known: Known) -> tuple[OwnReport | None, list[Fault]]:
    """The report that a text stands for, or None, and every fault in it, by line (0: of the whole)."""
    import tomllib

    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return None, [Fault(0, _("it has more than {n} bytes").format(n=MOST_BYTES))]
    try:
        plan = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        why = _("it is no TOML: {why}").format(why=str(error).split(" (at")[0])
        return None, [Fault(int(place[1]) if place else 0, why)]
    faults = [Fault(*one) for one in _faults(plan, Lines(text), known)]
    if faults:
        return None, sorted(set(faults))
    blocks = tuple((one["name"], {key: one[key] for key in one if key != "name"}) for one in plan["block"])
    return OwnReport(plan.get("title", name), plan.get("about", UNITS[0]), blocks), []


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
        found.append((0, _("it has more than {n} blocks").format(n=MOST_BLOCKS)))
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
