"""salesctl config: who you are, your language, your store, and the days the organisation does not work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Message, Table

if TYPE_CHECKING:
    from salesctl.app import App

app = c.Commands()
LIST = N_("The settings, and where they are kept.")
ME = N_("Say who you are; deals and follow-ups you add are yours then. Without a name it shows who you are.")
SET = N_(
    "Set one: me, lang, db, currency, zone, fiscal_year_start; or what quotes say of your company, for the whole team: "
    "company.name, address, phone, email, website, tax_number, bank, account."
)
UNSET = N_("Forget one.")
DAYS = N_("Days the organisation does not work, or with --working does, though the week says otherwise.")
Name = Annotated[Optional[str], c.Argument(metavar="[NAME]", help=N_("Your name."))]  # noqa: UP045
Key = Annotated[str, c.Argument(metavar="KEY", help=N_("Which setting."))]
Value = Annotated[str, c.Argument(metavar="VALUE", help=N_("What it is to be."))]
Span = Annotated[Optional[str], c.Argument(metavar="[PERIOD]", help=N_("A day or a period."))]  # noqa: UP045
Working = Annotated[bool, c.Option("--working", help=N_("They are worked."))]
Called = Annotated[Optional[str], c.Option("--name", metavar="TEXT", help=N_("What the days are called."))]  # noqa: UP045


@app.command("list", **c.command(LIST, "salesctl config"))
def listing(ctx: c.Context) -> None:
    from salesctl.config import KEYS
    from salesctl.domain.paper import COMPANY

    app_ = c.app_of(ctx)
    rows = [{"key": key, "value": app_.config.get(key)} for key in KEYS]
    for key in ("zone", "currency", "lang"):
        rows.append({"key": f"store.{key}", "value": app_.store.meta(key)})
    rows += [{"key": f"company.{key}", "value": app_.store.meta(f"company.{key}")} for key in COMPANY]
    rows += [{"key": "config_file", "value": app_.config.path}, {"key": "store_file", "value": app_.db_path}]
    app_.out.emit(Table(rows, (Column("key", N_("Setting")), Column("value", N_("Value"), grow=True))))


@app.command("me", **c.command(ME, "salesctl config me Anna\nsalesctl config me 王磊"))
def me(ctx: c.Context, name: Name = None) -> None:
    from salesctl.text import check_line

    app_ = c.app_of(ctx)
    if name is None:
        app_.out.emit(Message(app_.me, [] if app_.me else [_("it is not known who you are")], {"me": app_.me}))
        return
    checked = check_line(name, _("Name"))
    app_.config.set("me", checked)
    app_.out.emit(Message(None, [_("you are {name}").format(name=checked) + _rep(app_)], {"me": checked}))


def _rep(app_: App) -> str:
    """Which rep of the store that is, where there are any."""
    from salesctl.services.base import me
    from salesctl.store.reps import some

    mine = me(app_)
    if mine is not None:
        return f"  {mine.code} {mine.name}"
    return "  " + _("(no rep is called so yet; the first thing you add makes one)") if some(app_.store) else ""


@app.command(
    "set",
    **c.command(
        SET,
        'salesctl config set lang zh\nsalesctl config set currency CNY\nsalesctl config set company.name "North Pumps GmbH"',
    ),
)
def set_(ctx: c.Context, key: Key, value: Value) -> None:
    app_ = c.app_of(ctx)
    checked = check(key, value)
    if _of_company(app_, key, checked):
        return
    app_.config.set(key, checked)
    if key == "currency" and app_.store.exists:
        _currency(app_, checked)
    app_.out.emit(Message(None, [_("{key} is {value}").format(key=key, value=checked)], {"key": key, "value": checked}))


def _of_company(app_: App, key: str, value: str | None) -> bool:
    """Whether it was a setting of the company; then it is written, and said."""
    if not key.startswith("company."):
        return False
    from salesctl.services.settings import set_company

    set_company(app_, key, value)
    line = _("{key} is {value}").format(key=key, value=value) if value else _("{key} is not set").format(key=key)
    app_.out.emit(Message(None, [line], {"key": key, "value": value}))
    return True


def check(key: str, value: str) -> str:
    """A setting's value as it is kept. Raises BadValue or UsageError for what it cannot be."""
    from salesctl.money import currency
    from salesctl.text import check_line, check_zone

    if key == "currency":
        return currency(value)
    if key == "zone":
        return check_zone(value)
    if key == "lang" and value not in ("en", "zh"):
        raise UsageError(_("unknown language {word}").format(word=value), _("use en or zh"))
    if key == "fiscal_year_start" and not (value.isdigit() and 1 <= int(value) <= 12):
        raise UsageError(_("the fiscal year starts in a month from 1 to 12"))
    return check_line(value, key, limit=500)


def _currency(app_: App, code: str) -> None:
    from salesctl.services.settings import set_currency

    set_currency(app_, code)


@app.command("unset", **c.command(UNSET, "salesctl config unset me"))
def unset(ctx: c.Context, key: Key) -> None:
    app_ = c.app_of(ctx)
    if _of_company(app_, key, None):
        return
    app_.config.set(key, None)
    app_.out.emit(Message(None, [_("{key} is not set").format(key=key)], {"key": key, "value": None}))


@app.command(
    "days-off",
    **c.command(
        DAYS,
        "salesctl config days-off 2026-10-01..2026-10-07 --name 国庆节\nsalesctl config days-off 2026-10-10 --working",
    ),
)
def days_off(ctx: c.Context, period: Span = None, working: Working = False, name: Called = None) -> None:
    from salesctl.services import settings

    app_ = c.app_of(ctx)
    if period is not None:
        n = settings.set_days(app_, period, working, name)
        app_.out.emit(Message(None, [_("{n} days set").format(n=n)], {"days": n, "working": working}))
        return
    columns = (Column("day", N_("Day")), Column("working", N_("Working"), show=_yes), Column("name", N_("Name")))
    app_.out.emit(
        Table(settings.days(app_), columns, empty=_("the week is Monday to Friday, and no day is set otherwise"))
    )


def _yes(value: object) -> str:
    return _("yes") if value else _("no")
