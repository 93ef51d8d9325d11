"""PLACEHOLDER of branch quotes, to be replaced whole by services/approval.py of branch approvals when they are merged.

It has the interface that quotes call, and a policy that never asks: nobody has to approve anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit


def ask(app: App, work: Unit, quote: Row) -> int | None:
    """The approval that a quote has to wait for, or None where nobody has to approve."""
    return None


def withdraw_in(app: App, work: Unit, quote: int) -> int | None:
    """Withdraw the approval that a quote waits for; which, or None."""
    return None
