"""Follow-ups: planned, done, put off; what was done is logged and ticks off what was due."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from salesctl.domain.followup import FOLLOWUP, TYPE
from salesctl.domain.kinds import Ref
from salesctl.errors import BadValue, Conflict, Refused
from salesctl.i18n import _
from salesctl.plain import Data, fresh
from salesctl.services import facts, lead
from salesctl.services.about import TARGETS, Target, named, noun_of, of, ref_to
from salesctl.services.base import local_now, me_in, reading, today, unit, zone
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.services.bargain import Concession
    from salesctl.store.connect import Row
    from salesctl.store.write import Unit
    from salesctl.when import When

Values = dict[str, Any]


class Logged(Data, frozen=True):
    """What `log`, `done` or `snooze` did: the record, what it ticked off, what comes next, and how it was read."""

    record: Values
    ticked: list[Values] = fresh(factory=list)
    planned: Values | None = None
    heard: str = ""  # the words that were read as the date of what comes next
    deal: Values | None = None
    lead: Values | None = None


def prepare(app: App, work: Unit, values: Values) -> Values:
    """A planned follow-up belongs to who adds it, lies ahead, and knows the customer of its deal."""
    for key in ("deal", "contact"):
        if values.get(key) and not values.get("customer"):
            values["customer"] = of(work, values[key]).customer
    if values.get("lead") and not (values.get("customer") or values.get("deal")):
        values |= {key: ref for key, ref in of(work, values["lead"])._asdict().items() if ref}
    if values.get("contact") is None and values.get("customer"):
        values["contact"] = (of(work, values["deal"]) if values.get("deal") else of(work, values["customer"])).contact
    if values.get("owner") is None:
        values["owner"] = me_in(app, work)
    values.setdefault("maker", app.me)
    _check_recurrence(values)
    if values.get("done_at") is None:
        _check_ahead(app, values)
    return {}


def _check_ahead(app: App, values: Values) -> None:
    due: date | None = values.get("due")
    if due is not None and due < today(app):
        raise BadValue(
            _("{day} is in the past, so it cannot be planned").format(day=due),
            _('what was done is logged: salesctl log REF "text" --at {day}').format(day=due),
        )


def _check_recurrence(values: Values) -> None:
    if values.get("recurrence"):
        from salesctl.when import Recurrence

        values["recurrence"] = Recurrence.parse(values["recurrence"]).rule
    if values.get("due_time"):
        from salesctl.when import parse_time

        values["due_time"] = parse_time(values["due_time"]).strftime("%H:%M")


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit of a follow-up; a new date must lie ahead."""
    _check_recurrence(values)
    raw = records.raw(work, FOLLOWUP, id)
    if "due" in values and raw["done_at"] is None:
        _check_ahead(app, values)
    work.update(FOLLOWUP, id, values)


def log(
    app: App,
    text: str,
    words: str,
    *,
    type: str | None = None,
    at: str | None = None,
    next: str | None = None,
    keep: bool = False,
    contact: str | None = None,
    concession: Concession | None = None,
) -> Logged:
    """Write down what happened with somebody. It ticks off what was due up to today of that type, unless `keep`.

    Where no deal is meant and what is ticked off is of one, what happened and what comes next are of that deal too.
    A concession that was made in it belongs to its deal; Refused (4) where it is about none.
    """
    from salesctl.text import check_line

    subject = check_line(words, _("Text"), limit=2000)
    with unit(app, "log") as work:
        work.seen = None  # what happened, happened
        whom = named(app, work, text)
        about = of(work, whom)
        moment = happened(app, at)
        due = _due(app, work, about)
        code = _type(app, type) if type else (due[0]["type"] if len(due) == 1 else "call")
        closing = [] if keep else [row for row in due if row["type"] == code]
        about = _with_deal(work, whom, about, closing)
        values: Values = _about(about) | {"subject": subject, "type": code, "done_at": moment}
        if contact:
            values["contact"] = reading(app, work).find("contact", contact)
        values |= {"owner": me_in(app, work), "maker": app.me}
        id = work.insert(FOLLOWUP, values)
        ticked = [row["id"] for row in closing]
        stamp = FOLLOWUP.by_key["done_at"].kind.pack(moment)[0]
        repeated = [_tick(work, one, stamp, None, by=id) for one in ticked]
        planned, heard = plan(app, work, about, next, code, {one for one in repeated if one})
        if concession and concession.said:
            _conceded(app, work, about, concession)
        if about.deal:
            facts.touch(work, about.deal.id, stamp)
        if about.lead:
            lead.touch(work, about.lead.id, stamp, contact=code != "task")
    return _answer(app, id, ticked, planned, heard)


def _with_deal(work: Unit, whom: Ref, about: Target, closing: list[Row]) -> Target:
    """Who it is about, with the deal that what is ticked off belongs to, where none is known and it is one alone."""
    deals = {row["deal_id"] for row in closing if row["deal_id"]}
    if about.deal or about.lead or len(deals) != 1:
        return about
    row = work.one("SELECT id, name FROM deal WHERE id = :id AND archived_at IS NULL", {"id": deals.pop()})
    if row is None:
        return about
    found = of(work, Ref("deal", row["id"], row["name"], f"D{row['id']}"))
    return about._replace(deal=found.deal, contact=about.contact if whom.noun == "contact" else found.contact)


def _conceded(app: App, work: Unit, about: Target, concession: Concession) -> None:
    from salesctl.services.bargain import concede

    if about.deal is None:
        raise Refused(_("a concession belongs to a deal"), _("name the deal: salesctl log D7 ..."), missing=["deal"])
    concede(app, work, about.deal.id, concession)


def _answer(app: App, id: int, ticked: list[int], planned: int | None, heard: str) -> Logged:
    def get(one: int) -> Values:
        return records.get(app.store, FOLLOWUP, one)

    done = get(id)
    deal = records.get(app.store, noun_of("deal"), done["deal_id"]) if done["deal_id"] else None
    led = records.get(app.store, noun_of("lead"), done["lead_id"]) if done["lead_id"] and deal is None else None
    return Logged(done, [get(one) for one in ticked], get(planned) if planned else None, heard, deal, led)


def _about(about: Target) -> Values:
    return {"customer": about.customer, "deal": about.deal, "contact": about.contact, "lead": about.lead}


def _type(app: App, word: str) -> str:
    code = TYPE.read(word)
    if code is None:
        from salesctl.errors import UsageError

        choices = ", ".join(f"{code} {_(label)}" for code, label in TYPE.labels.items())
        raise UsageError(
            _("unknown type {word}").format(word=word), _("the types are: {choices}").format(choices=choices)
        )
    return code


def happened(app: App, at: str | None) -> datetime:
    """When it happened: now, or an earlier moment; a day without an hour is its noon, or now when it is today."""
    if at is None:
        return app.now
    from datetime import time

    from salesctl.when import parse_when, to_instant

    when = parse_when(at, local_now(app), future=False)
    if when.time is None and when.day == today(app):
        return app.now
    moment, note = to_instant(when.day, when.time or time(12), zone(app))
    if note:
        app.out.note(note)
    if moment > app.now:
        raise BadValue(_("{at} is in the future").format(at=at), _('plan it: salesctl log ... --next "WHEN WHAT"'))
    return moment


def _due(app: App, work: Unit, about: Target) -> list[Row]:
    """What was planned with this customer (or deal) up to today and is not done, longest overdue first."""
    key, ref = ("customer_id", about.customer) if about.customer else ("deal_id", about.deal)
    if about.lead:
        key, ref = "lead_id", about.lead
    if ref is None:
        return []
    params: Values = {"id": ref.id, "today": today(app).isoformat()}
    of_deal = ""
    if about.deal:
        of_deal = " AND (deal_id IS NULL OR deal_id = :deal)"
        params["deal"] = about.deal.id
    return work.query(
        f"SELECT id, type, deal_id FROM followup WHERE {key} = :id AND done_at IS NULL AND archived_at IS NULL"
        f" AND due <= :today{of_deal} ORDER BY due, id",
        params,
    )


def _tick(work: Unit, id: int, at: str, outcome: str | None, by: int | None = None) -> int | None:
    """Tick a planned follow-up off; the next one of a recurring one, if any."""
    values: Values = {"outcome": outcome} if outcome else {}
    work.update(FOLLOWUP, id, values, done_at=at, closed_by_id=by)
    return _repeat(work, id)


def _repeat(work: Unit, id: int) -> int | None:
    raw = records.raw(work, FOLLOWUP, id)
    if not raw["recurrence"] or not raw["due"]:
        return None
    from salesctl.when import Recurrence

    due = date.fromisoformat(raw["due"])
    after = max(due, date.fromisoformat(work.at[:10]))
    following = Recurrence.parse(raw["recurrence"]).next(due, after)
    if following is None:
        return None
    copied = ("subject", "type", "due_time", "recurrence", "purpose", "maker", "note")
    links = ("customer_id", "deal_id", "contact_id", "lead_id", "owner_id")
    values = {key: raw[key] for key in copied} | {"due": following}
    return work.insert(FOLLOWUP, values, occurrence=(raw["occurrence"] or 1) + 1, **{link: raw[link] for link in links})


def plan(
    app: App, work: Unit, about: Target, text: str | None, type: str, repeated: set[int] | None = None
) -> tuple[int | None, str]:
    """The next step from `WHEN WHAT`; its id and the words read as its date. Without a text, the next of a series."""
    if not text:
        return (min(repeated), "") if repeated else (None, "")
    from salesctl.when import split_when

    when, what = split_when(text, local_now(app))
    code, subject = _what(what, type)
    values = _about(about) | _planned(when) | {"subject": subject, "type": code, "maker": app.me}
    values["owner"] = me_in(app, work)
    _check_ahead(app, values)
    return work.insert(FOLLOWUP, values), text[: len(text) - len(what)].strip() if what else text


def _planned(when: When) -> Values:
    return {"due": when.day, "due_time": when.time.strftime("%H:%M") if when.time else None}


def _what(what: str, type: str) -> tuple[str, str]:
    """The type that the words begin with, if they do; and what is to be done."""
    from salesctl.text import check_line

    for code, label in TYPE.labels.items():
        for word in sorted((code, _(label).lower(), *TYPE.words[code]), key=len, reverse=True):
            if what.lower().startswith(word) and (not word.isascii() or what[len(word) : len(word) + 1] in ("", " ")):
                rest = what[len(word) :].strip()
                return code, check_line(rest or _(label), _("What"))
    return type, check_line(what, _("What")) if what.strip() else _("follow up")


def done(app: App, text: str, words: str | None = None, next: str | None = None, at: str | None = None) -> Logged:
    """Tick off a planned follow-up, with what came of it and what comes next."""
    from salesctl.text import check_note

    with unit(app, "done") as work:
        raw = _waiting(app, work, text)
        moment = FOLLOWUP.by_key["done_at"].kind.pack(happened(app, at))[0]
        repeated = _tick(work, raw["id"], moment, check_note(words, _("Outcome")) if words else None)
        about = Target(
            ref_to("customer", raw["customer_id"], raw["customer"]),
            ref_to("deal", raw["deal_id"], raw["deal"]),
            ref_to("contact", raw["contact_id"], raw["contact"]),
            ref_to("lead", raw["lead_id"], raw["lead"]),
        )
        planned, heard = plan(app, work, about, next, raw["type"], {repeated} if repeated else None)
        facts.touch(work, raw["deal_id"], moment)
        if raw["lead_id"]:
            lead.touch(work, raw["lead_id"], moment, contact=raw["type"] != "task")
    return _answer(app, raw["id"], [], planned, heard)


def snooze(app: App, text: str, when: str, note: str | None = None) -> Logged:
    """Put a planned follow-up off to another moment."""
    from salesctl.text import check_note
    from salesctl.when import parse_when

    with unit(app, "snooze") as work:
        raw = _waiting(app, work, text)
        to = parse_when(when, local_now(app), future=True)
        values = _planned(to)
        if to.time is None:
            values["due_time"] = raw["due_time"]
        if note:
            values["note"] = check_note(note, _("Note"))
        _check_ahead(app, values)
        work.update(FOLLOWUP, raw["id"], values)
    return _answer(app, raw["id"], [], None, when)


def _waiting(app: App, work: Unit, text: str) -> Row:
    """A planned follow-up by its ref, or the only one that is due of the customer or deal named."""
    from salesctl.store.resolve import look

    ref = app.pick(
        lambda: look(work, ("followup", *TARGETS), text if not text.isdigit() else f"F{text}").ref,
        lambda code: look(work, ("followup", *TARGETS), code).ref,
    )
    if ref.noun != "followup":
        ref = _waiting_of(work, ref)
    raw = records.raw(work, FOLLOWUP, ref.id)
    work.guard(FOLLOWUP, ref.id, ("done_at", "due"))
    if raw["done_at"] is not None:
        raise Refused(_("{ref} is done already").format(ref=ref.code))
    return raw


def _waiting_of(work: Unit, ref: Ref) -> Ref:
    rows = work.query(
        f"SELECT id, subject FROM followup WHERE {ref.noun}_id = :id AND done_at IS NULL AND archived_at IS NULL"
        " ORDER BY due IS NULL, due, id LIMIT 12",
        {"id": ref.id},
    )
    if len(rows) == 1:
        return Ref("followup", rows[0]["id"], rows[0]["subject"], f"F{rows[0]['id']}")
    if not rows:
        raise Conflict(_("nothing is planned for {name}").format(name=ref.name), code="nothing_planned")
    from salesctl.errors import Ambiguous

    listed = ", ".join(f"F{row['id']} {row['subject']}" for row in rows)
    candidates = [{"ref": f"F{row['id']}", "name": row["subject"]} for row in rows]
    raise Ambiguous(
        _("{text} may be {listed}").format(text=ref.name, listed=listed), _("use the ref"), candidates=candidates
    )
