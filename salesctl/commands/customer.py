"""salesctl customer: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.customer import CUSTOMER

app = noun_app(CUSTOMER)
