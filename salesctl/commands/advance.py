"""salesctl advance: the everyday spelling of `salesctl deal advance`."""

from __future__ import annotations

from salesctl.commands import deal

app = deal.app.only("advance")
