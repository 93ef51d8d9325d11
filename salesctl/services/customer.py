"""What follows when a customer is added or edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.customer import CUSTOMER
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


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit by a person is a touch; a new owner has the customer from now on."""
    was = work.update(CUSTOMER, id, values)
    stamps = {"touched_at": work.at} | ({"owned_at": work.at} if "owner_id" in was else {})
    if was:
        work.amend("customer", id, stamps)
