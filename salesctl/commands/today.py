"""salesctl today, and bare salesctl: what is due, late first, then by the hour."""

from __future__ import annotations

from typing import Any

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Screen, Table

app = c.Commands()
NOBODY = "\x04"  # what is read where the input ends: nobody is there to answer
HELP = N_(
    "What is due today and overdue, whom to call, and open deals without a next step. Yours, once it is known who you are."
)
SHOWN = 20  # follow-ups that a screen shows


@app.command("today", **c.command(HELP, "salesctl\nsalesctl today --team North\nsalesctl today --owner all --json"))
def main(
    ctx: c.Context,
    owner: c.Owner = None,
    team: c.Team = None,
    as_of: c.AsOf = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _agenda

    app_ = c.app_of(ctx)
    if not app_.store.exists and app_.out.human:
        app_.out.emit(Screen(first_day(), {}, text_in_pipe=True))
        return
    if app_.bare and app_.out.human and app_.me is None and app_.out.can_ask and not app_.config.values:
        introduce(app_)
    agenda = _agenda.gather(app_, owner, team, as_of, shown=SHOWN if app_.out.human else 0)
    if not app_.out.human and app_.out.format in (None, "tsv", "csv", "ndjson"):
        app_.out.emit(Table(agenda.due, _agenda.COLUMNS))
        return
    app_.out.emit(screen(app_, agenda))


def screen(app_: Any, agenda: Any) -> Screen:
    """The screen of a day."""
    from salesctl.commands import _agenda, _waiting

    room = app_.out.width or 80
    lines = [_agenda.head(app_, agenda, room), ""]
    hint = ""
    if agenda.due:
        lines += _agenda.table(app_, agenda.due[:SHOWN], agenda.day, room)
        more = agenda.overdue_n + agenda.today_n - SHOWN
        if more > 0:
            lines.append(_("and {n} more: salesctl followup list due:..today").format(n=more))
        hint = _('next: salesctl done {n} "outcome" --next "thu ask again"').format(n=agenda.due[0]["id"])
        counts = _("overdue {late}  today {now}").format(late=agenda.overdue_n, now=agenda.today_n)
    else:
        lines.append(_("nothing is due today"))
        hint, counts = "salesctl next", ""
    loose = [*_agenda.loose_line(app_, agenda), *_waiting.lines(agenda.waiting)]
    lines += ["", *loose] if loose else []
    if agenda.everybody and app_.me is None:
        lines += [_("This is everybody's; to see your own: salesctl config me NAME")]
    elif agenda.everybody and agenda.unknown:
        lines += [_("This is everybody's: no rep is called {name} here yet").format(name=app_.me)]
    lines += [counts] if counts else []
    return Screen(lines, _agenda.data(agenda), rows=agenda.due, columns=_agenda.COLUMNS, hint=hint)


def first_day() -> list[str]:
    """An empty store, in three lines."""
    return [
        _("Nothing here yet. To look around:  salesctl demo"),
        _('To begin:  salesctl add "Acme Corp" "Pump order" 48k --next "fri call Anna"'),
        _("To bring your data:  salesctl import crm_export.csv --dry-run"),
    ]


def introduce(app_: Any) -> None:
    """Asked once, by bare salesctl: language and who you are; kept in the config. An empty answer keeps what is."""
    from salesctl.i18n import set_language

    answer = app_.out.ask("Language / 语言: en, zh?", NOBODY).strip().lower()
    if answer == NOBODY:
        return
    lang = {"中文": "zh", "english": "en"}.get(answer, answer)
    lang = lang if lang in ("en", "zh") else app_.lang
    app_.config.set("lang", lang)
    app_.lang = app_.out.lang = lang
    set_language(lang)
    name = app_.out.ask(_("Your name, as your deals call their owner (empty: later)?"), NOBODY).strip()
    if name and name != NOBODY:
        app_.config.set("me", name)
