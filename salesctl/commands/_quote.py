"""One quote as it is shown: its lines, its sums, how far it is off the list; and the answers to what is done with it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesctl.commands import _common as c
from salesctl.commands._fields import columns, full, pairs
from salesctl.domain.quote import QUOTE, STATUS
from salesctl.errors import UsageError
from salesctl.i18n import N_, _
from salesctl.money import Money, exact
from salesctl.output.views import Column, Message, Screen, Table
from salesctl.plain import replace
from salesctl.store import quoting

if TYPE_CHECKING:
    from datetime import date

    from salesctl.services.quote import Quoted
    from salesctl.services.quote_answer import Done
    from salesctl.services.quote_wish import Wish

Values = dict[str, Any]
VERBS = {"added": N_("added"), "changed": N_("changed"), "revised": N_("revised")}
LINE = (
    Column("position", N_("No."), "r"),
    Column("product", N_("Product"), grow=True),
    Column("product_ref", N_("Product"), screen=False),
    Column("sku", N_("SKU"), screen=False),
    Column("quantity", N_("Quantity"), "r"),
    Column("price", N_("List price"), "r", "money", show=exact),
    Column("discount", N_("Off"), "r", show=lambda off: f"{off} %" if off else ""),
    Column("agreed", N_("Agreed"), "r", "money", show=exact),
    Column("net", N_("Net"), "r", "money", show=exact),
    Column("tax", N_("Tax"), "r", show=lambda rate: f"{rate} %" if rate else ""),
)


def texts(given: list[str]) -> list[str]:
    """The lines that were typed; "-" reads them from standard input, one a line."""
    found: list[str] = []
    for text in given:
        found += [one for one in (c.note_text("-") or "").splitlines() if one.strip()] if text == "-" else [text]
    return found


def with_pairs(wish: Wish, ref: str, words: list[str] | None) -> Wish:
    """A wish with what was typed as field=value; each field is one that has an option too."""
    given: dict[str, str] = {}
    for word, mark, text in pairs(QUOTE, words or [], ref):
        field = QUOTE.field(word)
        if mark != "=" or field.key not in ("name", "contact", "language", "note", "owner", "valid_until", "discount"):
            raise UsageError(_("{field} is not typed").format(field=field.key), "salesctl quote edit --help")
        given[field.key] = text
    return replace(wish, **given)


def rows_of(app: Any, quote: int, currency: str) -> list[Values]:
    """The lines of a quote; `net` is what is paid for a line before tax, after every discount."""
    from salesctl.domain.rate import from_millionths

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, currency)

    return [
        {
            "position": row["position"],
            "product": row["product"],
            "product_ref": f"I{row['product_id']}",
            "sku": row["sku"],
            "quantity": row["quantity"],
            "price": money(row["price"]),
            "discount": from_millionths(row["discount"]),
            "agreed": money(row["agreed"]),
            "net": money(row["net"]),
            "tax": from_millionths(row["tax"]),
        }
        for row in quoting.lines(app.store, quote)
    ]


def table(app: Any, text: str) -> Table:
    """The lines of a quote with its sums below."""
    from salesctl.services.base import reading
    from salesctl.store import records

    ref = reading(app).find("quote", text)
    values = records.get(app.store, QUOTE, ref.id)
    rows = rows_of(app, ref.id, values["net"].currency)
    title = _("{ref} {name}, version {n}").format(ref=ref.code, name=ref.name, n=values["number"])
    return Table(rows, LINE, title=title if app.out.human else "", footer=sums(values))


def sums(values: Values) -> list[str]:
    """The sums in words: off the list, before tax, tax, in all."""
    lines = [f"{_('List total')} {exact(values['list_total'])}   {off(values)}"]
    if values["discount"]:
        lines[0] += "   " + _("on the whole {n} %").format(n=values["discount"])
    total = f"{_('Net')} {exact(values['net'])}"
    if values["tax"].minor:
        total += f"   {_('Tax')} {exact(values['tax'])}   {_('Total')} {exact(values['total'])}"
    return [*lines, total]


def off(values: Values, brief: bool = False) -> str:
    """How far the whole is off the list, in words, with two decimals at most; `brief` without the money."""
    listed, net = values["list_total"], values["net"]
    if not listed.minor or listed.minor == net.minor:
        return _("at list price")
    given = Decimal(listed.minor - net.minor) * 100 / listed.minor
    share = _tidy(abs(given))
    money = exact(Money(abs(listed.minor - net.minor), net.currency))
    said = _("{n} % off the list") if given > 0 else _("{n} % above the list")
    return said.format(n=share) + ("" if brief else f" ({money})")


def _tidy(share: Decimal) -> str:
    text = f"{share:.2f}".rstrip("0").rstrip(".")
    return text if text != "0" else "0.01"  # something was given, however little


def state(values: Values, today: date) -> str:
    """How a quote stands, in a few words: sent on which day to whom, until when it is valid."""
    status = values["status"]
    parts = [_(STATUS.labels[status]).lower()]
    if status == "sent" and values["sent_to"]:
        parts[0] = _("sent to {whom}").format(whom=values["sent_to"])
    if status in ("accepted", "declined"):
        day = f" {values['decided_on'] or ''}".rstrip()
        parts[0] += day + (f": {values['reason']}" if values["reason"] else "")
    if values["valid_until"] and status in ("draft", "waiting", "approved", "sent"):
        late = values["valid_until"] < today
        said = _("ran out on {day}") if late else _("valid until {day}")
        parts.append(said.format(day=values["valid_until"]))
    return _(", ").join(parts)


def quote(app: Any, values: Values) -> Screen:
    """The screen of one quote: how it stands, its lines, its sums, its versions, and what comes next."""
    from salesctl.services.base import today

    day = today(app)
    head = [f"{values['ref']} {values['name']}", _("version {n}").format(n=values["number"]), values["customer"] or ""]
    head += [f"{values['deal_ref']} {values['deal']}", values["owner"] or ""]
    lines = ["  ".join(one for one in head if one), state(values, day), ""]
    rows = rows_of(app, values["id"], values["net"].currency)
    lines += [*_grid(rows), "", *sums(values)]
    for label, key in ((N_("Solution plan"), "solution"), (N_("Contact"), "contact"), (N_("Note"), "note")):
        if values[key]:
            ref = f"{values[f'{key}_ref']} " if key == "solution" else ""
            lines.append(f"{_(label)}  {ref}{values[key]}")
    versions = [_version(row) for row in quoting.versions(app.store, values["id"])]
    if len(versions) > 1:
        lines.append(f"{_('Versions')}  " + "   ".join(_said(one) for one in versions))
    known = quoting.approval(app.store, values["id"])
    data = {**values, "lines": rows, "versions": versions, "approval": f"A{known['id']}" if known else None}
    return Screen(lines, data, rows=[values], columns=columns(QUOTE), hint=_hint(values, day))


def _version(row: Any) -> Values:
    from salesctl.domain.kinds import MONEY

    return {"ref": QUOTE.code(row["id"]), "number": row["number"], "status": row["status"], "net": MONEY.unpack(row, "net")}  # fmt: skip


def _said(one: Values) -> str:
    return f"{one['ref']} {exact(one['net'])} {_(STATUS.labels[one['status']]).lower()}"


def _grid(rows: list[Values]) -> list[str]:
    """The lines as a table without a head row of its own format."""
    from salesctl.output.values import human
    from salesctl.text import pad, width

    shown = [one for one in LINE if one.screen and (one.key != "agreed" or any(row["agreed"] for row in rows))]
    cells = [[_(one.label) for one in shown]]
    cells += [[human(row[one.key], one, "") for one in shown] for row in rows]
    sizes = [max(width(row[place]) for row in cells) for place in range(len(shown))]
    return ["  ".join(_aligned(cell, size, one, pad) for cell, size, one in zip(row, sizes, shown, strict=True)).rstrip() for row in cells]  # fmt: skip


def _aligned(cell: str, size: int, column: Column, pad: Any) -> str:
    from salesctl.text import width

    return " " * (size - width(cell)) + cell if column.align == "r" else str(pad(cell, size))


def _hint(values: Values, day: date) -> str:
    ref, status = values["ref"], values["status"]
    if values["valid_until"] and values["valid_until"] < day and status in ("waiting", "approved", "sent"):
        return f"salesctl quote revise {ref} --valid-until +30d"
    return {
        "draft": _("next: salesctl quote submit {ref}"),
        "waiting": _("it waits for approval: salesctl approval list"),
        "approved": _("next: salesctl quote send {ref}"),
        "sent": _("the answer: salesctl quote accept {ref}, or decline, or revise"),
        "declined": _("again: salesctl quote revise {ref}"),
    }.get(status, "").format(ref=ref)  # fmt: skip


def written(app: Any, made: Quoted, verb: str) -> None:
    """The ref for scripts; the sums and what is to be said for people."""
    from salesctl.services.base import today

    record = full(app, QUOTE, made.record)
    name = f"{record['ref']} {record['name']}  {_('version {n}').format(n=record['number'])}"
    told = _(", ").join((_money(record), off(record), state(record, today(app))))
    lines = [f"{_(VERBS[verb])}  {name}  {told}"]
    if made.before is not None:
        lines.append(_("{ref} is superseded").format(ref=QUOTE.code(made.before["id"])))
    if made.withdrawn is not None:
        lines.append(_("A{id} was withdrawn").format(id=made.withdrawn))
    app.out.emit(Message(str(record["ref"]), lines, record, made.warnings))


def _money(record: Values) -> str:
    net = exact(record["net"])
    if not record["tax"].minor:
        return net
    return _("{net}, with tax {total}").format(net=net, total=exact(record["total"]))


def done(app: Any, made: Done) -> None:
    """What became of a quote."""
    from salesctl.services.base import today

    record = full(app, QUOTE, made.record)
    lines = [f"{record['ref']} {record['name']}  {_money(record)}  {state(record, today(app))}"]
    if made.approval is not None:
        lines.append(_("it waits for approval: salesctl approval show A{id}").format(id=made.approval))
    elif record["status"] == "approved":
        lines.append(_("nobody has to approve it; next: salesctl quote send {ref}").format(ref=record["ref"]))
    if made.logged is not None:
        lines.append(_("noted as F{id}; the answer: salesctl quote accept {ref}, or decline").format(id=made.logged, ref=record["ref"]))  # fmt: skip
    if made.deal is not None:
        was = exact(made.was) if made.was else "-"
        lines.append(_("{ref} amount {was} -> {now}, lines as quoted; undo: salesctl undo").format(
            ref=made.deal["ref"], was=was, now=exact(made.deal["amount"])
        ))  # fmt: skip
    if made.others:
        lines.append(_("still open: {refs}").format(refs=", ".join(made.others)))
    app.out.emit(Message(str(record["ref"]), lines, record))
