"""The people of a deal: those at its customer are meant first, and nobody elsewhere says yes for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesctl.domain.contact import CONTACT
from salesctl.domain.kinds import Ref
from salesctl.errors import Refused
from salesctl.i18n import _
from salesctl.services.base import reading
from salesctl.store import quoting, records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit


def contact_of(app: App, work: Unit, deal: Row, text: str) -> Ref:
    """The contact that a name means for a deal: somebody at its customer. Raises Refused (4) for somebody elsewhere."""
    ref = _there(work, deal["customer_id"], text) or reading(app, work).find("contact", text)
    raw = records.raw(work, CONTACT, ref.id)
    if deal["customer_id"] is not None and raw["customer_id"] != deal["customer_id"]:
        where = raw["customer"] or _("no customer")
        raise Refused(
            _("{ref} {name} is at {other}, not at {customer}").format(
                ref=ref.code, name=ref.name, other=where, customer=deal["customer"]
            ),
            _('if that is wrong: salesctl contact edit {ref} "customer={customer}"').format(
                ref=ref.code, customer=deal["customer"]
            ),
        )
    return ref


def _there(work: Unit, customer: int | None, text: str) -> Ref | None:
    """The only one at a customer whose name is, begins with, or holds a text."""
    from salesctl.text import name_key

    key = name_key(text)
    people = quoting.contacts(work, customer) if customer is not None and key else []
    for hits in (
        [one for one in people if one["name_key"] == key],
        [one for one in people if one["name_key"].startswith(key)],
        [one for one in people if key in one["name_key"]],
    ):
        if len(hits) == 1:
            return Ref("contact", hits[0]["id"], hits[0]["name"], CONTACT.code(hits[0]["id"]))
    return None
