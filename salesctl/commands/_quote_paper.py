"""The paper of a quote: rendered from a template, and the template to begin one's own from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Optional

from salesctl.commands import _common as c
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.output.views import Column, Document

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.domain.paper import Paper

Ref = Annotated[str, c.Argument(metavar="REF", help=N_("A quote, as Q5."))]
Template = Annotated[
    Optional[str],  # noqa: UP045
    c.Option("--template", metavar="FILE", help=N_("Your own template, as mine.html.j2 or mine.md.j2.")),
]
RENDER = N_(
    "A quote as a sheet to be signed, in the customer's language: -o quote.html prints on A4, -o quote.xlsx opens in a "
    "spreadsheet, and without a file it is Markdown."
)
TEMPLATE = N_("The template that quotes are rendered with, to begin your own from: HTML, or Markdown with -O md.")
EXAMPLES = """salesctl quote render Q5 -o quote.html
salesctl quote render Q5 -o quote.xlsx --lang zh
salesctl quote render Q5 --template mine.html.j2 -o quote.html"""
COLUMNS = (
    Column("position", N_("No."), "r"),
    Column("product", N_("Product")),
    Column("sku", N_("SKU")),
    Column("quantity", N_("Quantity"), "r"),
    Column("price", N_("List price"), kind="money"),
    Column("discount", N_("Discount"), "r"),
    Column("net", N_("Net"), kind="money"),
    Column("tax", N_("Tax"), "r"),
)


def register(app: c.Commands) -> None:
    """Add the verbs to the quote command."""
    app.command("render", **c.command(RENDER, EXAMPLES))(render)
    app.command(
        "template",
        **c.command(TEMPLATE, "salesctl quote template > mine.html.j2\nsalesctl quote template -O md > mine.md.j2"),
    )(template)


def render(ctx: c.Context, ref: Ref, template: Template = None) -> None:
    from salesctl.domain.paper import spoken
    from salesctl.services.base import reading
    from salesctl.store import quotes

    app_ = c.app_of(ctx)
    own = _given(app_, template) if template is not None else None
    paper = quotes.paper(app_.store, reading(app_).find("quote", ref).id)
    lang = spoken(app_.options.lang) or paper.language
    told = _("{ref} {name}, version {n}").format(ref=paper.ref, name=paper.name, n=paper.number)
    data = {**_data(paper), "language": lang}
    rows = [line._asdict() for line in paper.lines]
    forms = _forms(paper, lang) if own is None else {own[1]: lambda: _by(own, paper, lang)}
    usual = "md" if own is None else own[1]
    app_.out.emit(Document(forms, usual, data, rows, COLUMNS, told))


def _given(app_: App, path: str) -> tuple[str, str, str]:
    """A user's template: what it is called, what it makes, its text. Raises UsageError (2) where the two differ."""
    from salesctl.output.template import form_of
    from salesctl.readers.text import whole

    says = form_of(path)
    asked = None if app_.out.format in (None, "table", "text") else app_.out.format
    if asked not in (None, "md", "html"):
        raise UsageError(_("a template makes html or md, not {format}").format(format=asked))
    if says and asked and says != asked:
        raise UsageError(
            _("{path} is a template for {form}, not for {format}").format(path=path, form=says, format=asked)
        )
    return (_("standard input") if path == "-" else path), says or asked or "md", whole(path, MOST)


MOST = 1 << 20  # bytes of a template


def _forms(paper: Paper, lang: str) -> dict[str, Callable[[], str | bytes]]:
    def page(form: str) -> str:
        from salesctl.output import sheet, template

        safe = sheet.md if form == "md" else str
        return template.rendered(sheet.values(paper, lang, safe), form)

    def book() -> bytes:
        from salesctl.output.xlsx import workbook

        return workbook(paper, lang)

    return {"md": lambda: page("md"), "html": lambda: page("html"), "xlsx": book}


def _by(own: tuple[str, str, str], paper: Paper, lang: str) -> str:
    from salesctl.output import sheet, template

    name, form, source = own
    safe = sheet.md if form == "md" else str
    return template.rendered_by(name, source, sheet.values(paper, lang, safe), form)


def _data(paper: Paper) -> dict[str, Any]:
    """The paper with names in the place of positions, for scripts."""
    data = paper._asdict()
    for key in ("seller", "rep", "customer", "contact"):
        data[key] = data[key]._asdict()
    for key in ("lines", "taxes"):
        data[key] = [one._asdict() for one in data[key]]
    return data


def template(ctx: c.Context) -> None:
    from salesctl.output.template import own

    app_ = c.app_of(ctx)
    form = "md" if app_.out.format == "md" else "html"
    forms: dict[str, Callable[[], str | bytes]] = {"html": lambda: own("html"), "md": lambda: own("md")}
    app_.out.emit(Document(forms, "html", {"format": form, "body": own(form)}))
