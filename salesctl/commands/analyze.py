"""salesctl analyze: questions to the data, each an entry here and a module of its own."""

from __future__ import annotations

from salesctl.commands._reports import DEALS, Kind, group
from salesctl.i18n import N_

ANALYSES = (
    Kind(
        "sop-effect",
        N_("Win rate of closed deals that did a step of the SOP or used a playbook, and of those that did not: associated, not caused."),
        "salesctl analyze sop-effect\nsalesctl analyze sop-effect key_need -p 2026\nsalesctl analyze sop-effect playbook --why",
        "_effect",
        DEALS,
        "ITEM",
        N_("A step by its key or name, or: playbook. None means all of them."),
    ),
)  # fmt: skip
LIST_HELP = N_("The analyses there are.")
app = group(ANALYSES, "analyze", LIST_HELP, "salesctl analyze list\nsalesctl analyze --json")
