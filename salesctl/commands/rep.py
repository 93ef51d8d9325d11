"""salesctl rep: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.rep import REP

app = noun_app(REP)
