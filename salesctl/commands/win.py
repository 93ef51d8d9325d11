"""salesctl win: the everyday spelling of `salesctl deal win`."""

from __future__ import annotations

from salesctl.commands import deal

app = deal.app.only("win")
