"""Which steps of the SOP, and which playbooks, go with more wins: the same question asked of each, tested together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from salesctl.domain.effect import Effect, effect, judged, ranked
from salesctl.domain.stats import Ratio
from salesctl.errors import UsageError
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services.scope import namer
from salesctl.store import compliance, passages

if TYPE_CHECKING:
    from salesctl.store.connect import Row, Store
    from salesctl.store.frames import Frame

PLAYBOOK = ("playbook", "打法", "策略")


class Step(Data):
    """What is compared: an item of a stage, or a playbook, in one group; won and closed with it and without."""

    group: str | None
    sort: str  # item, playbook
    stage: str | None
    item: str
    name: str
    counts: dict[int, list[int]] = fresh(factory=lambda: {1: [0, 0], 0: [0, 0]})  # did -> [won, closed]

    def add(self, did: int, outcome: str, n: int) -> None:
        self.counts[did][0] += n if outcome == "won" else 0
        self.counts[did][1] += n

    @property
    def effect(self) -> Effect:
        return effect(Ratio(*self.counts[1]), Ratio(*self.counts[0]))


def effects(store: Store, frame: Frame, pipeline: int | None, wanted: str | None) -> list[tuple[Step, Effect]]:
    """Every step and playbook that closed deals tell of, or what is wanted, the clearest first.

    Raises UsageError (2) for an item that no closed deal was checked for, with those there are.
    """
    steps = [] if wanted in PLAYBOOK else _items(store, frame, pipeline)
    if wanted is None or wanted in PLAYBOOK:
        steps += _playbooks(store, frame)
    elif store.exists:
        steps = _called(steps, wanted)
    found = {id(one): (step, one) for step, one in ((step, step.effect) for step in steps)}
    every = [one for _step, one in found.values()]
    judged(every)
    return [found[id(one)] for one in ranked(every)]


def _called(steps: Sequence[Step], wanted: str) -> list[Step]:
    from salesctl.text import name_key

    key = name_key(wanted)
    found = [one for one in steps if key in (one.item, name_key(one.name), name_key(f"{one.stage}.{one.item}"))]
    if not found:
        known = ", ".join(dict.fromkeys(one.item for one in steps)) or "-"
        raise UsageError(
            _("no closed deal was checked for {word}").format(word=wanted),
            _("one of: {names}").format(names=f"{known}, playbook"),
        )
    return found


def _items(store: Store, frame: Frame, pipeline: int | None) -> list[Step]:
    stages = {one["id"]: one for one in passages.places(store) if pipeline in (None, one["line"])}
    rows = [row for row in compliance.by_item(store, frame) if row["stage_id"] in stages]
    sops = compliance.plans(store, [row["sop_id"] for row in rows])
    name = namer(store, frame.by)
    found: dict[Any, Step] = {}
    for row in rows:
        stage = stages[row["stage_id"]]
        group = name(row["g"])
        label = compliance.labelled(row, sops, stage["key"])
        made = Step(group, "item", stage["name"], row["item"], label)
        found.setdefault((group, row["stage_id"], row["item"]), made).add(row["did"], row["outcome"], row["n"])
    return list(found.values())


def _playbooks(store: Store, frame: Frame) -> list[Step]:
    """Each playbook against every other closed deal, whether it had another playbook or none."""
    rows = compliance.by_playbook(store, frame)
    name = namer(store, frame.by)
    books = {row["item"]: row["name"] for row in rows if row["item"]}
    return [
        step
        for group in dict.fromkeys(name(row["g"]) for row in rows)
        for book, label in books.items()
        if (step := _against(rows, name, group, book, label)).counts[1][1]
    ]


def _against(rows: Sequence[Row], name: Any, group: str | None, book: str, label: str) -> Step:
    step = Step(group, "playbook", None, book, label)
    for row in rows:
        if name(row["g"]) == group:
            step.add(1 if row["item"] == book else 0, row["outcome"], row["n"])
    return step
