"""salesctl deal: the standard verbs, and advance, back, win, lose, reopen, assign."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.deal import DEAL

app = noun_app(DEAL)
