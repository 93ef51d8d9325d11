"""The reports made of blocks: which blocks each has, which period it is about, and its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Page, Report, Table, Topic, Topics
from salesctl.plain import Data

COLUMNS = (Column("block", N_("Block")), Column("key", N_("Figure")), Column("value", N_("Value"), kind="money"))
Currency = Annotated[c.Text, c.Option("--currency", metavar="CODE", help=N_("Amounts of this currency."))]
WHOSE = ("owner", "team")
OPTIONS = (
    ("period", c.PeriodOption), ("as_of", c.AsOf), ("currency", Currency), ("owner", c.Owner), ("team", c.Team),
)  # fmt: skip


class Paper(Data, frozen=True):
    """A report of blocks: its verb, title, help, examples, the unit of time it is about, and its blocks."""

    name: str
    title: str
    help: str
    examples: str
    unit: str
    blocks: Sequence[tuple[str, Mapping[str, str]]]
    person: bool = False
    command: str = ""


def _week(of: str) -> list[tuple[str, Mapping[str, str]]]:
    """The Monday meeting, its goal and forecast those of a longer unit."""
    names = ("won", "lost", "pipeline", "goal", "forecast", "win_rate", "activity", "watch", "left_out")
    takes = ("goal", "forecast", "win_rate")
    return [(name, {"of": of} if name in takes else {}) for name in names]


PAPERS = (
    Paper("daily", N_("Daily report"), N_("The day: won, lost, pipeline, the month against its goal, what to watch."),
          "salesctl report daily\nsalesctl report daily -p yesterday --team North", "day", _week("month")),
    Paper("weekly", N_("Weekly report"), N_("The week: this one from Friday on, before that the last one; the order of the Monday meeting."),
          "salesctl report weekly --team North\nsalesctl report -p w47 -o w47.html\nsalesctl report weekly --as-of 2026-09-30 --json",
          "week", _week("quarter")),
    Paper("monthly", N_("Monthly report"), N_("The month (this one in its last three days, else the last): the meeting, KPIs, goals, reps."),
          "salesctl report monthly\nsalesctl report monthly -p 2026-10 -o october.html", "month",
          [*_week("month"), ("corrections", {}), ("goal", {"of": "quarter"}), ("kpis", {}), ("reps", {}), ("stages", {}), ("trend", {})]),
    Paper("quarterly", N_("Quarterly report"), N_("The quarter (this one in its last three days, else the last): the meeting, KPIs, goals, reps, trend."),
          "salesctl report quarterly\nsalesctl report quarterly -p 2026Q3 -O md", "quarter",
          [*_week("quarter"), ("corrections", {}), ("goal", {"of": "year"}), ("kpis", {}), ("reps", {}), ("funnel", {}), ("trend", {})]),
    Paper("funnel", N_("Funnel"), N_("Open deals by stage, and how many go on from stage to stage."),
          "salesctl report funnel\nsalesctl report funnel -p 2026Q4 --team North", "quarter*",
          [("stages", {}), ("funnel", {})]),
    Paper("trend", N_("Trend"), N_("Twelve months: revenue, deals won, win rate, deals created; and the KPIs of six quarters."),
          "salesctl report trend\nsalesctl report trend --as-of 2026-06-30 -o trend.html", "quarter*",
          [("trend", {}), ("kpis", {})]),
    Paper("gaps", N_("Gaps in the data"), N_("What is missing: which deals are in no figure or in a wrong one, and how to fill it."),
          "salesctl report gaps\nsalesctl report gaps --owner me --json", "quarter*", [("gaps", {})]),
    Paper("rep", N_("Report of a rep"), N_("One rep: the month, goals, pipeline, win rate, activity, what to watch."),
          'salesctl report rep "Sofia Lind"\nsalesctl report rep R3 -p 2026Q4', "month*",
          [*_week("month"), ("goal", {"of": "quarter"}), ("goals", {}), ("kpis", {"of": "quarter"})], person=True),
)  # fmt: skip


def view(app: Any, paper: Paper, given: Mapping[str, Any]) -> Report:
    """The report of a period, of whom it is asked for, as of a day."""
    from salesctl.commands import _blocks
    from salesctl.commands._brief import Brief, span_data, usual
    from salesctl.services.scope import moment
    from salesctl.when import around, parse_period

    day = moment(app, given["as_of"])[2]
    owner = given.get("person") or given.get("owner")
    unit = paper.unit.rstrip("*")
    if given["period"]:
        span = parse_period(given["period"], day)
    else:
        span = around(day, unit) if paper.unit.endswith("*") else usual(day, unit)
    brief = Brief(app, _bounded(span), owner, given.get("team"), given["as_of"], given.get("currency"))
    uses = {(name, *sorted(how.items())): _blocks.Use(name, how) for name, how in _blocks_of(paper, brief)}
    topics, blocks = _blocks.told(brief, list(uses.values()))
    title = _title(brief, paper)
    data = {
        "report": paper.name, "period": span_data(brief.span), "day": brief.day, "as_of": brief.day if given["as_of"] else None,
        "owner": owner, "team": given.get("team"), "currency": brief.code, "blocks": blocks,
    }  # fmt: skip
    steps = _next(brief, paper, given)
    rows = [{"block": name, **one} for name, found in blocks.items() for one in _flat(found)]
    if brief.as_of is None and str(brief.span.last) < str(brief.day) and paper.name not in ("trend", "funnel", "gaps"):
        topics.append(Topic("as_of", _("As of"), [_("today, {day}: goals, forecast, what is open and what to watch").format(day=brief.day.isoformat())]))  # fmt: skip
    said = [*topics, Topic("next", _("Next"), ["   ".join(steps)])]
    if not app.store.exists:
        said.insert(0, Topic("nothing", _("Nothing yet"), [_("begin: salesctl add, salesctl import; to look around: salesctl demo")]))  # fmt: skip
    return Report(title, _laid_out(said), data, rows, COLUMNS, page=Page(title, topics, steps))


def _blocks_of(paper: Paper, brief: Any) -> list[tuple[str, Mapping[str, str]]]:
    """The blocks: the report of a rep about a quarter or a year has its goal, forecast and win rate of that."""
    if not paper.person or brief.span.unit not in ("quarter", "year"):
        return list(paper.blocks)
    return [(name, {**how, "of": brief.span.unit} if how.get("of") == "month" else how) for name, how in paper.blocks]


def _bounded(span: Any) -> Any:
    """Raises BadValue (4) for a period without a first or a last day."""
    from salesctl.services.snapshot import bounded

    bounded(span)
    return span


def _title(brief: Any, paper: Paper) -> str:
    """What, which period with its dates, whose, in which currency, as of when."""
    label = brief.span.label(brief.lang)
    if brief.span.unit == "week":
        label = _("{week} {year}").format(week=label, year=brief.span.last.year)
    parts = [_(paper.title), label]
    whose = brief.name()
    parts += [whose] if whose else []
    parts.append(brief.code)
    if brief.as_of:
        parts.append(_("as of {day}").format(day=brief.day.isoformat()))
    elif brief.span.first <= brief.day < brief.span.last:
        parts.append(_("so far"))
    return "  ".join(parts)


def _laid_out(topics: Sequence[Topic]) -> list[Table | Topics]:
    """Matters of lines together, tables under their own title."""
    blocks: list[Table | Topics] = []
    for topic in topics:
        if topic.table is not None:
            topic.table.title = topic.label
            blocks.append(topic.table)
        elif blocks and isinstance(blocks[-1], Topics):
            blocks[-1] = Topics([*blocks[-1].topics, topic])
        else:
            blocks.append(Topics([topic]))
    return blocks


def _next(brief: Any, paper: Paper, given: Mapping[str, Any]) -> list[str]:
    """What to ask next."""
    code = brief.span.code
    verb = paper.command or f"report {paper.name}"
    verb += f" {given['person']}" if paper.person else ""
    whose = f" --team {given['team']}" if given.get("team") else ""
    steps = [f"salesctl changes -p {code}{whose}"]
    if paper.name != "gaps":
        steps.append(f"salesctl report gaps{whose}")
    file = "report" if paper.command else paper.name
    steps.append(f"salesctl {verb}{whose} -o {file}.html")
    return steps


def _flat(data: Any, path: str = "") -> list[dict[str, Any]]:
    """The figures of a block, a row each; the place of one in a list is its number from 1."""
    if isinstance(data, Mapping):
        return [row for key, one in data.items() for row in _flat(one, f"{path}.{key}" if path else str(key))]
    if isinstance(data, list):
        return [row for n, one in enumerate(data, start=1) for row in _flat(one, f"{path}.{n}" if path else str(n))]
    return [{"key": path, "value": data}]


def verb(paper: Paper) -> Callable[..., Any]:
    """The command of a report."""

    def report(**given: Any) -> None:
        from salesctl.errors import UsageError

        app = c.app_of(given["ctx"])
        if given.get("word"):
            raise UsageError(
                _("there is none called {word}").format(word=given["word"]),
                _("one of your own: salesctl report run {word}; see: salesctl report list").format(word=given["word"]),
            )
        app.out.emit(view(app, paper, given))

    parameters = [c.Parameter("ctx", c.Context)]
    if paper.person:
        who = c.Argument(metavar="REF", help=N_("The rep: ref or name."))
        parameters.append(c.Parameter("person", Annotated[str, who]))
    else:
        word = c.Argument(metavar="[NAME]", help=N_("There is nothing to name here."), hidden=True)
        parameters.append(c.Parameter("word", Annotated[c.Text, word], None))
    parameters += [c.Parameter(name, option, None) for name, option in OPTIONS if not paper.person or name not in WHOSE]
    parameters.append(c.Parameter("strict", c.Strict, False))
    return c.signed(report, parameters)
