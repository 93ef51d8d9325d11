"""salesctl forecast: what the period will bring, adjusted, learned from and looked back on."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Message

app = c.Commands()
Owner = Annotated[Optional[str], c.Option("--owner", "--rep", metavar="me|NAME|all", help=N_("Whose."))]  # noqa: UP045
Currency = Annotated[Optional[str], c.Option("--currency", metavar="CODE", help=N_("Amounts of this currency."))]  # noqa: UP045
Category = Annotated[str, c.Argument(metavar="CATEGORY", help=N_("commit, best_case or pipeline."))]
Amount = Annotated[
    str, c.Argument(metavar="AMOUNT", help=N_("What it will come to with what is closed; none takes it back."))
]
Apply = Annotated[bool, c.Option("--apply", help=N_("Write the learned chances into the stages."))]
Weeks = Annotated[Optional[int], c.Option("--weeks", metavar="N", help=N_("Only the last N weeks of the period."))]  # noqa: UP045
SHOW = N_("What a period brings: closed, commit, best case, pipeline; the likely range and the chance of the goal.")
ADJUST = N_("Your own word on a category, kept beside what the deals say: who, when, before and after.")
HISTORY = N_("Every adjustment of forecasts, the oldest first.")
CALIBRATE = N_("What your closed deals say of the chances of the stages, and how reliable the chances were.")
ACCURACY = N_("How good the forecasts of a past period were, week by week, against what it brought.")


@app.command(
    "show",
    **c.command(
        SHOW, "salesctl forecast -p 2026Q4 --team North\nsalesctl forecast --as-of 2026-10-31 --why\nsalesctl forecast -p 本季度 --json"
    ),
)  # fmt: skip
def show(
    ctx: c.Context,
    period: c.PeriodOption = None,
    owner: Owner = None,
    team: c.Team = None,
    as_of: c.AsOf = None,
    currency: Currency = None,
    strict: c.Strict = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _forecast
    from salesctl.services.forecast import forecast

    app_ = c.app_of(ctx)
    asked = _forecast.question(app_, period, owner, team, as_of, currency)
    app_.out.emit(_forecast.view(app_, forecast(app_, asked, {"owner": owner, "team": team}), as_of, why))


@app.command(
    "adjust",
    **c.command(
        ADJUST,
        'salesctl forecast adjust commit 700k --team North --reason "Acme signs in January"\nsalesctl forecast adjust commit none -p 2026Q4 --reason "signed after all"',
    ),
)
def adjust(
    ctx: c.Context,
    category: Category,
    amount: Amount,
    period: c.PeriodOption = None,
    owner: Owner = None,
    team: c.Team = None,
    reason: c.Reason = None,
) -> None:
    from salesctl.commands import _forecast
    from salesctl.services import forecast_adjust
    from salesctl.services.forecast import forecast

    app_ = c.app_of(ctx)
    asked = _forecast.question(app_, period, owner, team, None, None)
    found = forecast(app_, asked, {"owner": owner, "team": team}, drawn=False)
    row = forecast_adjust.value(forecast_adjust.adjust(app_, found, category, amount, reason))
    app_.out.emit(Message(None, [_forecast.word(app_, row)], row))


@app.command("history", **c.command(HISTORY, "salesctl forecast history -p 2026Q4\nsalesctl forecast history --json"))
def history(ctx: c.Context, period: c.PeriodOption = None, owner: Owner = None, team: c.Team = None) -> None:
    from salesctl.commands import _forecast

    app_ = c.app_of(ctx)
    app_.out.emit(_forecast.history(app_, period, {"owner": owner, "team": team}))


@app.command(
    "calibrate", **c.command(CALIBRATE, "salesctl forecast calibrate --why\nsalesctl forecast calibrate --apply")
)
def calibrate(ctx: c.Context, apply: Apply = False, why: c.Why = False) -> None:
    from salesctl.commands import _forecast_past
    from salesctl.services import calibration

    app_ = c.app_of(ctx)
    found = calibration.apply(app_) if apply else calibration.calibration(app_.store)
    app_.out.emit(_forecast_past.calibration(found, apply, why))


@app.command(
    "accuracy",
    **c.command(
        ACCURACY, "salesctl forecast accuracy -p 2026Q3\nsalesctl forecast accuracy --team North --weeks 4 --why"
    ),
)
def accuracy(
    ctx: c.Context,
    period: c.PeriodOption = None,
    weeks: Weeks = None,
    owner: Owner = None,
    team: c.Team = None,
    currency: Currency = None,
    strict: c.Strict = False,
    why: c.Why = False,
) -> None:
    from salesctl.commands import _forecast, _forecast_past
    from salesctl.services.forecast_past import looks

    app_ = c.app_of(ctx)
    asked = _forecast.question(app_, period or "last quarter", owner, team, None, currency)
    found = looks(app_, asked, {"owner": owner, "team": team}, weeks)
    title = f"{_('Forecasts looked back on')}  {asked.period.label(app_.lang)}"
    app_.out.emit(_forecast_past.accuracy(title, found, why, app_.lang))
