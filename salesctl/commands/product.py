"""salesctl product: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.product import PRODUCT

app = noun_app(PRODUCT)
