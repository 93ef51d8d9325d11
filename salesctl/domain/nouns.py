"""Every noun of salesctl, in the order their tables are made and their rows are imported."""

from __future__ import annotations

from salesctl.domain.approval import APPROVAL
from salesctl.domain.contact import CONTACT
from salesctl.domain.contract import CONTRACT
from salesctl.domain.customer import CUSTOMER
from salesctl.domain.deal import DEAL
from salesctl.domain.exchange import RATE
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.goal import GOAL
from salesctl.domain.lead import LEAD
from salesctl.domain.need import NEED, SOLUTION
from salesctl.domain.noun import Noun
from salesctl.domain.product import PRODUCT
from salesctl.domain.quote import QUOTE
from salesctl.domain.rep import REP
from salesctl.domain.stage import PIPELINE, STAGE
from salesctl.domain.task import TASK
from salesctl.domain.team import TEAM

NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (TEAM, REP, PIPELINE, STAGE, PRODUCT, CUSTOMER, CONTACT, DEAL, LEAD, NEED, SOLUTION, QUOTE, APPROVAL,
                 CONTRACT, TASK, FOLLOWUP, GOAL, RATE)
}  # fmt: skip
PREFIXES: dict[str, Noun] = {noun.prefix: noun for noun in NOUNS.values()}
