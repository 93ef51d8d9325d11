"""salesctl lose: the everyday spelling of `salesctl deal lose`."""

from __future__ import annotations

from salesctl.commands import deal

app = deal.app.only("lose")
