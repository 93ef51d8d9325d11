"""How long it takes where some have not ended yet: the estimate of Kaplan and Meier (1958)."""

from __future__ import annotations

from collections.abc import Mapping

HAIR = 1e-12  # what arithmetic may miss a share by


def kaplan_meier(ended: Mapping[int, int], waiting: Mapping[int, int], q: float) -> float | None:
    """The time by which the share q (0..1) has ended; both map a time to how often it occurs.

    The first time at which as many have ended; where a share is met exactly, the middle of that and the next time (as R's
    survfit does), so that without waits the median is the usual one. None where so many have not ended by the last end.
    """
    left = sum(ended.values()) + sum(waiting.values())
    share, met = 1.0, None
    waits = sorted(waiting.items())
    place = 0
    for time, times in sorted(ended.items()):
        while place < len(waits) and waits[place][0] < time:
            left -= waits[place][1]
            place += 1
        if met is not None:
            return (met + time) / 2
        share *= 1 - times / left
        left -= times
        if share < 1 - q - HAIR:
            return float(time)
        if share <= 1 - q + HAIR:
            met = time
    return None if met is None else float(met)
