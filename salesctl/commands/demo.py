"""salesctl demo: a store of made-up data, and its first screens."""

from __future__ import annotations

from typing import Annotated

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Screen

app = c.Commands()
HELP = N_(
    "Make a separate store of made-up Chinese and European customers (once; --fresh makes it again) and show today, the board and the figures. No questions asked."
)
Fresh = Annotated[bool, c.Option("--fresh", help=N_("Make it anew, with dates around today."))]


@app.command("demo", **c.command(HELP, "salesctl demo\nsalesctl --db demo board --team North"))
def main(ctx: c.Context, fresh: Fresh = False) -> None:
    from salesctl.commands import _agenda, _board, _figures, today
    from salesctl.domain.kpi import KPIS
    from salesctl.output.formats import text
    from salesctl.services import demo

    app_ = c.app_of(ctx)
    if app_.options.db is None:
        app_.use_store(app_.place("demo"))
    made = demo.build(app_, fresh)
    me = "王磊" if app_.lang == "zh" else "Anna Keller"
    room = app_.out.width or 80
    agenda = _agenda.gather(app_, me, None, None)
    agenda.due = agenda.due[:6]
    lines = list(today.screen(app_, agenda).lines)
    given = dict.fromkeys(("team", "owner", "pipeline", "where", "as_of"))
    board = _board.by_stage(app_, given)
    question, day = _figures.question(app_, _quarter(app_), None, None, None, None)
    asked = _figures.Asked(app_, question, day, "previous", {"owner": None, "team": None})
    names = ("revenue", "win_rate", "average_deal", "median_deal", "cycle", "weighted_pipeline", "activities")
    figures = asked.figures([KPIS[name] for name in names])
    table = _figures.plain(app_, asked, figures)
    for part in (board, table):
        lines += ["", *"".join(text(part, app_.lang, room)).rstrip().split("\n")]
    lines += ["", _("Try:"), *(f"  {line}" for line in PASTE)]
    data = {"store": app_.db_path, "created": made, "today": _agenda.data(agenda)}
    app_.out.emit(Screen(lines, data, text_in_pipe=True))


PASTE = (
    "salesctl --db demo next --explain",
    "salesctl --db demo goal",
    "salesctl --db demo kpi --by rep --vs previous -p 2026Q4",
)


def _quarter(app_: object) -> str:
    from typing import cast

    from salesctl.app import App
    from salesctl.services.base import today
    from salesctl.when import around

    return around(today(cast(App, app_)), "quarter").code
