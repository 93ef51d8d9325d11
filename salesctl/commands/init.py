"""salesctl init: make a store, with the choices that cannot be guessed."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Message

app = c.Commands()
HELP = N_(
    "Make the store now, with its zone and currency; without it the first write makes one. It asks only on a terminal."
)
Zone = Annotated[
    str | None, c.Option("--zone", metavar="ZONE", help=N_("The zone of the organisation, as Asia/Shanghai."))
]
Currency = Annotated[Optional[str], c.Option("--currency", metavar="CODE", help=N_("Its currency."))]  # noqa: UP045
Me = Annotated[Optional[str], c.Option("--me", metavar="NAME", help=N_("Who you are."))]  # noqa: UP045


@app.command("init", **c.command(HELP, "salesctl init --zone Asia/Shanghai --currency CNY --me 王磊"))
def main(ctx: c.Context, zone: Zone = None, currency: Currency = None, me: Me = None) -> None:
    from salesctl.money import currency as checked_currency
    from salesctl.services.settings import init
    from salesctl.text import check_line, check_zone

    app_ = c.app_of(ctx)
    place = check_zone(zone) if zone else None
    money = checked_currency(currency) if currency else None
    name = check_line(me, _("Name")) if me else None
    if app_.out.can_ask and not (zone or currency or me):
        from salesctl.commands.today import introduce

        introduce(app_)
        money_text = app_.out.ask(_("The currency of your amounts, as CNY or USD (empty: later)?")).strip()
        money = checked_currency(money_text) if money_text else None
    if name:
        app_.config.set("me", name)
    done = init(app_, place, money)
    verb = _("made the store {path}") if done["created"] else _("the store {path} is there")
    said = _("zone {zone}, currency {currency}").format(zone=done["zone"], currency=done["currency"] or _("not set"))
    app_.out.emit(Message(None, [verb.format(path=done["store"]), said], done))
