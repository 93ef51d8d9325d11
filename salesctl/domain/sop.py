"""A sales process as standard work: what to do in each stage, what must be there before the next, who approves.

The text of a SOP is TOML; `soplint` says what is wrong with one. Here is what a right one means: pure, no store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from salesctl.i18n import N_, _
from salesctl.plain import Data

MODES = ("block", "warn", "off")
WHO = ("owner", "manager", "after_sales")  # or a rep's name
# What can be asked of a deal beside its fields: (what it is called, the command that mends it).
FACTS: dict[str, tuple[str, str]] = {
    "customer": (N_("a customer"), "salesctl deal edit {ref} customer=NAME"),
    "contacted": (N_("a call, mail or visit that was done"), 'salesctl log call {ref} "..."'),
    "contact_role": (N_("a contact who decides"), "salesctl contact edit NAME role=decides"),
    "next_step": (N_("a next step"), 'salesctl log {ref} "..." --next "fri call"'),
    "need": (N_("a need or a pain"), 'salesctl need add {ref} "..."'),
    "key_need": (N_("a key need"), "salesctl need key {ref}"),
    "solution": (N_("a solution"), "salesctl solution add {ref} --from-needs"),
    "solution_confirmed": (
        N_("a solution that the customer confirmed"),
        "salesctl solution confirm {ref} --by CONTACT",
    ),
    "quote": (N_("a quote"), 'salesctl quote add {ref} "PRODUCT*1"'),
    "quote_approved": (N_("a quote that needs no approval any more"), "salesctl quote submit {ref}"),
    "quote_sent": (N_("a quote that was sent"), "salesctl quote send {ref}"),
    "quote_accepted": (N_("a quote that was accepted"), "salesctl quote accept {ref}"),
    "contract": (N_("a signed contract"), "salesctl contract sign {ref}"),
}


class Task(Data, frozen=True):
    """Work of a stage: `due` working days after it begins; `after` are the tasks that come first."""

    key: str
    name: str
    required: bool = True
    who: str = "owner"
    due: int | None = None
    after: tuple[str, ...] = ()


class Requirement(Data, frozen=True):
    """What must be known before a deal leaves: a field that is filled, or a fact of FACTS."""

    key: str
    field: str | None = None
    fact: str | None = None
    name: str = ""


class Resource(Data, frozen=True):
    name: str
    url: str = ""


class StageKpi(Data, frozen=True):
    """A figure of a stage and what it should be: conversion in percent, days in days, met in percent of the items."""

    kpi: str
    target: int


class Stage(Data, frozen=True):
    """The standard work of one stage."""

    key: str
    name: str
    tasks: tuple[Task, ...] = ()
    require: tuple[Requirement, ...] = ()
    tools: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    kpis: tuple[StageKpi, ...] = ()
    channels: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}  # what the stage itself is: phase, probability, age_limit, idle_limit, aim

    @property
    def items(self) -> Iterator[tuple[str, str]]:
        """Everything that is checked when a deal leaves: (key, sort)."""
        yield from ((task.key, "task") for task in self.tasks if task.required)
        yield from ((one.key, "require") for one in self.require)


class Item(Data, frozen=True):
    """Something that is missing: which, what it is called, the command that mends it, and how strict the SOP is."""

    key: str
    sort: str  # task, require
    name: str
    fix: str
    mode: str  # block, warn


class Allowance(Data, frozen=True):
    """How much discount somebody may give by himself: for whom, on what, from which quantity."""

    discount: Fraction
    role: str | None = None
    product: str | None = None
    category: str | None = None
    quantity: int = 1


class Band(Data, frozen=True):
    """Who approves: discounts over `low` up to `high`, amounts from `floor` (major units, None for all)."""

    low: Fraction
    high: Fraction
    steps: tuple[str, ...]
    amount: int | None = None


class Loss(Data, frozen=True):
    """A reason to lose a deal, with its other spellings; `unrated` ones (duplicate, test) count in no win rate."""

    reason: str
    words: tuple[str, ...] = ()
    unrated: bool = False

    @property
    def spellings(self) -> list[str]:
        """How it may stand in a deal: each word as it is, in small letters, in capitals, and with one capital."""
        every = [self.reason, *self.words]
        return sorted({form for one in every for form in (one, one.lower(), one.upper(), one.capitalize())})


class Sop:
    """A SOP from its plan: the dictionary that its TOML text stands for, which `soplint` has passed."""

    def __init__(self, plan: Mapping[str, Any], number: int = 0, id: int | None = None) -> None:
        self.plan = plan
        self.number = number
        self.id = id

    @property
    def name(self) -> str:
        return str(self.plan.get("pipeline", {}).get("name") or "")

    @cached_property
    def stages(self) -> dict[str, Stage]:
        return {one["key"]: _stage(one) for one in self.plan.get("stage", ())}

    def part(self, *names: str) -> Mapping[str, Any]:
        """A table of the plan by its path; empty where there is none."""
        found: Any = self.plan
        for name in names:
            found = found.get(name) or {}
        return found if isinstance(found, Mapping) else {}

    def mode(self, stage: str, item: str) -> str:
        """How strict an item of a stage is: block, warn or off; the nearest rule counts."""
        rules = self.part("enforce")
        return str(rules.get(f"{stage}.{item}") or rules.get(stage) or rules.get("all") or "warn")

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that leads may come by; empty for any."""
        return tuple(self.part("leads").get("channels", ()))

    @property
    def playbooks(self) -> tuple[str, ...]:
        return tuple(self.plan.get("playbooks", ()))

    @cached_property
    def losses(self) -> tuple[Loss, ...]:
        """The reasons to lose a deal, as they are offered."""
        return tuple(
            Loss(one["reason"], tuple(one.get("words", ())), bool(one.get("exclude_from_rates", False)))
            for one in self.plan.get("loss", ())
        )

    @cached_property
    def allowances(self) -> tuple[Allowance, ...]:
        return tuple(
            Allowance(percent(one["discount"]), one.get("role"), one.get("product"), one.get("category"), one.get("quantity", 1))
            for one in self.part("discount").get("allow", ())
        )  # fmt: skip

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        return tuple(
            Band(percent(one["over"]), percent(one["to"]), tuple(one["approve"]), one.get("amount"))
            for one in self.part("discount").get("band", ())
        )


def percent(value: Any) -> Fraction:
    """5, 2.5 or "2.5%" as a share. Raises ValueError."""
    text = str(value).strip().removesuffix("%").strip()
    if not text or not all(one.isdigit() or one == "." for one in text):
        raise ValueError(text)
    return Fraction(text) / 100


def _stage(raw: Mapping[str, Any]) -> Stage:
    tasks = tuple(
        Task(one["key"], one["name"], bool(one.get("required", True)), one.get("who", "owner"), one.get("due"), tuple(one.get("after", ())))
        for one in raw.get("task", ())
    )  # fmt: skip
    require = tuple(
        Requirement(one.get("key") or one.get("field") or one["fact"], one.get("field"), one.get("fact"), one.get("name", ""))
        for one in raw.get("require", ())
    )  # fmt: skip
    own = ("phase", "probability", "age_limit", "idle_limit", "aim")
    return Stage(
        raw["key"],
        raw["name"],
        tasks,
        require,
        tuple(raw.get("tools", ())),
        tuple(Resource(one["name"], one.get("url", "")) for one in raw.get("resource", ())),
        tuple(StageKpi(one["kpi"], one["target"]) for one in raw.get("kpi", ())),
        tuple(raw.get("channels", ())),
        {name: raw[name] for name in own if name in raw},
    )


def listed(
    sop: Sop, stage: str | None, fields: Collection[str], facts: Collection[str], done: Collection[str], ref: str
) -> list[tuple[Item, bool]]:
    """What a stage asks for before a deal leaves it, and whether the deal has it; what is switched off is left out.

    `fields` are those that are filled, `facts` those that hold, `done` the tasks that are ticked.
    """
    plan = sop.stages.get(stage or "")
    if plan is None:
        return []
    found = []
    for task in plan.tasks:
        if task.required:
            mode = sop.mode(plan.key, task.key)
            fix = f"salesctl sop tick {ref} {task.key}"
            found.append((Item(task.key, "task", task.name, fix, mode), task.key in done))
    for one in plan.require:
        there = one.fact in facts if one.fact else one.field in fields
        item = Item(one.key, "require", _called(one), _fix(one, ref), sop.mode(plan.key, one.key))
        found.append((item, there))
    return [(item, there) for item, there in found if item.mode != "off"]


def _called(one: Requirement) -> str:
    if one.name:
        return one.name
    if one.fact:
        return _(FACTS[one.fact][0])
    from salesctl.domain.deal import DEAL

    return _(PLAIN.get(str(one.field)) or DEAL.by_key[str(one.field)].label)


def _fix(one: Requirement, ref: str) -> str:
    if one.fact:
        return FACTS[one.fact][1].format(ref=ref)
    return f"salesctl deal edit {ref} {one.field}=..."


def label(stage: Stage, key: str) -> str:
    """What an item of a stage is called."""
    for task in stage.tasks:
        if task.key == key:
            return task.name
    for one in stage.require:
        if one.key == key:
            return _called(one)
    return key


# Fields whose heading in a list is shorter than what a sentence has to say.
PLAIN = {
    "expected_close": N_("Expected close"),
    "probability": N_("Win probability"),
    "channel": N_("Channel it came by"),
    "contact": N_("Contact person"),
}
JUMP = "~jump"  # the item that counts a stage that was jumped over


def enforced(text: str, place: str, mode: str) -> str:
    """The text of a SOP with the strictness of all ("all"), a stage or an item of one set; the rest as it was."""
    line = f'"{place}" = "{mode}"'
    rows = text.rstrip("\n").split("\n")
    start = next((n for n, row in enumerate(rows) if row.strip() == "[enforce]"), None)
    if start is None:
        return "\n".join([*rows, "", "[enforce]", line, ""])
    end = next((n for n in range(start + 1, len(rows)) if rows[n].lstrip().startswith("[")), len(rows))
    for n in range(start + 1, end):
        if rows[n].partition("=")[0].strip().strip("\"'") == place:
            rows[n] = line
            break
    else:
        rows.insert(start + 1, line)
    return "\n".join(rows) + "\n"
