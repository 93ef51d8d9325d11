"""salesctl stage: the stages of a process, with their chances and limits."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import Refs, archived, noun_app
from salesctl.domain.stage import STAGE
from salesctl.i18n import N_

MoveTo = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--move-to", metavar="STAGE", help=N_("Where its open deals go; needed when there are some.")),
]


def archive(ctx: c.Context, refs: Refs, move_to: MoveTo = None) -> None:
    from salesctl.services import stage

    archived(c.app_of(ctx), STAGE, refs, lambda app, texts: stage.archive(app, texts, move_to))


app = noun_app(STAGE, archive=archive)
