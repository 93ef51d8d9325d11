"""What is wrong with the text of a SOP: every fault with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from salesctl.domain.sop import FACTS, MODES, WHO, percent
from salesctl.i18n import N_, _
from salesctl.text import name_key

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """A fault: the line (1 for the first; 0 when it is of the whole) and the reason."""

    line: int
    why: str


TEXT, WHOLE, LIST, FLAG, ANY, SHARE = (
    N_("text"),
    N_("whole number"),
    N_("list of texts"),
    N_("true or false"),
    N_("table"),
    N_("percentage"),
)
STAGE = {"key": TEXT, "name": TEXT, "phase": TEXT, "aim": TEXT, "probability": WHOLE, "age_limit": WHOLE,
         "idle_limit": WHOLE, "tools": LIST, "channels": LIST, "task": ANY, "require": ANY, "resource": ANY, "kpi": ANY}  # fmt: skip
# What each table may hold: by its path without the places in lists.
TABLES: dict[tuple[str, ...], dict[str, str]] = {
    (): {"pipeline": ANY, "stage": ANY, "leads": ANY, "pool": ANY, "discount": ANY, "enforce": ANY, "playbooks": LIST,
         "loss": ANY},
    ("loss",): {"reason": TEXT, "words": LIST, "exclude_from_rates": FLAG},
    ("pipeline",): {"name": TEXT, "note": TEXT},
    ("stage",): STAGE,
    ("stage", "task"): {"key": TEXT, "name": TEXT, "required": FLAG, "who": TEXT, "due": WHOLE, "after": LIST},
    ("stage", "require"): {"key": TEXT, "field": TEXT, "fact": TEXT, "name": TEXT},
    ("stage", "resource"): {"name": TEXT, "url": TEXT},
    ("stage", "kpi"): {"kpi": TEXT, "target": WHOLE},
    ("leads",): {"daily_quota": WHOLE, "channels": LIST, "accept": WHOLE, "reject": WHOLE, "screen": ANY,
                 "assign_hours": WHOLE, "follow_hours": WHOLE, "opens": TEXT, "closes": TEXT},
    ("leads", "screen"): {"key": TEXT, "name": TEXT, "when": TEXT, "points": WHOLE},
    ("pool",): {"lead_days": WHOLE, "customer_days": WHOLE, "warn_days": WHOLE, "claims_a_day": WHOLE, "holding": WHOLE},
    ("discount",): {"unconfirmed": TEXT, "validity_days": WHOLE, "allow": ANY, "band": ANY},
    ("discount", "allow"): {"discount": SHARE, "role": TEXT, "product": TEXT, "category": TEXT, "quantity": WHOLE},
    ("discount", "band"): {"over": SHARE, "to": SHARE, "approve": LIST, "amount": WHOLE},
}  # fmt: skip
NEEDED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("loss",): ("reason",),
    ("stage",): ("key", "name"),
    ("stage", "task"): ("key", "name"),
    ("stage", "resource"): ("name",),
    ("stage", "kpi"): ("kpi", "target"),
    ("leads", "screen"): ("key", "when", "points"),
    ("discount", "allow"): ("discount",),
    ("discount", "band"): ("over", "to", "approve"),
}
ARRAYS = ("stage", "task", "require", "resource", "kpi", "screen", "allow", "band", "loss")  # written [[...]]
STAGE_KPIS = ("conversion", "days", "met")
WORDS_OF_LEADS = (
    "ref",
    "id",
    "created_at",
    "updated_at",
    "team",
    "manager",
    "source",
    "created_by",
)  # beside their fields
PHASES = ("open", "signing", "after")
MOST = 1 << 20  # bytes of a SOP


def lint(text: str, people: Collection[str] | None = None) -> tuple[dict[str, Any] | None, list[Fault]]:
    """The plan that a text stands for, or None, and every fault in it, by line.

    `people` are the folded names of the reps there are; without them a name of a role or an approver is not checked.
    """
    import tomllib

    if len(text) > MOST:
        return None, [Fault(0, _("it has more than {n} bytes").format(n=MOST))]
    try:
        plan = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        return None, [
            Fault(int(place[1]) if place else 0, _("it is no TOML: {why}").format(why=str(error).split(" (at")[0]))
        ]
    work = _Lint(plan, Lines(text), people)
    work.run()
    return (None if work.faults else plan), sorted(set(work.faults))


def unknown(sort: str, word: str, known: Iterable[str]) -> str:
    """What is said of a word that is none of those there are."""
    from salesctl.text import clean, crop

    listed = ", ".join(known)
    return _("unknown {sort} {word}; one of: {known}").format(sort=sort, word=clean(crop(str(word), 40)), known=listed)


class Lines:
    """Where in a TOML text each key stands; tomllib does not say."""

    def __init__(self, text: str) -> None:
        self.places: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        table: Path = ()
        for number, row in enumerate(text.split("\n"), start=1):
            head = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$", row)
            if head:
                table = self._table(head[2], head[1] == "[[", counts)
                self.places.setdefault(table, number)
                continue
            key = re.match(r"""\s*("[^"]+"|'[^']+'|[\w-]+)\s*=""", row)
            if key:
                self.places.setdefault((*table, key[1].strip("\"'")), number)

    def _table(self, name: str, repeated: bool, counts: dict[Path, int]) -> Path:
        path: Path = ()
        words = [word.strip().strip("\"'") for word in name.split(".")]
        for place, word in enumerate(words):
            path = (*path, word)
            if repeated and place == len(words) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path

    def of(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 0)


class _Lint:
    def __init__(self, plan: Mapping[str, Any], lines: Lines, people: Collection[str] | None) -> None:
        self.plan, self.lines, self.people = plan, lines, people
        self.faults: list[Fault] = []
        self.broken: set[str] = set()  # the top tables in which something has the wrong shape
        self.stages: list[Mapping[str, Any]] = []

    def fault(self, path: Path, why: str) -> None:
        self.faults.append(Fault(self.lines.of(path), why))

    def run(self) -> None:
        self._shape(self.plan, (), ())
        if "stage" not in self.broken:  # what is meant is only asked of what has the right shape
            self._process()
        if "leads" not in self.broken:
            self._leads()
        if "discount" not in self.broken:
            self._discount()
        if "loss" not in self.broken:
            self._losses()
        if not {"stage", "enforce"} & self.broken:
            self._enforce()

    def _process(self) -> None:
        self.stages = list(self.plan.get("stage", ()))
        self._stages()
        for place, stage in enumerate(self.stages):
            self._tasks(stage, ("stage", place))
            self._requires(stage, ("stage", place))
            for n, one in enumerate(stage.get("kpi", ())):
                if one["kpi"] not in STAGE_KPIS:
                    self._unknown(("stage", place, "kpi", n, "kpi"), _("figure"), one["kpi"], STAGE_KPIS)

    def _misshapen(self, path: Path, why: str) -> None:
        self.broken.add(str(path[0]) if path else "")
        self.fault(path, why)

    def _shape(self, table: Any, kind: tuple[str, ...], path: Path) -> None:
        known = TABLES.get(kind)
        if kind == ("enforce",) and isinstance(table, Mapping):
            return
        if known is None or not isinstance(table, Mapping):
            self._misshapen(path, _("{name} is no table").format(name=".".join(map(str, path))))
            return
        for key, value in table.items():
            here = (*path, key)
            if key not in known:
                self._unknown(here, _("field"), key, known)
                continue
            sort, inner = known[key], (*kind, key)
            if sort == ANY and isinstance(value, list) != (key in ARRAYS):
                said = _("{name} is a list of tables: [[{path}]]") if key in ARRAYS else _("{name} is no table")
                self._misshapen(here, said.format(name=key, path=".".join(inner)))
            elif sort == ANY and isinstance(value, list):
                for place, one in enumerate(value):
                    self._shape(one, inner, (*here, place))
            elif sort == ANY:
                self._shape(value, inner, here)
            elif not _fits(value, sort):
                self._misshapen(here, _("{name} is a {sort}").format(name=key, sort=_(sort)))
            elif sort == WHOLE and value < 0:
                self.fault(here, _("{name} is negative").format(name=key))
            elif sort == WHOLE and value > 10**12:
                self.fault(here, _("{name} is too large").format(name=key))
        for key in NEEDED.get(kind, ()):
            if key not in table:
                self._misshapen(path, _("{name} is missing").format(name=key))

    def _unknown(self, path: Path, sort: str, word: str, known: Iterable[str]) -> None:
        self.fault(path, unknown(sort, word, known))

    def _stages(self) -> None:
        if not self.stages:
            self.fault((), _("there is no stage in it"))
        self._once([(one["key"], ("stage", n, "key")) for n, one in enumerate(self.stages)], _("stage"))
        phases = [one.get("phase", "open") for one in self.stages]
        for n, one in enumerate(self.stages):
            if phases[n] not in PHASES:
                self._unknown(("stage", n, "phase"), _("phase"), phases[n], PHASES)
            if one.get("probability", 0) > 100:
                self.fault(("stage", n, "probability"), _("a probability is at most 100"))
        if self.stages and "open" not in phases and "signing" not in phases:
            self.fault((), _("there is no stage for open deals in it"))
        if "after" in phases and any(one != "after" for one in phases[phases.index("after") :]):
            self.fault(("stage", phases.index("after"), "phase"), _("what comes after the win comes last"))

    def _once(self, keys: list[tuple[str, Path]], sort: str) -> None:
        seen: dict[str, Path] = {}
        for key, path in keys:
            if not key.replace("_", "").replace("-", "").isalnum():  # it stands in commands that people copy
                self.fault(path, _("a key has letters, digits and _ only"))
            if key in seen:
                first = self.lines.of(seen[key])
                self.fault(
                    path, _("{sort} {key} is there twice, first in line {line}").format(sort=sort, key=key, line=first)
                )
            seen.setdefault(key, path)

    def _tasks(self, stage: Mapping[str, Any], path: Path) -> None:
        tasks = list(stage.get("task", ()))
        self._once([(one["key"], (*path, "task", n, "key")) for n, one in enumerate(tasks)], _("task"))
        before = {one["key"]: list(one.get("after", ())) for one in tasks}
        for n, one in enumerate(tasks):
            who = one.get("who", "owner")
            if who not in WHO and self.people is not None and name_key(who) not in self.people:
                self._unknown((*path, "task", n, "who"), _("doer"), who, (*WHO, _("a rep's name")))
            for other in one.get("after", ()):
                if other not in before:
                    self._unknown((*path, "task", n, "after"), _("task"), other, before)
            if _round(one["key"], before):
                ring = " -> ".join(_round(one["key"], before))
                self.fault((*path, "task", n, "after"), _("the tasks wait for each other: {ring}").format(ring=ring))

    def _requires(self, stage: Mapping[str, Any], path: Path) -> None:
        from salesctl.domain.deal import DEAL

        tasks = {one["key"]: (*path, "task", n, "key") for n, one in enumerate(stage.get("task", ()))}
        keys: list[tuple[str, Path]] = list(tasks.items())
        for n, one in enumerate(stage.get("require", ())):
            here = (*path, "require", n)
            if ("field" in one) == ("fact" in one):
                self.fault(here, _("it asks for a field or for a fact: one of the two"))
                continue
            if "field" in one and one["field"] not in DEAL.by_key:
                self._unknown((*here, "field"), _("field"), one["field"], DEAL.by_key)
            if "fact" in one and one["fact"] not in FACTS:
                self._unknown((*here, "fact"), _("fact"), one["fact"], FACTS)
            keys.append((one.get("key") or one.get("field") or one["fact"], here))
        self._once(keys, _("item"))

    def _leads(self) -> None:
        from salesctl.domain.filter import parse
        from salesctl.domain.lead import LEAD
        from salesctl.errors import SalesError

        leads = self.plan.get("leads", {})
        rules = leads.get("screen", ())
        self._once([(one["key"], ("leads", "screen", n, "key")) for n, one in enumerate(rules)], _("rule"))
        for n, one in enumerate(rules):
            here: Path = ("leads", "screen", n, "when")
            try:
                words = parse([one["when"]])
            except SalesError as error:
                self.fault(here, error.message)
                continue
            for word in words:
                if word.field and word.field not in WORDS_OF_LEADS and LEAD.lookup(word.field) is None:
                    self._unknown(here, _("field"), word.field, LEAD.by_key)
        if leads.get("reject", 0) > leads.get("accept", 10**12):
            self.fault(("leads", "reject"), _("what is rejected would be accepted too"))
        for name in ("opens", "closes"):
            if name in leads and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", leads[name]):
                self.fault(("leads", name), _("{name} is an hour such as 09:00").format(name=name))
        if leads.get("opens", "09:00") >= leads.get("closes", "18:00"):
            self.fault(("leads", "closes"), _("it closes before it opens"))

    def _losses(self) -> None:
        """One word means one reason: it is counted in rates, or it is not."""
        seen: dict[str, int] = {}
        for n, one in enumerate(self.plan.get("loss", ())):
            for key in dict.fromkeys(name_key(word) for word in (one["reason"], *one.get("words", ()))):
                here: Path = ("loss", n, "reason" if key == name_key(one["reason"]) else "words")
                if not key:
                    self.fault(here, _("a reason is no blank"))
                elif key in seen:
                    said = _("{sort} {key} is there twice, first in line {line}")
                    self.fault(here, said.format(sort=_("reason"), key=key, line=seen[key]))
                seen.setdefault(key, self.lines.of(here))

    def _discount(self) -> None:
        from salesctl.domain import discountlint

        for path, why in discountlint.found(self.plan.get("discount", {}), self.people, self.lines.of):
            self.fault(path, why)

    def _enforce(self) -> None:
        stages = {one["key"]: {t["key"] for t in one.get("task", ())} | {r.get("key") or r.get("field") or r.get("fact") for r in one.get("require", ())}
                  for one in self.stages}  # fmt: skip
        rules = self.plan.get("enforce", {})
        for place, mode in rules.items():
            here: Path = ("enforce", place)
            stage, _dot, item = place.partition(".")
            if mode not in MODES:
                self._unknown(here, _("strictness"), str(mode), MODES)
            if place != "all" and stage not in stages:
                self._unknown(here, _("stage"), stage, stages)
            elif item and item not in stages[stage]:
                self._unknown(here, _("item"), item, sorted(filter(None, stages[stage])))


def _fits(value: Any, sort: str) -> bool:
    if sort == TEXT:
        return isinstance(value, str) and 0 < len(value.strip()) <= 2000
    if sort == WHOLE:
        return isinstance(value, int) and not isinstance(value, bool)
    if sort == FLAG:
        return isinstance(value, bool)
    if sort == LIST:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    try:
        return 0 <= percent(value) <= 1
    except (ValueError, ZeroDivisionError):
        return False


def _round(key: str, before: Mapping[str, list[str]]) -> list[str]:
    """The ring of tasks that a task is in, or nothing."""
    trail = [key]
    while True:
        step = next((one for one in before.get(trail[-1], ()) if _reaches(one, key, before)), None)
        if step is None:
            return []
        trail.append(step)
        if step == key or len(trail) > len(before) + 1:
            return trail


def _reaches(start: str, goal: str, before: Mapping[str, list[str]]) -> bool:
    seen, todo = set(), [start]
    while todo:
        one = todo.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            todo += before.get(one, ())
    return False
