"""The verbs every noun has, made from its declaration: add, list, show, edit, archive, restore, history."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Optional

import typer

from salesctl.commands import _common as c
from salesctl.domain.filter import parse
from salesctl.domain.kinds import Amount, Choice, Reference
from salesctl.domain.noun import Field, Noun
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Message, Screen, Table
from salesctl.services import record as service

MARKS = ("+=", "-=", "=", ":")


def noun_app(noun: Noun, **own: Callable[..., Any]) -> typer.Typer:
    """A Typer of the standard verbs of a noun; `own` replaces one of them by name."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    makers = {"list": _list, "add": _add, "show": _show, "edit": _edit}
    makers |= {"archive": _archive, "restore": _restore, "history": _history}
    for verb, maker in makers.items():
        function, about = own.get(verb), None
        made, about = maker(noun)
        app.command(verb, **about)(function or made)
    return app


def columns(noun: Noun) -> list[Column]:
    """The keys of a noun's records: its ref, its fields, and who made and changed it when."""
    found = [Column("ref", N_("Ref")), Column("id", N_("Id"), screen=False)]
    for field in noun.fields:
        found += field_columns(field, grow=field.key == noun.title)
    found += [Column(key, key, screen=False) for key in more_keys(noun)]
    tail = ("version", "created_at", "created_by", "updated_at", "archived_at", "source", "external_id")
    return found + [Column(key, key, screen=False) for key in tail]


def more_keys(noun: Noun) -> tuple[str, ...]:
    """Keys that are worked out for a noun's records."""
    return ("idle_days", "stage_days") if noun.name == "deal" else ()


def field_columns(field: Field, grow: bool = False) -> Iterator[Column]:
    kind = "money" if isinstance(field.kind, Amount) else ""
    show: Callable[[Any], str] | None = stage_name if field.key == "stage" else None
    if isinstance(field.kind, Choice):
        show = said_by(field.kind)
    yield Column(field.key, field.label, field.kind.align, kind, grow, screen=field.screen, show=show)
    if isinstance(field.kind, Reference):
        yield Column(f"{field.key}_ref", field.label, screen=False)


def said_by(kind: Choice) -> Callable[[Any], str]:
    """How a choice is said to people."""
    return lambda code: _(kind.labels.get(code, str(code)))


def stage_name(name: Any) -> str:
    """A default stage in the language of the answer, another as it is called."""
    from salesctl.domain.stage import SHORT, Step

    for key in SHORT:
        step = Step(0, str(name), key, 0, None, "open")
        if step.shown != name:
            return step.shown
    return str(name)


def worked_out(app: Any, noun: Noun, values: dict[str, Any], raw: Mapping[str, Any], today: Any) -> dict[str, Any]:
    """The record with the keys that are worked out from it."""
    if noun.name == "deal":
        from salesctl.domain.kinds import INSTANT
        from salesctl.services.base import local_now

        zone = local_now(app).tzinfo
        for key, column in (("idle_days", "touched_at"), ("stage_days", "stage_at")):
            since = INSTANT.unpack(raw, column)
            values[key] = None if since is None else (today - since.astimezone(zone).date()).days
    return values


def full(app: Any, noun: Noun, values: dict[str, Any]) -> dict[str, Any]:
    """A record as every command gives it to scripts: the same keys as in a list."""
    from salesctl.services.base import today
    from salesctl.store.records import raw

    worked = worked_out(app, noun, dict(values), raw(app.store, noun, values["id"]), today(app))
    return {column.key: worked.get(column.key) for column in columns(noun)}


def _field_options(noun: Noun) -> list[inspect.Parameter]:
    found = []
    for field in noun.fields:
        if field.fixed or field.key == noun.title:
            continue
        option = typer.Option(
            f"--{field.key.replace('_', '-')}", metavar=_metavar(field), help=field.help or field.label
        )
        found.append(_parameter(f"f_{field.key}", Annotated[Optional[str], option], None))  # noqa: UP045
    return found


def _metavar(field: Field) -> str:
    if isinstance(field.kind, Choice):
        return "|".join(field.kind.labels) if len(field.kind.labels) < 5 else "CHOICE"
    return {"money": "AMOUNT", "date": "DATE", "ref": "NAME", "int": "N", "percent": "N", "tags": "a,b"}.get(
        field.kind.name, "TEXT"
    )


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def signed(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    """The function with the parameters that Typer is to see."""
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {one.name: one.annotation for one in parameters}
    return function


Pairs = Annotated[list[str] | None, typer.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields, as industry=steel."))]


def _add(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def add(**given: Any) -> None:
        app = c.app_of(given["ctx"])
        texts: dict[str, str | None] = {noun.title: given["name"]}
        texts |= typed(given) | {word: text for word, _mark, text in pairs(noun, given["pairs"] or [], given["name"])}
        values = service.add(app, noun, texts, similar=given["allow_similar"])
        app.out.emit(written(app, noun, values, _("added")))

    name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What it is called."))]
    head = [_parameter("ctx", typer.Context), _parameter("name", name), _parameter("pairs", Pairs, None)]
    made = signed(add, [*head, *_field_options(noun), _parameter("allow_similar", c.Similar, False)])
    return made, c.command(ADD_HELP, example(noun, "add"))


def _edit(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def edit(**given: Any) -> None:
        app = c.app_of(given["ctx"])
        changes = [(word, "=", text or "") for word, text in typed(given).items()]
        changes += pairs(noun, given["pairs"] or [], given["ref"])
        if not changes:
            raise UsageError(
                _("nothing to change"), _("as: salesctl {name} edit REF field=value").format(name=noun.name)
            )
        values = service.edit(app, noun, given["ref"], changes, similar=given["allow_similar"])
        app.out.emit(written(app, noun, values, _("changed")))

    ref = Annotated[str, typer.Argument(metavar="REF", help=N_("A ref or a name."))]
    own = Annotated[Optional[str], typer.Option(f"--{noun.title}", metavar="TEXT", help=noun.by_key[noun.title].label)]  # noqa: UP045
    head = [_parameter("ctx", typer.Context), _parameter("ref", ref), _parameter("pairs", Pairs, None)]
    if not noun.by_key[noun.title].fixed:
        head.append(_parameter(f"f_{noun.title}", own, None))
    made = signed(edit, [*head, *_field_options(noun), _parameter("allow_similar", c.Similar, False)])
    return made, c.command(EDIT_HELP, example(noun, "edit"))


def typed(given: Mapping[str, Any]) -> dict[str, str | None]:
    """The field options that were given; a note of "-" is read from standard input."""
    found = {key[2:]: value for key, value in given.items() if key.startswith("f_") and value is not None}
    if found.get("note") == "-":
        found["note"] = c.note_text("-")
    return found


def pairs(noun: Noun, words: list[str], name: str) -> list[tuple[str, str, str]]:
    """`field=value` words as (field, mark, value); a stray word means that a quote was forgotten."""
    found = []
    for word in words:
        places = [(word.find(mark), -len(mark), mark) for mark in (*MARKS, "：", "＝") if word.find(mark) > 0]
        if not places:
            quoted = f'"{name} {word}"'
            raise UsageError(
                _("{word} is no field=value").format(word=service_word(word)),
                _("was it a name? then quote it: {quoted}").format(quoted=service_word(quoted)),
            )
        place, _size, mark = min(places)
        found.append((word[:place], {":": "=", "：": "=", "＝": "="}.get(mark, mark), word[place + len(mark) :]))
    return found


def service_word(text: str) -> str:
    from salesctl.text import clean, crop

    return clean(crop(text, 60))


def written(app: Any, noun: Noun, values: dict[str, Any], verb: str) -> Message:
    """The answer to a write on one record."""
    ref = str(values["ref"])
    notes = []
    if noun.name == "deal" and verb == _("added") and values.get("amount") and not app.store.meta("currency"):
        notes.append(_("no currency is set, so amounts are in {code}").format(code=values["amount"].currency))
    line = f"{verb}  {ref}  {values[noun.title]}{details(noun, values)}"
    return Message(ref, [line, *notes], full(app, noun, values))


def details(noun: Noun, values: Mapping[str, Any]) -> str:
    """The fields worth saying in a confirmation, exact."""
    from salesctl.money import exact

    parts = []
    for field in noun.fields:
        value = values.get(field.key)
        if not field.screen or field.key == noun.title or value in (None, "", []):
            continue
        if hasattr(value, "minor"):
            parts.append(exact(value))
        elif field.key == "stage":
            parts.append(stage_name(value))
        elif isinstance(field.kind, Choice):
            parts.append(_(field.kind.labels.get(str(value), str(value))))
        else:
            parts.append(str(value))
    return "  " + "  ".join(parts) if parts else ""


def _list(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def listing(**given: Any) -> None:
        show_list(c.app_of(given["ctx"]), noun, given)

    parameters = [_parameter("ctx", typer.Context), _parameter("words", c.Words, None)]
    parameters += [_parameter("where", c.Where, None), _parameter("as_of", c.AsOf, None)]
    if "owner" in noun.by_key:
        parameters += [_parameter("owner", c.Owner, None), _parameter("team", c.Team, None)]
    if noun.name in ("deal", "stage"):
        parameters.append(_parameter("pipeline", c.PipelineOption, None))
    parameters += [_parameter("everything", c.Everything, False), _parameter("sort", c.Sort, None)]
    parameters.append(_parameter("limit", c.Limit, None))
    return signed(listing, parameters), c.command(LIST_HELP, example(noun, "list"))


def show_list(app: Any, noun: Noun, given: Mapping[str, Any]) -> None:
    """A list of a noun: the words, whose, as of when, in which order, how many."""
    from salesctl.store import records

    where, today = conditions(app, noun, given)
    limit = given["limit"]
    if limit is not None and limit < 0:
        raise UsageError(_("-n takes 0 or more"))
    shown = limit if limit is not None else (c.SHOWN if app.out.human else 0)
    rows = (
        worked_out(app, noun, values, raw, today)
        for values, raw in records.page(app.store, noun, where, given["sort"] or "", shown)
    )
    total = records.count(app.store, noun, where) if app.out.human and shown else None
    empty = _("nothing yet: salesctl demo shows how it looks") if not app.store.exists else _("nothing found")
    app.out.emit(Table(rows, columns(noun), empty=empty, total=total))


def conditions(app: Any, noun: Noun, given: Mapping[str, Any]) -> tuple[Any, Any]:
    """The Where of a list's words and options, and the day ages count from."""
    from salesctl.services import scope
    from salesctl.services.base import me
    from salesctl.store.filtering import Compiler

    at, instant, today = scope.moment(app, given.get("as_of"))
    words = list(given.get("words") or [])
    if given.get("where"):
        words.append(given["where"])
    found = parse(words)
    mine = me(app)
    compiler = Compiler(app.store, noun, at, me=mine.id if mine else None)
    if not app.store.exists:
        check_words(noun, found)
    where = compiler.where(found, everything=bool(given.get("everything")), as_of=instant)
    limit_to(app, where, given.get("owner"), given.get("team"), given.get("pipeline"))
    return where, today


def check_words(noun: Noun, found: Any) -> None:
    """Without a store the words are still checked for the fields they name."""
    from salesctl.store.filtering import COMPUTED

    extra = {"ref", "id", "created_at", "updated_at", "archived_at", *COMPUTED.get(noun.name, ())}
    for condition in found:
        if condition.field and condition.field not in extra:
            noun.field(condition.field)


def limit_to(app: Any, where: Any, owner: str | None, team: str | None, pipeline: str | None) -> None:
    """--owner, --team and --pipeline as conditions on `t`."""
    from salesctl.services.base import reading

    if not app.store.exists:
        return
    if owner and owner != "all":
        where.add(f"t.owner_id = {where.name(reading(app).find('rep', owner).id)}")
    if team:
        id = where.name(reading(app).find("team", team).id)
        where.add(f"t.owner_id IN (SELECT r.id FROM rep r WHERE r.team_id = {id})")
    if pipeline:
        where.add(f"t.pipeline_id = {where.name(reading(app).find('pipeline', pipeline).id)}")


def _show(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def show(
        ctx: typer.Context, ref: Annotated[str, typer.Argument(metavar="REF", help=N_("A ref or a name."))]
    ) -> None:
        app = c.app_of(ctx)
        from salesctl.services.base import reading

        show_record(app, noun, reading(app).find(noun.name, ref).id)

    return show, c.command(SHOW_HELP, example(noun, "show"))


def show_record(app: Any, noun: Noun, id: int) -> None:
    """One record: its screen where it has one, else its fields, a line each."""
    from salesctl.store import records

    values = full(app, noun, records.get(app.store, noun, id))
    if noun.name in ("deal", "customer"):
        from salesctl.commands import _screens

        app.out.emit(getattr(_screens, noun.name)(app, values))
        return
    app.out.emit(Screen(card(noun, values), values, rows=[values], columns=columns(noun), text_in_pipe=False))


def card(noun: Noun, values: Mapping[str, Any]) -> list[str]:
    """A record as lines of label and value; what is empty is left out."""
    from salesctl.money import exact
    from salesctl.text import pad, width

    rows = []
    for column in columns(noun):
        value = values.get(column.key)
        if column.key.endswith("_ref") or column.key in ("ref", "id", "version", noun.title) or value in (None, "", []):
            continue
        text = exact(value) if hasattr(value, "minor") else column.show(value) if column.show else None
        if text is None:
            text = ", ".join(value) if isinstance(value, list) else str(value)
        ref = values.get(f"{column.key}_ref")
        label = _(column.label) if column.label != column.key else _(TAIL_LABELS.get(column.key, column.key))
        rows.append((label, f"{text} ({ref})" if ref else text))
    left = max((width(label) for label, _text in rows), default=0)
    head = f"{values['ref']} {values[noun.title]}"
    return [head, *(f"  {pad(label, left)}  {text}" for label, text in rows)]


TAIL_LABELS = {
    "created_at": N_("Added"),
    "created_by": N_("Added by"),
    "updated_at": N_("Changed"),
    "archived_at": N_("Archived"),
    "source": N_("Source"),
    "external_id": N_("External id"),
    "idle_days": N_("Idle days"),
    "stage_days": N_("Days in stage"),
}
Refs = Annotated[list[str], typer.Argument(metavar="REF...", help=N_("Refs or names."))]


def _archive(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def archive(ctx: typer.Context, refs: Refs) -> None:
        _several(c.app_of(ctx), noun, service.archive, refs, _("archived"))

    return signed(archive, _refs()), c.command(ARCHIVE_HELP, example(noun, "archive"))


def _restore(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def restore(ctx: typer.Context, refs: Refs) -> None:
        _several(c.app_of(ctx), noun, service.restore, refs, _("restored"))

    return signed(restore, _refs()), c.command(RESTORE_HELP, example(noun, "restore"))


def _refs() -> list[inspect.Parameter]:
    return [_parameter("ctx", typer.Context), _parameter("refs", Refs)]


def _several(app: Any, noun: Noun, verb: Any, refs: list[str], word: str) -> None:
    if len(refs) >= 3 and not app.out.confirm(_("{n} records: go on?").format(n=len(refs)), app.yes):
        raise typer.Exit(0)
    done = verb(app, noun, refs)
    records = [full(app, noun, one) for one in done]
    named = ", ".join(f"{one['ref']} {one[noun.title]}" for one in done)
    app.out.emit(
        Message("\n".join(one["ref"] for one in done), [f"{word}  {named}"], records[0] if len(done) == 1 else records)
    )


def _history(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def history(
        ctx: typer.Context, ref: Annotated[str, typer.Argument(metavar="REF", help=N_("A ref or a name."))]
    ) -> None:
        from salesctl.commands import _screens

        _screens.history(c.app_of(ctx), noun, ref)

    return history, c.command(HISTORY_HELP, example(noun, "history"))


ADD_HELP = N_("Add one. The first argument is its name; fields follow as field=value or as options.")
LIST_HELP = N_("List them. Words filter: space is and, comma is or, not: is not, a..b is a range.")
SHOW_HELP = N_("Show one, with what belongs to it.")
EDIT_HELP = N_("Change fields of one: field=value sets, field= clears, tags+=x and tags-=y add and take away.")
ARCHIVE_HELP = N_("Put away, out of the lists; never deleted.")
RESTORE_HELP = N_("Take back what was archived.")
HISTORY_HELP = N_("What was done to it, newest first: when, by whom, from what to what.")

EXAMPLES: dict[str, tuple[str, str, str, str]] = {
    "customer": (
        "Acme Corp",
        "industry=steel region=north class=key",
        "industry:steel class:key",
        "industry=chemicals",
    ),
    "contact": ("Anna Keller", "customer=Acme phone=+4930123456 role=decides", "customer:Acme", "role=buys"),
    "deal": (
        "Pump order",
        "--customer Acme --amount 48k --expected-close eom",
        "stage:quote amount:10k..",
        "amount=52k",
    ),
    "product": ("Pump X1", "sku=X1 category=pumps list_price=1200", "category:pumps", "list_price=1250"),
    "rep": ("Sofia Lind", "team=North region=north", "team:North", "manager=Anna"),
    "team": ("North", "region=north", "region:north", "manager=Anna"),
    "pipeline": ("Renewals", 'note="contracts that run out"', "Renewals", 'note="yearly"'),
    "stage": ("Trial", "pipeline=Renewals probability=40 idle_limit=10", "pipeline:Renewals", "probability=45"),
    "followup": ("Call about the quote", "type=call deal=D7 due=fri", "status:planned due:..today", "due=+3d"),
    "goal": ("revenue", "900k -p 2026Q4", "2026Q4", 'reason="new market"'),
}


def example(noun: Noun, verb: str) -> str:
    """Two lines that can be pasted."""
    name, fields, words, change = EXAMPLES[noun.name]
    ref = f"{noun.prefix}1"
    quoted = f'"{name}"' if " " in name else name
    lines = {
        "add": f"salesctl {noun.name} add {quoted} {fields}",
        "list": f"salesctl {noun.name} {words}\nsalesctl {noun.name} list --json --fields ref,{noun.title}",
        "show": f"salesctl {noun.name} show {ref}\nsalesctl {noun.name} show {quoted} --json",
        "edit": f"salesctl {noun.name} edit {ref} {change}",
        "archive": f"salesctl {noun.name} archive {ref}",
        "restore": f"salesctl {noun.name} restore {ref}",
        "history": f"salesctl {noun.name} history {ref}",
    }
    return lines[verb]
