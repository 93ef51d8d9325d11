"""salesctl followup: the standard verbs of what is to be done and was done."""

from __future__ import annotations

from salesctl.commands._standard import noun_app
from salesctl.domain.followup import FOLLOWUP

app = noun_app(FOLLOWUP)
