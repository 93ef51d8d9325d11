"""How well the SOP is kept: by step, by stage and by rep, with what was overridden and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from salesctl.domain.sop import JUMP
from salesctl.domain.stats import Ratio
from salesctl.plain import Data
from salesctl.services.scope import namer
from salesctl.store import compliance, passages

if TYPE_CHECKING:
    from salesctl.domain.sop import Sop
    from salesctl.store.connect import Row, Store
    from salesctl.store.frames import Frame


class Kept(Data):
    """The checks of one group: items met, missing, overridden; `jumps` are stages that were passed over."""

    group: str | None
    stage: str | None
    item: str | None
    name: str | None
    met: int = 0
    missing: int = 0
    overridden: int = 0
    jumps: int = 0

    @property
    def share(self) -> Ratio:
        """Met of all that was looked at; a stage that was jumped over was not looked at."""
        return Ratio(self.met, self.met + self.missing + self.overridden)

    def add(self, state: str, item: str, n: int) -> None:
        what = "jumps" if item == JUMP else state
        setattr(self, what, getattr(self, what) + n)


class Override(Data, frozen=True):
    """Items that one command went past: of which deal and stage, by whom, when (a stored instant), why."""

    deal: int
    name: str
    stage: str
    items: list[str]
    rep: str | None
    at: str
    reason: str | None


class Compliance:
    """The checks of a frame: one SELECT for every way to group them, one for the overrides."""

    def __init__(self, store: Store, frame: Frame, pipeline: int | None) -> None:
        self.store, self.frame = store, frame
        steps = [one for one in passages.places(store) if pipeline in (None, one["line"])]
        self.stages = {one["id"]: one for one in steps}
        self.order = {one["id"]: place for place, one in enumerate(steps)}

    @cached_property
    def rows(self) -> list[Row]:
        return [one for one in compliance.counted(self.store, self.frame) if one["stage_id"] in self.stages]

    def by(self, dimension: str) -> list[Kept]:
        """One line a group: items and stages in the order of the process, others by how much was looked at."""
        if dimension == "item":
            return self._items(self.rows)
        if dimension == "stage":
            return list(self._folded(lambda row: self.stages[row["stage_id"]]["name"], stage=True).values())
        name = namer(self.store, dimension)
        found = self._folded(lambda row: name(row["rep_id"]), stage=False)
        return sorted(found.values(), key=lambda one: (-one.share.bottom, -one.jumps, one.group or ""))

    def _items(self, rows: Sequence[Row]) -> list[Kept]:
        sops = compliance.plans(self.store, [row["sop_id"] for row in rows])
        found: dict[tuple[int, str], Kept] = {}
        rows = [row for row in rows if row["item"] != JUMP]
        for row in sorted(rows, key=lambda one: (self.order[one["stage_id"]], self._place(one, sops), one["item"])):
            stage = self.stages[row["stage_id"]]
            name = compliance.labelled(row, sops, stage["key"])
            key = (row["stage_id"], row["item"])
            found.setdefault(key, Kept(None, stage["name"], row["item"], name)).add(row["state"], row["item"], row["n"])
        return list(found.values())

    def _place(self, row: Row, sops: dict[int, Sop]) -> int:
        """Where an item stands in the SOP that asked for it; behind the others where that is not known."""
        sop = sops.get(row["sop_id"])
        stage = sop.stages.get(self.stages[row["stage_id"]]["key"] or "") if sop else None
        keys = [key for key, _sort in stage.items] if stage else []
        return keys.index(row["item"]) if row["item"] in keys else len(keys)

    def _folded(self, group: Callable[[Row], str | None], stage: bool) -> dict[Any, Kept]:
        found: dict[Any, Kept] = {}
        for row in sorted(self.rows, key=lambda one: self.order[one["stage_id"]]):
            key = row["stage_id"] if stage else group(row)
            name = group(row)
            one = found.setdefault(key, Kept(name, name if stage else None, None, None))
            one.add(row["state"], row["item"], row["n"])
        return found

    def overrides(self) -> list[Override]:
        """Newest first; the items that one command went past stand together."""
        rows = [one for one in compliance.overrides(self.store, self.frame) if one["stage_id"] in self.stages]
        sops = compliance.plans(self.store, [row["sop_id"] for row in rows])
        found: dict[tuple[int, int, int], Override] = {}
        for row in rows:
            stage = self.stages[row["stage_id"]]
            one = found.setdefault(
                (row["operation_id"], row["deal_id"], row["stage_id"]),
                Override(row["deal_id"], row["deal"], stage["name"], [], row["rep"], row["at"], row["reason"]),
            )
            one.items.append(compliance.labelled(row, sops, stage["key"]))
        return list(found.values())
