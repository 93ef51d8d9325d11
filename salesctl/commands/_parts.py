"""What the screen of a deal shows beside the deal itself: needs, solution, quotes, rivals, contract.

Each part is a function (app, the deal's values) -> lines for people, keys for scripts; listed in `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Values = dict[str, Any]
Part = Callable[[Any, Values], tuple[list[str], Values]]


def parts() -> Sequence[Part]:
    """Every part there is, in the order of the screen."""
    from salesctl.commands import _approvals_due, _bargain, _contract, _lead_show, _quote_due

    return (
        _quote_due.needs,
        _quote_due.solution,
        _quote_due.quote,
        _approvals_due.of_deal,
        _bargain.part,
        _contract.part,
        _bargain.handover_part,
        _lead_show.of_deal,
    )


def gather(app: Any, deal: Values) -> tuple[list[str], Values]:
    """All parts of a deal together."""
    lines: list[str] = []
    data: Values = {}
    for part in parts():
        said, told = part(app, deal)
        lines += said
        data |= told
    return lines, data
