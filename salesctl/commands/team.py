"""salesctl team: the standard verbs."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.team import TEAM

app = noun_app(TEAM)
