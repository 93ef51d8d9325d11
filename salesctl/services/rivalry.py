"""The rivals: how often we met each, who won, how their prices lie to ours, what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesctl.domain.stats import Quartiles, Ratio
from salesctl.plain import Data, fresh
from salesctl.services.scope import namer
from salesctl.store import rivalry

if TYPE_CHECKING:
    from salesctl.store.connect import Store
    from salesctl.store.frames import Frame

SAID = 2  # words of a sort that a screen names


class Rival(Data):
    """Deals on which a rival was met: open ones, won by us, lost to it, lost otherwise. `prices` are per mille of ours."""

    group: str | None
    name: str
    open: int = 0
    won: int = 0
    lost_to: int = 0
    lost: int = 0
    prices: dict[int, int] = fresh(factory=dict)
    strength: dict[str, int] = fresh(factory=dict)
    weakness: dict[str, int] = fresh(factory=dict)

    @property
    def met(self) -> int:
        return self.open + self.won + self.lost_to + self.lost

    @property
    def rate(self) -> Ratio:
        """Won of those that are closed, whoever got the others."""
        return Ratio(self.won, self.won + self.lost_to + self.lost)

    @property
    def price(self) -> Quartiles | None:
        """How far its prices lie from our amounts, in per mille: -50 is five percent cheaper than we are."""
        return Quartiles.of(self.prices)

    def said(self, which: str) -> list[str]:
        """The strengths or weaknesses named most."""
        counts: dict[str, int] = getattr(self, which)
        return sorted(counts, key=lambda word: (-counts[word], word))[:SAID]


def rivals(store: Store, frame: Frame) -> list[Rival]:
    """Those met most first; with a dimension by group."""
    name = namer(store, frame.by)
    found: dict[tuple[str | None, str], Rival] = {}
    for row in rivalry.met(store, frame):
        one = found.setdefault((name(row["g"]), row["key"]), Rival(name(row["g"]), row["name"]))
        what = row["outcome"] or "open"
        what = "lost_to" if what == "lost" and row["won"] else what
        setattr(one, what, getattr(one, what) + row["n"])
    for row in rivalry.prices(store, frame):
        prices = found[name(row["g"]), row["key"]].prices
        prices[int(row["mills"])] = prices.get(int(row["mills"]), 0) + row["n"]
    for which in rivalry.WORDS:
        for row in rivalry.words(store, frame, which):
            counts = getattr(found[name(row["g"]), row["key"]], which)
            counts[row["word"]] = counts.get(row["word"], 0) + row["n"]
    return sorted(found.values(), key=lambda one: (one.group or "", -one.met, one.name))
