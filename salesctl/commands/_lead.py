"""What the verbs of lead read and answer: one lead or a list of them, screening, changing hands, becoming a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from salesctl.commands import _common as c
from salesctl.commands._fields import details, full, pairs, typed, written
from salesctl.domain.lead import CELLS, LEAD, STATUS, channel_of
from salesctl.domain.nouns import NOUNS
from salesctl.errors import BadFile, UsageError
from salesctl.i18n import _, _n
from salesctl.output.views import Message
from salesctl.plain import replace

if TYPE_CHECKING:
    from salesctl.services.screening import Screened

Values = dict[str, Any]
Texts = dict[str, "str | None"]


def add(app: Any, given: Mapping[str, Any]) -> None:
    """One lead from its fields, or many from standard input with the fields for all of them beside."""
    from salesctl.services import lead

    common: Texts = dict(typed(given))
    common |= {word: text for word, _mark, text in pairs(LEAD, given["pairs"] or [], given["name"])}
    many = given["name"] == "-"
    lines = _lines(common) if many else [(0, {LEAD.title: given["name"], **common}, "")]
    done = lead.add(app, lines, similar=given["allow_similar"], dry_run=given["dry_run"])
    notes = _strange(app, done)
    if not many and not given["dry_run"]:
        message = written(app, LEAD, done[0], _("added"))
        app.out.emit(replace(message, notes=notes))
        return
    _answer_many(app, done, given["dry_run"], notes)


def _answer_many(app: Any, done: Sequence[Values], dry_run: bool, notes: Sequence[str]) -> None:
    """The refs and a line for each; of a dry run what would be added, and no ref, since there is none."""
    n = len(done)
    if dry_run:
        head = _n("{n} lead would be added, nothing is written", "{n} leads would be added, nothing is written", n)
        rows: list[Values] = [{**one, "ref": None, "id": None} for one in done]
    else:
        head = _n("{n} lead added", "{n} leads added", n)
        rows = [full(app, LEAD, one) for one in done]
    names = [f"  {one['ref'] or ''}  {one['name']}{details(LEAD, one)}".rstrip() for one in rows]
    refs = None if dry_run or not done else "\n".join(str(one["ref"]) for one in rows)
    app.out.emit(Message(refs, [head.format(n=n), *names], _plain(rows), notes))


def _plain(rows: Sequence[Values]) -> list[Values]:
    from salesctl.commands._fields import columns

    return [{column.key: one.get(column.key) for column in columns(LEAD)} for one in rows]


def _lines(common: Texts) -> list[tuple[int, Texts, str]]:
    """The lines of standard input as typed fields and what is wrong with each; what a line leaves empty is common."""
    from salesctl.readers.lines import MOST, cells
    from salesctl.readers.text import whole

    names: Sequence[str] = CELLS
    found: list[tuple[int, Texts, str]] = []
    for number, row in cells(whole("-")):
        header = _header(row) if not found and names is CELLS else None
        if header:
            names = header
            continue
        texts, why = _fields(row, names)
        found.append((number, {**common, **texts}, why))
        if len(found) > MOST:
            raise BadFile(_("more than {n} lines").format(n=f"{MOST:,}"), _("use: salesctl import FILE"))
    return found


def _header(row: Sequence[str]) -> list[str] | None:
    """The fields that a first line names, when each of its cells is the name of one and the lead's name is among them."""
    found = [LEAD.lookup(cell) for cell in row]
    keys = [one.key for one in found if one is not None and not one.fixed]
    return keys if len(keys) == len(row) and LEAD.title in keys and len(set(keys)) == len(keys) else None


def _fields(row: Sequence[str], names: Sequence[str]) -> tuple[Texts, str]:
    """A line as typed fields, and what is wrong with it: cells by their place, and field=value in any."""
    texts: Texts = {}
    place = 0
    for cell in row:
        word, equals, text = cell.partition("=")
        known = LEAD.lookup(word.strip()) if equals and word.strip() else None
        if known is not None:
            texts[known.key] = text.strip()
            continue
        if place >= len(names):
            return texts, _("{n} cells, and there are names for {most}: {names}").format(
                n=len(row), most=len(names), names=", ".join(names)
            )
        if cell:
            texts[names[place]] = cell
        place += 1
    texts.setdefault(LEAD.title, "")
    return texts, ""


def _strange(app: Any, done: Sequence[Values]) -> list[str]:
    """A word about each channel that the SOP does not name."""
    from salesctl.store import leads

    sop = leads.process(app.store)
    allowed = sop.channels if sop else ()
    odd = dict.fromkeys(str(one["channel"]) for one in done if one["channel"])
    return [
        _("the SOP has no channel {word}; it has {names}").format(word=word, names=", ".join(allowed))
        for word in odd
        if not channel_of(word, allowed)[1]
    ]


def chosen(app: Any, refs: Sequence[str], where: str | None, usual: str | None = None) -> list[str]:
    """The leads that a verb is about: those named, those that fit -w, or `usual` words; three or more are asked for.

    Raises UsageError (2) for none of them, or both.
    """
    if refs and where is not None:
        raise UsageError(_("name the leads or give -w, not both"))
    words = where if where is not None else usual
    found = list(refs)
    if not refs:
        if words is None:
            raise UsageError(_("which leads?"), _('name them, or as -w "status:new channel:web"'))
        from salesctl.commands._standard import conditions
        from salesctl.store import records

        fitting, _today = conditions(app, LEAD, {"where": words})
        found = [str(values["ref"]) for values, _raw in records.page(app.store, LEAD, fitting, "id")]
        if not found:
            app.out.note(_("nothing found"))
            if app.out.is_json:
                app.out.emit(Message(None, [], []))
    if len(found) >= 3 and not app.out.confirm(_("{n} records: go on?").format(n=len(found)), app.yes):
        raise c.Exit(0)
    return found


def screen(app: Any, refs: Sequence[str], where: str | None, given: Mapping[str, Any]) -> None:
    """Screen by rule or by hand, as the options say."""
    from salesctl.services import screening

    by_hand = given["accept"] or given["reject"] or given["fit"] is not None
    if given["accept"] and given["reject"]:
        raise UsageError(_("accept or reject?"))
    if given["auto"] and (by_hand or given["reason"]):
        raise UsageError(_("--auto goes by the rules alone"), _("by hand: --accept, --reject or --fit, with --reason"))
    if not given["auto"] and not by_hand:
        raise UsageError(_("screen how?"), _("--auto, --accept, --reject or --fit 0..5"))
    reason = given["reason"]
    if given["reject"] and not reason and app.out.can_ask:
        reason = app.out.ask(_("why is it rejected?"))
    found = chosen(app, refs, where, "status:new" if given["auto"] else None)
    if not found:
        return
    if given["auto"]:
        _screened(app, screening.by_rule(app, found))
    else:
        status = "qualified" if given["accept"] else "rejected" if given["reject"] else None
        _screened(app, screening.by_hand(app, found, status, given["fit"], reason))


def _screened(app: Any, done: Sequence[Screened]) -> None:
    """Each lead with what became of it and why; by rule, each rule with its points."""
    lines, rows = [], []
    for one in done:
        record = full(app, LEAD, one.record)
        rows.append({**record, "before": one.before, "rules": list(one.rules)})
        fit = "" if record["fit"] is None else f"  {_('fit {n} of 5').format(n=record['fit'])}"
        lines.append(f"{_status(record)}  {record['ref']} {record['name']}{fit}  {record['reason'] or ''}".rstrip())
    if len(done) == 1:
        lines += [_rule(rule) for rule in done[0].rules]
    else:
        lines.insert(0, _counted(rows))
    refs = "\n".join(str(row["ref"]) for row in rows)
    app.out.emit(Message(refs, lines, rows[0] if len(rows) == 1 else rows))


def _counted(rows: Sequence[Values]) -> str:
    counts = {code: sum(row["status"] == code for row in rows) for code in STATUS.labels}
    said = ", ".join(f"{_(STATUS.labels[code])} {n}" for code, n in counts.items() if n)
    return _("{n} screened: {said}").format(n=len(rows), said=said)


def _rule(rule: Values) -> str:
    return f"  [{'x' if rule['met'] else ' '}] {rule['name']}  {rule['points'] if rule['met'] else 0:+d}"


def _status(record: Mapping[str, Any]) -> str:
    return _(STATUS.labels[str(record["status"] or "new")])


def handed(app: Any, done: Sequence[Values], head: str) -> None:
    """Leads and customers that changed hands: their refs, one line, their records."""
    rows = [full(app, NOUNS["lead" if str(one["ref"]).startswith("L") else "customer"], one) for one in done]
    named = ", ".join(f"{one['ref']} {one['name']}" for one in rows)
    refs = "\n".join(str(one["ref"]) for one in rows)
    app.out.emit(Message(refs, [f"{head}  {named}"], rows[0] if len(rows) == 1 else rows))


def convert(app: Any, ref: str, words: list[str], given: Mapping[str, Any]) -> None:
    """Make a deal of a lead; the refs of lead, customer and deal, and a line for each record."""
    from salesctl.domain.deal import DEAL
    from salesctl.services.conversion import Wanted, convert

    fields: Texts = {key: given[key] for key in ("name", "amount") if given[key] is not None}
    fields |= {word: text for word, _mark, text in pairs(DEAL, words, ref)}
    done = convert(app, ref, Wanted(given["customer"], given["deal"], fields, given["next"], given["similar"]))
    became = f"{done.deal['ref']} {done.deal['name']}, {done.customer['ref']} {done.customer['name']}"
    lines = [f"{_('converted')}  {done.lead['ref']} {done.lead['name']} -> {became}"]
    for noun, one in (("customer", done.customer), ("contact", done.contact), ("deal", done.deal)):
        if one:
            word = _("new") if noun in done.made else _("known")
            lines.append(f"{word}  {one['ref']}  {one[NOUNS[noun].title]}{details(NOUNS[noun], one)}")
    if done.moved:
        lines.append(_n("{n} follow-up goes along", "{n} follow-ups go along", done.moved).format(n=done.moved))
    if done.planned:
        lines.append(f"{_('next')}  {done.planned['ref']}  {done.planned['due']}  {done.planned['subject']}")
    record = {**full(app, LEAD, done.lead), "made": sorted(done.made), "followups": done.moved}
    record["contact_ref"] = done.contact["ref"] if done.contact else None
    app.out.emit(Message(str(done.deal["ref"]), lines, record))
