"""Every noun of salesctl, in the order their tables are made and their rows are imported."""

from __future__ import annotations

from salesctl.domain.contact import CONTACT
from salesctl.domain.customer import CUSTOMER
from salesctl.domain.deal import DEAL
from salesctl.domain.followup import FOLLOWUP
from salesctl.domain.goal import GOAL
from salesctl.domain.noun import Noun
from salesctl.domain.product import PRODUCT
from salesctl.domain.rep import REP
from salesctl.domain.stage import PIPELINE, STAGE
from salesctl.domain.team import TEAM

NOUNS: dict[str, Noun] = {
    noun.name: noun for noun in (TEAM, REP, PIPELINE, STAGE, PRODUCT, CUSTOMER, CONTACT, DEAL, FOLLOWUP, GOAL)
}
PREFIXES: dict[str, Noun] = {noun.prefix: noun for noun in NOUNS.values()}
