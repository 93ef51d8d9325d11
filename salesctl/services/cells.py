"""The cells of an imported row, read by the kinds of the fields they fill."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from salesctl.domain.cell import rows_of
from salesctl.domain.kinds import Amount, Choice, Day, Instant, Reading, Ref, Reference
from salesctl.domain.lines import Lines
from salesctl.domain.noun import Field, Noun
from salesctl.errors import BadValue, SalesError
from salesctl.i18n import _
from salesctl.money import Money
from salesctl.readers.profiles import BESIDE, IMPORTED
from salesctl.services.import_ import Bad, Report
from salesctl.text import check_line, name_key

if TYPE_CHECKING:
    from salesctl.readers.csv_ import Row
    from salesctl.readers.sources import Source

SHARED = dict.fromkeys(map(ord, "$¥￥＄"))  # signs that say no single currency
CACHED = 2_000  # values of a field; where there are more, hardly one comes twice
Values = dict[str, Any]


class Cells:
    """Reads rows; what is seen often is read once."""

    at: Reading
    coming: frozenset[str]  # the nouns that later files of an export of ours hold
    report: Report
    currency: str
    profile: str
    _aliases: dict[tuple[str, str], str]
    _refs: dict[str, int]
    _read: dict[tuple[str, str], dict[str, Any]]
    _plans: dict[tuple[int, tuple[str, ...]], list[tuple[str, str, str, dict[str, Any]]]]

    def bad(self, source: Source, row: Row, column: str, value: str, reason: str) -> None:
        """Take down a cell that cannot go in."""
        self.report.bad.append(
            Bad(source.table.name, row.line, column, value[:80], reason, (*row.values.values(), *row.beyond))
        )

    def values(
        self, noun: Noun, source: Source, row: Row, but: tuple[str, ...] = ()
    ) -> tuple[Values, dict[str, Any], dict[str, dict[str, str]]] | None:
        """The values of a row by field, its stored extras (source, external_id), and the cells of other nouns.

        The columns of `but` are read by others. None when a cell is bad; it is in the report then.
        """
        values: Values = {"_later": {}, "_unmatched": {}}
        extra: dict[str, Any] = {"source": self.profile}
        beside: dict[str, dict[str, str]] = {}
        good = True
        cells = row.values
        for name, of, key, known in self._plan(noun, source, but):
            text = cells.get(name) or ""
            if key != "external_id" or self.profile != "salesctl":
                text = text.strip()
            if text in known:
                values[key] = known[text]
                continue
            if of != noun.name:
                beside.setdefault(of, {})[key] = text
                continue
            try:
                self._cell(noun, key, text, row, values, extra, source.match.currencies)
            except SalesError as error:
                hint = f" ({error.hint})" if error.hint else ""
                self.bad(source, row, name, text, error.message + hint)
                good = False
        if good and noun.name not in ("deal",) and values.get(noun.title) is None:
            title = next((n for n, target in source.match.mapping.items() if target == (noun.name, noun.title)), "")
            self.bad(source, row, title, "", _("{label} is empty").format(label=_(noun.by_key[noun.title].label)))
            good = False
        if noun.name == "followup" and not extra.get("external_id") and not extra.get("uid"):
            extra["external_id"] = _digest(row)
        return (values, extra, beside) if good else None

    def _plan(self, noun: Noun, source: Source, but: tuple[str, ...]) -> list[tuple[str, str, str, dict[str, Any]]]:
        """The columns of a source that are read here: header, noun, field, and what its texts were read as before."""
        found = self._plans.get((id(source.match), but))
        if found is None:
            found = self._plans[id(source.match), but] = []
            for name, (of, key) in source.match.mapping.items():
                if name not in but:
                    # the same text may mean another record where an alias or the ref beside it says so
                    sure = of == noun.name and not self._aliases and f"{key}_ref" not in source.table.header
                    found.append((name, of, key, self._read.setdefault((of, key), {}) if sure else {}))
        return found

    def _cell(
        self, noun: Noun, key: str, text: str, row: Row, values: Values, extra: dict[str, Any], money: dict[str, str]
    ) -> None:
        """One cell into the values; `money` says which columns have the currencies of amounts."""
        if key in BESIDE.get(noun.name, ()) and key != "levels":
            extra[f"_{key}"] = rows_of(text, key) if text else []
            return
        if key not in noun.by_key:
            self._own(key, text, extra)
            return
        field = noun.by_key[key]
        meant = self._aliases.get((key, name_key(text))) if text and self._aliases else None
        text = meant if meant is not None else text
        if not text:
            values[key] = None
        elif isinstance(field.kind, Reference) and field.kind.target in (noun.name, *self.coming):
            values["_later"][key] = text
            values["_old"] = {**values.get("_old", {}), key: row.values.get(f"{key}_ref") or ""}
        elif isinstance(field.kind, Reference) and self._refs.get(row.values.get(f"{key}_ref") or ""):
            id = self._refs[row.values[f"{key}_ref"]]
            values[key] = Ref(field.kind.target, id, text, "")
        elif isinstance(field.kind, Amount):
            said = row.values.get(money.get(key) or money.get("") or "") or ""
            values[key] = self._amount(text, said.strip())
        else:
            values[key] = self.cell(noun, field, text, values)

    def _own(self, key: str, text: str, extra: dict[str, Any]) -> None:
        """The keys of our own export: who a record is and was."""
        if key in ("ref", "levels"):
            extra[f"_{key}"] = text
        elif key == "version":
            extra["version"] = int(text) if text.isdigit() else 1
        elif key in ("created_at", "updated_at", "archived_at"):
            if text:
                from datetime import datetime

                extra[key] = Instant().pack(datetime.fromisoformat(text))[0]
        elif key == "external_id" and text:
            line = check_line(text, _("External id"))
            extra[key] = text if self.profile == "salesctl" else line  # of a deal without a customer it ends in a blank
        elif key in ("uid", "created_by", "source") and (text or key != "uid"):
            extra[key] = text or None

    def _amount(self, text: str, money: str) -> Money:
        """An amount in the currency that its row says, else in that of the import. Raises BadValue where both say others."""
        from salesctl.money import currency, parse_amount

        plain = text.replace(" ", "")
        code = self._code(money, currency) if money else self.currency
        if plain.isascii() and plain.isdigit() and len(plain) < 12 and code not in ("JPY", "KRW"):
            return Money.of(plain, code)
        found = parse_amount(text, code, written=True)
        if money and found.currency != code:
            plain = text.translate(SHARED)  # $ and ¥ are the sign of several currencies
            found = parse_amount(plain, code, written=True)
        if money and found.currency != code:
            raise BadValue(
                _("{text} is in {one}, its row says {other}").format(text=text[:40], one=found.currency, other=code)
            )
        return found

    def _code(self, money: str, read: Callable[[str], str]) -> str:
        known = self._read.setdefault(("", "currency"), {})
        if money not in known:
            known[money] = read(money)
        return str(known[money])

    def cell(self, noun: Noun, field: Field, text: str, values: Values) -> Any:
        """One cell by its kind; what is seen often is read once. What matches nothing is kept beside."""
        known = self._read.setdefault((noun.name, field.key), {})
        if text in known:
            return known[text]
        kind = field.kind
        if isinstance(kind, Reference) and kind.target not in IMPORTED:
            self.report.warn("no_match", field.key, text)
            values["_unmatched"][field.key] = text
            return None
        if isinstance(kind, Choice):
            found: Any = kind.read(text)
            if found is None:
                self.report.warn("no_choice", field.key, text)
                values["_unmatched"][field.key] = text
                return None
        elif isinstance(kind, Day | Instant):
            found = self._moment(field, text)
        elif isinstance(kind, Lines):
            found = kind.parse(text, _(field.label), self.at)
        else:
            found = kind.parse(text, _(field.label), self.at)
        if len(known) < CACHED:
            known[text] = found
        return found

    def _moment(self, field: Field, text: str) -> Any:
        """A date of a file: ISO first, an hour behind it where only a day is wanted left off."""
        if isinstance(field.kind, Instant):
            return self._instant(field, text)
        head = text[:10]
        if len(head) == 10 and head[4] == "-" and head[7] == "-" and (len(text) == 10 or text[10] in "T "):
            try:
                found = date.fromisoformat(head)
                if 1900 <= found.year <= 2199:
                    return found
            except ValueError:
                pass
        from salesctl.dates import parse_date

        word = text.split(" ")[0] if ":" in text else text
        return parse_date(word, self.at.today)

    def _instant(self, field: Field, text: str) -> Any:
        from datetime import datetime, time

        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return field.kind.parse(text, _(field.label), self.at)
        if moment.tzinfo is None:
            if len(text) <= 10:
                moment = datetime.combine(moment.date(), time(12))
            moment = moment.replace(tzinfo=self.at.now.tzinfo)
        return moment


def _digest(row: Row) -> str:
    """A stable id of a row that has none, so that importing it again changes nothing."""
    import hashlib

    return (
        "row-"
        + hashlib.blake2b(
            repr(sorted(row.values.items())).encode("utf-8", "backslashreplace"), digest_size=8
        ).hexdigest()
    )
