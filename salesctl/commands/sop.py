"""salesctl sop: the sales process as standard work; shown, edited, checked, loaded, compared, made stricter."""

from __future__ import annotations

from typing import Annotated, Optional

from salesctl.commands import _common as c
from salesctl.i18n import N_, _
from salesctl.output.views import Message, Screen

app = c.Commands()
Stage = Annotated[Optional[str], c.Argument(metavar="[STAGE]", help=N_("One stage; the whole process if none."))]  # noqa: UP045
Version = Annotated[Optional[int], c.Option("--version", metavar="N", help=N_("An older version."))]  # noqa: UP045
File = Annotated[Optional[str], c.Argument(metavar="[FILE]", help=N_("A TOML file; - reads standard input."))]  # noqa: UP045
Default = Annotated[bool, c.Option("--default", help=N_("The SOP that comes with salesctl, in your language."))]
MoveTo = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--move-to", metavar="STAGE", help=N_("Where the open deals of stages that go are moved.")),
]
Old = Annotated[
    Optional[str],  # noqa: UP045
    c.Argument(metavar="[OLD]", help=N_("A version or a file; the newest but one if none.")),
]
New = Annotated[Optional[str], c.Argument(metavar="[NEW]", help=N_("A version or a file; the newest if none."))]  # noqa: UP045
Impact = Annotated[bool, c.Option("--impact", help=N_("List the open deals that would now be held up."))]
Mode = Annotated[str, c.Argument(metavar="block|warn|off", help=N_("How strict."))]
Place = Annotated[
    Optional[str],  # noqa: UP045
    c.Argument(metavar="[STAGE[.ITEM]]", help=N_("Where: a stage, or one item of it; everywhere if none.")),
]
Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A deal, or a stage task as TK3."))]
Task = Annotated[
    Optional[str],  # noqa: UP045
    c.Argument(metavar="[TASK]", help=N_("Which task of the deal: its key or its name.")),
]


@app.command("show", **c.command(N_("Show the standard work of a process: aims, tasks, what must be there, tools, figures."), "salesctl sop show\nsalesctl sop show 报价\nsalesctl sop show Quote --json"))  # fmt: skip
def show(ctx: c.Context, stage: Stage = None, pipeline: c.PipelineOption = None, version: Version = None) -> None:
    from salesctl.commands import _sop

    app_ = c.app_of(ctx)
    app_.out.emit(_sop.shown(app_, stage, pipeline, version))


@app.command("list", **c.command(N_("The versions of a SOP, newest first."), "salesctl sop list"))
def listing(ctx: c.Context, pipeline: c.PipelineOption = None) -> None:
    from salesctl.commands import _sop

    app_ = c.app_of(ctx)
    app_.out.emit(_sop.versions(app_, pipeline))


@app.command("export", **c.command(N_("The text of a SOP, as TOML, to standard output."), "salesctl sop export > sop.toml\nsalesctl sop export --version 2"))  # fmt: skip
def export(
    ctx: c.Context, pipeline: c.PipelineOption = None, version: Version = None, default: Default = False
) -> None:
    from salesctl.commands import _sop

    app_ = c.app_of(ctx)
    text = _sop.default_text(app_) if default else _sop.text_of(app_, pipeline, version)
    app_.out.emit(Screen(text.rstrip("\n").split("\n"), {"body": text}, text_in_pipe=True))


@app.command("lint", **c.command(N_("Check a SOP file: every fault with its line and reason, all at once; nothing is loaded."), "salesctl sop lint sop.toml\nsalesctl sop export --default | salesctl sop lint -"))  # fmt: skip
def lint(ctx: c.Context, file: File = None, default: Default = False) -> None:
    from salesctl.commands import _sop
    from salesctl.services import sop

    app_ = c.app_of(ctx)
    text, name = _sop.given(app_, file, default)
    plan = sop.checked(text, name, app_.store)
    line = _("{name} is sound: {n} stages").format(name=name, n=len(plan["stage"]))
    app_.out.emit(Message(None, [line], {"name": name, "stages": len(plan["stage"]), "faults": []}))


@app.command("load", **c.command(N_("Load a SOP file as the next version; its stages become those of the process."), "salesctl sop load sop.toml\nsalesctl sop load sop.toml --move-to Quote --note \"no demo stage any more\""))  # fmt: skip
def load(
    ctx: c.Context,
    file: File = None,
    pipeline: c.PipelineOption = None,
    move_to: MoveTo = None,
    note: c.NoteOption = None,
    default: Default = False,
) -> None:
    from salesctl.commands import _sop
    from salesctl.services import sop

    app_ = c.app_of(ctx)
    text, name = _sop.given(app_, file, default)
    app_.out.emit(_sop.loaded(sop.load(app_, text, name, pipeline, move_to, c.note_text(note))))


@app.command("edit", **c.command(N_("Edit a SOP in your editor; what is saved is checked and becomes the next version."), "salesctl sop edit\nEDITOR=nano salesctl sop edit --pipeline Renewals"))  # fmt: skip
def edit(ctx: c.Context, pipeline: c.PipelineOption = None, move_to: MoveTo = None, note: c.NoteOption = None) -> None:
    from salesctl.commands import _sop

    app_ = c.app_of(ctx)
    done = _sop.edited(app_, pipeline, move_to, c.note_text(note))
    app_.out.emit(_sop.loaded(done))


@app.command("diff", **c.command(N_("What differs between two versions, or between a version and a file; --impact lists the deals that would be held up."), "salesctl sop diff\nsalesctl sop diff 1 3\nsalesctl sop diff sop.toml --impact"))  # fmt: skip
def diff(
    ctx: c.Context, old: Old = None, new: New = None, pipeline: c.PipelineOption = None, impact: Impact = False
) -> None:
    from salesctl.commands import _sop

    app_ = c.app_of(ctx)
    app_.out.emit(_sop.compared(app_, old, new, pipeline, impact))


@app.command("enforce", **c.command(N_("How strict the SOP is: block refuses a move, warn counts what is missing, off says nothing."), "salesctl sop enforce block\nsalesctl sop enforce warn Quote\nsalesctl sop enforce off 报价.price_check"))  # fmt: skip
def enforce(ctx: c.Context, mode: Mode, place: Place = None, pipeline: c.PipelineOption = None) -> None:
    from salesctl.services import sop

    app_ = c.app_of(ctx)
    ref, number, key = sop.enforce(app_, mode, place, pipeline)
    line = _("{name}: {place} is {mode}, version {n}").format(name=ref.name, place=key, mode=mode, n=number)
    record = {"pipeline": ref.name, "pipeline_ref": ref.code, "version": number, "place": key, "mode": mode}
    app_.out.emit(Message(ref.code, [line], record))


@app.command("tasks", **c.command(N_("The stage tasks of all deals in one list; open ones unless the words say otherwise."), "salesctl sop tasks\nsalesctl sop tasks owner:me due:..today\nsalesctl sop tasks deal:D7 --all"))  # fmt: skip
def tasks(
    ctx: c.Context,
    words: c.Words = None,
    where: c.Where = None,
    owner: c.Owner = None,
    team: c.Team = None,
    everything: c.Everything = False,
    sort: c.Sort = None,
    limit: c.Limit = None,
) -> None:
    from salesctl.commands._standard import show_list
    from salesctl.domain.task import TASK

    given = {"words": words, "where": where, "owner": owner, "team": team, "everything": everything}
    show_list(c.app_of(ctx), TASK, {**given, "sort": sort or "due", "limit": limit})


@app.command("tick", **c.command(N_("Tick a stage task off: by its ref, or by its deal and its name."), "salesctl sop tick TK3\nsalesctl sop tick D7 price_check\nsalesctl sop tick D7 合同评审 --note \"legal is fine with it\""))  # fmt: skip
def tick(ctx: c.Context, ref: Ref, task: Task = None, note: c.NoteOption = None) -> None:
    from salesctl.commands import _sop
    from salesctl.services import sop

    app_ = c.app_of(ctx)
    app_.out.emit(_sop.ticked(app_, sop.tick(app_, ref, task, c.note_text(note)), _("ticked off")))


@app.command("untick", **c.command(N_("Open a stage task again that was ticked off."), "salesctl sop untick TK3"))
def untick(ctx: c.Context, ref: Ref, task: Task = None) -> None:
    from salesctl.commands import _sop
    from salesctl.services import sop

    app_ = c.app_of(ctx)
    app_.out.emit(_sop.ticked(app_, sop.tick(app_, ref, task, None, undo=True), _("open again")))
