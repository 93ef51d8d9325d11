"""salesctl goal: set, share out, follow and check SMART goals."""

from __future__ import annotations

from typing import Annotated, Any, Optional

from salesctl.commands import _common as c
from salesctl.commands._standard import noun_app
from salesctl.domain.goal import GOAL
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Message

_standard = noun_app(GOAL)
app = c.Commands()
Kpi = Annotated[str, c.Argument(metavar="KPI", help=N_("Which figure, as revenue, win_rate, 新增客户."))]
Target = Annotated[str, c.Argument(metavar="TARGET", help=N_("As 900k, 90万, 40%, 30."))]
Rep = Annotated[Optional[str], c.Option("--rep", "--owner", metavar="NAME|me", help=N_("A rep's goal."))]  # noqa: UP045
TeamOf = Annotated[Optional[str], c.Option("--team", metavar="TEAM", help=N_("A team's goal."))]  # noqa: UP045
Level = Annotated[
    list[str] | None,
    c.Option("--level", metavar="NAME=TARGET", help=N_("A level above the target, as 冲刺=1m.")),
]
OfProduct = Annotated[Optional[str], c.Option("--product", metavar="NAME", help=N_("Of one product."))]  # noqa: UP045
NewTarget = Annotated[Optional[str], c.Option("--target", metavar="TARGET", help=N_("As 900k, 90万, 40%, 30."))]  # noqa: UP045
Pairs = Annotated[Optional[list[str]], c.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields, as target=950k."))]  # noqa: UP045
Parent = Annotated[Optional[str], c.Option("--parent", metavar="REF", help=N_("The goal it serves."))]  # noqa: UP045
By = Annotated[
    str,
    c.Option("--by", metavar="reps|teams|...", help=N_("Over reps, teams, products, customers, months or quarters.")),
]
Even = Annotated[bool, c.Option("--even", help=N_("Evenly; periods by their working days. The usual way."))]
Like = Annotated[
    Optional[str],  # noqa: UP045
    c.Option(
        "--like", metavar="lastyear|FILE", help=N_("As the same period a year before, or NAME,SHARE lines of a file.")
    ),
]
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A goal, as G1."))]
Refs = Annotated[Optional[list[str]], c.Argument(metavar="[REF]...", help=N_("Goals; none means all that run."))]  # noqa: UP045

ADD = N_("Set a goal on a KPI for the company, a team or a rep: SMART needs a period, and a parent or a reason.")
SPLIT = N_(
    "Share a goal out over reps, teams, products, customers or periods; the parts add up to it to the smallest unit."
)
CHECK = N_("Is it SMART? pass, warn or fail for each letter, with the number behind it. Exit 10 when a letter fails.")
LIST = N_("Goals, yours and those above you: now, target, done, pace, where they land; the mark | is time gone.")
EDIT = N_("Change a goal: target=950k, period=2027Q1, --level NAME=TARGET (NAME= takes it away), parent, reason, note.")
GAP = N_("The fewest open deals that would close the gap of a goal, by full and by expected value, and the coverage.")
SHOW = N_("One goal in full: exact figures, what each day must bring, levels, parts.")


@app.command(
    "list",
    **c.command(LIST, "salesctl goal\nsalesctl goal list -p 2026Q4 --team North\nsalesctl goal list --all --json"),
)
def listing(
    ctx: c.Context,
    words: c.Words = None,
    period: c.PeriodOption = None,
    team: c.Team = None,
    owner: c.Owner = None,
    as_of: c.AsOf = None,
    everything: c.Everything = False,
    where: c.Where = None,
    strict: c.Strict = False,
) -> None:
    from salesctl.commands import _goal_list

    app_ = c.app_of(ctx)
    given: dict[str, Any] = {"words": words, "where": where, "as_of": as_of, "everything": everything}
    app_.out.emit(_goal_list.listing(app_, given, period, team, owner))


@app.command(
    "add",
    **c.command(
        ADD,
        'salesctl goal add revenue 900k -p 2026Q4 --team North --level 冲刺=1m --reason "new plant"\nsalesctl goal add 成交率 40% -p 本季度\nsalesctl goal add revenue 80k -p 2026Q4 --rep Anna --parent G1',
    ),
)
def add(
    ctx: c.Context,
    kpi: Kpi,
    target: Target,
    period: c.PeriodOption = None,
    team: TeamOf = None,
    rep: Rep = None,
    product: OfProduct = None,
    customer: c.CustomerOption = None,
    level: Level = None,
    parent: Parent = None,
    reason: c.Reason = None,
) -> None:
    from salesctl.commands import _goals
    from salesctl.commands._fields import assumed
    from salesctl.services import goal, standing

    app_ = c.app_of(ctx)
    if period is None:
        raise UsageError(_("a goal needs a period"), _("as -p 2026Q4"))
    made = goal.add(
        app_, goal.Wanted(kpi, target, period, team, rep, tuple(level or ()), parent, reason, product, customer)
    )
    stands = standing.Board(app_).standing(made)
    line = (
        f"{_('set')}  {made['ref']}  {_goals.name(stands)}  {_goals.exactly(stands, stands.target)}  {made['period']}"
    )
    hint = _("is it SMART? salesctl goal check {ref}").format(ref=made["ref"])
    notes = assumed(app_, _goals.row(stands)["target"] if stands.kpi.is_money else None)
    app_.out.emit(Message(made["ref"], [line, *notes, hint], _goals.row(stands)))


@app.command(
    "split",
    **c.command(
        SPLIT,
        "salesctl goal split G1 --by reps\nsalesctl goal split G1 --by months --like lastyear\nsalesctl goal split G1 --like shares.csv",
    ),
)
def split(ctx: c.Context, ref: Ref, by: By = "reps", even: Even = False, like: Like = None) -> None:
    from salesctl.commands import _goal_split

    app_ = c.app_of(ctx)
    app_.out.emit(_goal_split.split(app_, ref, by, even, like))


@app.command("check", **c.command(CHECK, "salesctl goal check G1\nsalesctl goal check --json"))
def check(ctx: c.Context, refs: Refs = None, as_of: c.AsOf = None, strict: c.Strict = False) -> None:
    from salesctl.commands import _goals

    app_ = c.app_of(ctx)
    screen, failed = _goals.checked(app_, refs or [], as_of)
    app_.out.emit(screen)
    if failed:
        raise c.Exit(10)


@app.command("show", **c.command(SHOW, "salesctl goal show G1\nsalesctl goal show G1 --as-of 2026-10-31 --json"))
def show(ctx: c.Context, ref: Ref, as_of: c.AsOf = None, strict: c.Strict = False) -> None:
    from salesctl.commands import _goals

    app_ = c.app_of(ctx)
    app_.out.emit(_goals.show(app_, ref, as_of))


@app.command("gap", **c.command(GAP, "salesctl goal gap G1\nsalesctl goal gap G9 --json"))
def gap(ctx: c.Context, ref: Ref, as_of: c.AsOf = None, strict: c.Strict = False) -> None:
    from salesctl.commands import _goal_gap

    app_ = c.app_of(ctx)
    app_.out.emit(_goal_gap.view(app_, ref, as_of))


@app.command(
    "edit",
    **c.command(
        EDIT, "salesctl goal edit G1 target=950k\nsalesctl goal edit G1 --level 冲刺=1.1m --reason 'new plant'"
    ),
)
def edit(
    ctx: c.Context,
    ref: Ref,
    pairs: Pairs = None,
    target: NewTarget = None,
    period: c.PeriodOption = None,
    level: Level = None,
    parent: Parent = None,
    reason: c.Reason = None,
    note: c.NoteOption = None,
) -> None:
    from salesctl.commands import _fields, _goals
    from salesctl.services import goal_edit, standing

    app_ = c.app_of(ctx)
    typed = {"target": target, "period": period, "parent": parent, "reason": reason, "note": c.note_text(note)}
    changes = [(word, "=", text) for word, text in typed.items() if text is not None]
    changes += [("level", "=", text) for text in level or ()]
    changes += _fields.pairs(GOAL, pairs or [], ref)
    if not changes:
        raise UsageError(_("nothing to change"), _("as: salesctl {name} edit REF field=value").format(name="goal"))
    made = goal_edit.edit(app_, ref, changes)
    stands = standing.Board(app_).standing(made)
    amount = _goals.exactly(stands, stands.target)
    line = f"{_('changed')}  {made['ref']}  {_goals.name(stands)}  {amount}  {made['period']}"
    app_.out.emit(Message(made["ref"], [line], {**_fields.full(app_, GOAL, made), **_goals.row(stands)}))


KEPT = ("archive", "restore", "history")
app.verbs |= _standard.only(*KEPT).verbs
