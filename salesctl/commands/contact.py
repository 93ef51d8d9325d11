"""salesctl contact: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.contact import CONTACT

app = noun_app(CONTACT)
