"""salesctl stage: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.stage import STAGE

app = noun_app(STAGE)
