"""salesctl rate: what a currency is worth from a day on."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.exchange import RATE
from salesctl.i18n import N_, _

app = noun_app(RATE)
Code = Annotated[str, c.Argument(metavar="CURRENCY", help=N_("As USD, 欧元."))]
Worth = Annotated[str, c.Argument(metavar="RATE", help=N_("What one unit is worth in the base currency, as 7.10."))]
Date = Annotated[Optional[str], c.Option("--date", "--day", metavar="DATE", help=N_("From which day on; today."))]  # noqa: UP045
Base = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--base", metavar="CODE", help=N_("In this currency; the organisation's.")),
]
SET = N_("Set what a currency is worth from a day on, until the next rate. Many at once: salesctl import rates.csv")
EXAMPLES = """salesctl rate set USD 7.10
salesctl rate set EUR 7.85 --date 2026-03-01
salesctl rate set USD 0.92 --base EUR --date 2026-01-01"""


@app.command("set", **c.command(SET, EXAMPLES))
def set_(
    ctx: c.Context, currency: Code, rate: Worth, date: Date = None, base: Base = None, note: c.NoteOption = None
) -> None:
    from salesctl.commands._fields import written
    from salesctl.services import rate as service

    app_ = c.app_of(ctx)
    texts = {"currency": currency, "rate": rate, "day": date, "base": base, "note": c.note_text(note)}
    values, new = service.set_rate(app_, texts)
    app_.out.emit(written(app_, RATE, values, _("added") if new else _("changed")))
