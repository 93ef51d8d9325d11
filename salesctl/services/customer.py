"""What follows when a customer is added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.services.base import me_in, today

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


def prepare(app: App, work: Unit, values: Values) -> Values:
    """A customer begins today, in the hands of who adds it."""
    values.setdefault("created", today(app))
    if values.get("owner") is None:
        values["owner"] = me_in(app, work)
    return {}
