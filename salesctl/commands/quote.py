"""salesctl quote: a quote on paper."""

from __future__ import annotations

import typer

from salesctl.commands import _quote_paper

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_quote_paper.register(app)
