"""Exchange rates: set for a day, in the organisation's currency unless another is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesctl.domain.exchange import RATE
from salesctl.errors import BadValue, Duplicate
from salesctl.i18n import _
from salesctl.services.base import currency, reading, unit
from salesctl.store import records

if TYPE_CHECKING:
    from salesctl.app import App
    from salesctl.store.write import Unit

Values = dict[str, Any]


def set_rate(app: App, texts: dict[str, str | None]) -> tuple[Values, bool]:
    """What a currency is worth from a day (today) on: a new rate, or another value of the one there is; and which."""
    from salesctl.services.record import create, read

    with unit(app, "rate.set") as work:
        at = reading(app, work)
        values = read_all(app, work, read(RATE, {key: text for key, text in texts.items() if text is not None}, at))
        known = records.twin(work, RATE, values)
        if known is None:
            id = create(app, work, RATE, values)
        else:
            id = known
            work.update(RATE, id, {key: values[key] for key in ("rate", "note") if key in values})
    return records.get(app.store, RATE, id), known is None


def read_all(app: App, work: Unit, values: Values) -> Values:
    """With the day that was not typed: today."""
    if values.get("day") is None:
        values["day"] = reading(app, work).today
    completed(app, work, values)
    return values


def completed(app: App, work: Unit, values: Values) -> None:
    """With the base that was not typed. Raises BadValue (4) for a currency in itself, or a row without day or rate."""
    missing = [_(RATE.by_key[key].label) for key in ("day", "rate") if values.get(key) is None]
    if missing:
        raise BadValue(_("missing: {names}").format(names=", ".join(missing)))
    if values.get("base") is None:
        values["base"] = currency(app, work)
    check_pair(values["currency"], values["base"])


def check_pair(code: str, base: str) -> None:
    """Raises BadValue (4) for the worth of a currency in itself."""
    if code == base:
        other = "EUR" if code != "EUR" else "USD"
        raise BadValue(
            _("{code} is always 1 {code}").format(code=code),
            _("name another currency, or its worth in one: salesctl rate set {code} RATE --base {other}").format(
                code=code, other=other
            ),
        )


def prepare(app: App, work: Unit, values: Values) -> None:
    """A new rate: complete, and the only one of its day. Raises Duplicate (5) with the one there is."""
    read_all(app, work, values)
    _refuse_twin(work, values)


def restored(app: App, work: Unit, id: int) -> None:
    """A rate that comes back into the lists: refused (5) where another is that of its day meanwhile."""
    _refuse_twin(work, records.get(work, RATE, id), but=id)


def _refuse_twin(work: Unit, values: Values, but: int = 0) -> None:
    known = records.twin(work, RATE, values)
    if known is not None and known != but:
        ref = RATE.code(known)
        said = _("{ref} is the rate {currency}->{base} from {day} on")
        raise Duplicate(
            said.format(ref=ref, **{key: values[key] for key in RATE.unique}),
            _("to change it: salesctl rate set, or rate edit {ref} rate=...").format(ref=ref),
            candidates=[{"ref": ref, "name": values["currency"]}],
        )


def edited(app: App, work: Unit, id: int, values: Values) -> None:
    """An edit of a rate: of a day and a pair of currencies there is one."""
    whole = RATE.unpack(records.raw(work, RATE, id)) | values
    check_pair(whole["currency"], whole["base"])
    work.update(RATE, id, values)
