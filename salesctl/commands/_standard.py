"""The verbs every noun has, made from its declaration: add, list, show, edit, archive, restore, history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Optional

from salesctl.commands import _common as c
from salesctl.commands._fields import card, columns, example, full, pairs, typed, worked_out, written
from salesctl.domain.filter import parse
from salesctl.domain.kinds import Choice
from salesctl.domain.noun import Field, Noun
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Message, Screen, Table


def noun_app(noun: Noun, **own: Callable[..., Any]) -> c.Commands:
    """The standard verbs of a noun; `own` replaces one of them by name."""
    app = c.Commands()
    makers = {"list": _list, "add": adding, "show": _show, "edit": _edit}
    makers |= {"archive": _archive, "restore": _restore, "history": _history}
    for verb, maker in makers.items():
        function, about = own.get(verb), None
        made, about = maker(noun)
        app.command(verb, **about)(function or made)
    return app


def _field_options(noun: Noun) -> list[c.Parameter]:
    found = []
    for field in noun.fields:
        if field.fixed or field.key == noun.title:
            continue
        option = c.Option(
            f"--{field.key.replace('_', '-')}",
            metavar=_metavar(field),
            help=field.help or field.label,
            complete=playbooks if field.key == "playbook" else None,
        )
        found.append(c.Parameter(f"f_{field.key}", Annotated[Optional[str], option], None))  # noqa: UP045
    return found


def playbooks(app: Any, incomplete: str) -> list[str]:
    """What a shell offers for --playbook: those of the SOPs."""
    from salesctl.store.sops import playbooks as known

    return [one for one in (known(app.store) if app.store.exists else []) if one.startswith(incomplete)]


def _metavar(field: Field) -> str:
    if isinstance(field.kind, Choice):
        return "|".join(field.kind.labels) if len(field.kind.labels) < 5 else "CHOICE"
    return {"money": "AMOUNT", "date": "DATE", "ref": "NAME", "int": "N", "percent": "N", "tags": "a,b"}.get(
        field.kind.name, "TEXT"
    )


Pairs = Annotated[list[str] | None, c.Argument(metavar="[FIELD=VALUE]...", help=N_("Fields, as industry=steel."))]


def adding(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The verb that adds a record of a noun, and what its registration says."""

    def add(**given: Any) -> None:
        app = c.app_of(given["ctx"])
        texts: dict[str, str | None] = {noun.title: given["name"]}
        texts |= typed(given) | {word: text for word, _mark, text in pairs(noun, given["pairs"] or [], given["name"])}
        from salesctl.services import record as service

        values = service.add(app, noun, texts, similar=given["allow_similar"])
        app.out.emit(written(app, noun, values, _("added"), _notes(app, noun, values, texts)))

    name = Annotated[str, c.Argument(metavar="NAME", help=N_("What it is called."))]
    head = [c.Parameter("ctx", c.Context), c.Parameter("name", name), c.Parameter("pairs", Pairs, None)]
    made = c.signed(add, [*head, *_field_options(noun), c.Parameter("allow_similar", c.Similar, False)])
    return made, c.command(ADD_HELP, example(noun, "add"))


Beside = Callable[[Any, Mapping[str, Any]], "Callable[[Any, int], None] | None"]


def _edit(
    noun: Noun, more: Sequence[c.Parameter] = (), beside: Beside | None = None
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The edit of a noun; a noun with options of its own says by `beside` what they write in the same unit."""

    def edit(**given: Any) -> None:
        app = c.app_of(given["ctx"])
        changes = [(word, "=", text or "") for word, text in typed(given).items()]
        changes += pairs(noun, given["pairs"] or [], given["ref"])
        also = beside(app, given) if beside else None
        if not changes and also is None:
            raise UsageError(
                _("nothing to change"), _("as: salesctl {name} edit REF field=value").format(name=noun.name)
            )
        from salesctl.services import record as service

        values = service.edit(app, noun, given["ref"], changes, similar=given["allow_similar"], beside=also)
        notes = _notes(app, noun, values, [word for word, _mark, _text in changes])
        app.out.emit(written(app, noun, values, _("changed"), notes))

    ref = Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]
    own = Annotated[Optional[str], c.Option(f"--{noun.title}", metavar="TEXT", help=noun.by_key[noun.title].label)]  # noqa: UP045
    head = [c.Parameter("ctx", c.Context), c.Parameter("ref", ref), c.Parameter("pairs", Pairs, None)]
    if not noun.by_key[noun.title].fixed:
        head.append(c.Parameter(f"f_{noun.title}", own, None))
    tail = [*more, c.Parameter("allow_similar", c.Similar, False)]
    return c.signed(edit, [*head, *_field_options(noun), *tail]), c.command(EDIT_HELP, example(noun, "edit"))


def edit_with(noun: Noun, options: Mapping[str, Any], beside: Beside) -> Callable[..., Any]:
    """The edit of a noun with options of its own: name -> annotation, each None unless it is given."""
    return _edit(noun, [c.Parameter(name, annotation, None) for name, annotation in options.items()], beside)[0]


def _notes(app: Any, noun: Noun, values: Mapping[str, Any], words: Iterable[str]) -> list[str]:
    """What is to be said of values that were just typed: a playbook that the SOP does not know."""
    typed_ = {found.key for word in words if (found := noun.lookup(word))}
    if noun.name != "deal" or "playbook" not in typed_ or not values["playbook"]:
        return []
    from salesctl.store.sops import sop_of

    sop = sop_of(app.store, int(values["pipeline_ref"][2:]) if values["pipeline_ref"] else None)
    if sop is None or not sop.playbooks or values["playbook"] in sop.playbooks:
        return []
    known = ", ".join(sop.playbooks)
    return [_("{name} is no playbook of the SOP; it has: {known}").format(name=values["playbook"], known=known)]


def _list(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def listing(**given: Any) -> None:
        show_list(c.app_of(given["ctx"]), noun, given)

    parameters = [c.Parameter("ctx", c.Context), c.Parameter("words", c.Words, None)]
    parameters += [c.Parameter("where", c.Where, None), c.Parameter("as_of", c.AsOf, None)]
    if "owner" in noun.by_key:
        parameters += [c.Parameter("owner", c.Owner, None), c.Parameter("team", c.Team, None)]
    if noun.name in ("deal", "stage"):
        parameters.append(c.Parameter("pipeline", c.PipelineOption, None))
    if noun.name in OF_DEAL:
        parameters.append(c.Parameter("customer", c.CustomerOption, None))
    parameters += [c.Parameter("everything", c.Everything, False), c.Parameter("sort", c.Sort, None)]
    parameters.append(c.Parameter("limit", c.Limit, None))
    return c.signed(listing, parameters), c.command(LIST_HELP, example(noun, "list"))


def show_list(app: Any, noun: Noun, given: Mapping[str, Any]) -> None:
    """A list of a noun: the words, whose, as of when, in which order, how many."""
    from salesctl.store import records

    where, today = conditions(app, noun, given)
    shown = c.most_of(given["limit"], c.SHOWN if app.out.human else 0)
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
    from salesctl.services.base import me, reading
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
    if given.get("customer") and app.store.exists:
        from salesctl.store import quoting

        quoting.of_customer(where, reading(app).find("customer", given["customer"]).id)
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
    def show(ctx: c.Context, ref: Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]) -> None:
        app = c.app_of(ctx)
        from salesctl.services.base import reading

        show_record(app, noun, reading(app).find(noun.name, ref).id)

    return show, c.command(SHOW_HELP, example(noun, "show"))


def show_record(app: Any, noun: Noun, id: int) -> None:
    """One record: its screen where it has one, else its fields, a line each."""
    from salesctl.store import records

    values = full(app, noun, records.get(app.store, noun, id))
    if noun.name in SCREENS:
        module = import_module(f"salesctl.commands.{SCREENS[noun.name]}")
        app.out.emit(getattr(module, noun.name)(app, values))
        return
    app.out.emit(Screen(card(noun, values), values, rows=[values], columns=columns(noun), text_in_pipe=False))


Refs = Annotated[list[str], c.Argument(metavar="REF...", help=N_("Refs or names."))]


def _archive(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def archive(ctx: c.Context, refs: Refs) -> None:
        from salesctl.services import record as service

        said: list[str] = []
        archived(c.app_of(ctx), noun, refs, lambda app, texts: service.archive(app, noun, texts, said), said)

    return c.signed(archive, _refs()), c.command(ARCHIVE_HELP, example(noun, "archive"))


def _restore(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def restore(ctx: c.Context, refs: Refs) -> None:
        from salesctl.services import record as service

        _several(c.app_of(ctx), noun, refs, _("restored"), lambda app, texts: service.restore(app, noun, texts))

    return c.signed(restore, _refs()), c.command(RESTORE_HELP, example(noun, "restore"))


def _refs() -> list[c.Parameter]:
    return [c.Parameter("ctx", c.Context), c.Parameter("refs", Refs)]


Act = Callable[[Any, list[str]], list[dict[str, Any]]]


def archived(app: Any, noun: Noun, refs: list[str], act: Act, said: Sequence[str] = ()) -> None:
    """Put records away by `act`, after a question where they are many; `said` is what it did beside, once it is done."""
    _several(app, noun, refs, _("archived"), act, said)


def _several(app: Any, noun: Noun, refs: list[str], word: str, act: Act, said: Sequence[str] = ()) -> None:
    if len(refs) >= 3 and not app.out.confirm(_("{n} records: go on?").format(n=len(refs)), app.yes):
        raise c.Exit(0)
    done = act(app, refs)
    records = [full(app, noun, one) for one in done]
    named = ", ".join(f"{one['ref']} {one[noun.title]}" for one in done)
    record = records[0] if len(done) == 1 else records
    app.out.emit(Message("\n".join(one["ref"] for one in done), [f"{word}  {named}"], record, list(said)))


def _history(noun: Noun) -> tuple[Callable[..., Any], dict[str, Any]]:
    def history(ctx: c.Context, ref: Annotated[str, c.Argument(metavar="REF", help=N_("A ref or a name."))]) -> None:
        from salesctl.commands import _screens

        _screens.history(c.app_of(ctx), noun, ref)

    return history, c.command(HISTORY_HELP, example(noun, "history"))


OF_DEAL = ("need", "solution", "quote")  # nouns whose lists are asked for by customer too
SCREENS = {  # nouns with a screen of their own: noun -> module
    "deal": "_screens",
    "customer": "_screens",
    "lead": "_lead_show",
    "approval": "_approvals",
    "contract": "_contract",
    "solution": "_solution",
    "quote": "_quote",
}
ADD_HELP = N_("Add one. The first argument is its name; fields follow as field=value or as options.")
LIST_HELP = N_("List them. Words filter: space is and, comma is or, not: is not, a..b is a range.")
SHOW_HELP = N_("Show one, with what belongs to it.")
EDIT_HELP = N_("Change fields of one: field=value sets, field= clears, tags+=x and tags-=y add and take away.")
ARCHIVE_HELP = N_("Put away, out of the lists; never deleted.")
RESTORE_HELP = N_("Take back what was archived.")
HISTORY_HELP = N_("What was done to it, newest first: when, by whom, from what to what.")
