"""Whether two customers may be one: what their names come down to, and how much alike they look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

# Legal forms and the words around them, longest first; a name without them is what people say.
FORMS = (
    "股份有限公司", "有限责任公司", "有限公司", "集团", "公司", "incorporated", "corporation", "limited", "company",
    "gmbh & co. kg", "gmbh", "holding", "group", "corp", "inc", "ltd", "llc", "plc", "ag", "kg", "co", "sa", "bv",
)  # fmt: skip
PUBLIC = frozenset((
    "gmail.com", "qq.com", "163.com", "126.com", "foxmail.com", "sina.com", "sohu.com", "outlook.com", "hotmail.com",
    "yahoo.com", "icloud.com", "gmx.de", "web.de", "aliyun.com", "139.com", "live.com", "msn.com",
))  # fmt: skip
ALIKE = 0.88  # from this share of equal letters on two names look alike
GROUP = 200  # names of one beginning that are compared with each other at most


class Known(NamedTuple):
    """What is known of a customer that another may share: folded name, phones, addresses, domains."""

    id: int
    name_key: str
    phones: frozenset[str]
    mails: frozenset[str]
    domains: frozenset[str]


class Pair(NamedTuple):
    """Two customers that may be one, and why."""

    first: int
    second: int
    why: tuple[str, ...]  # name, like, phone, mail, domain
    score: int  # 0 to 100


WEIGHT = {"name": 60, "like": 40, "phone": 35, "mail": 45, "domain": 25}


def core(name_key: str) -> str:
    """A folded name without its legal form and its marks."""
    words = re.sub(r"[.,()（）'\"·\-]", " ", name_key).strip()
    changed = True
    while changed and words:
        changed = False
        for form in FORMS:
            chinese = not form.isascii()
            end = form if chinese else f" {form}"
            if words.endswith(end) and len(words) > len(end) + (1 if chinese else 0):
                words, changed = words[: -len(end)].strip(), True
    return re.sub(r"\s+", "", words) or name_key


def domain_of(address: str) -> str:
    """The domain of an e-mail address or a website, if it says who its owner is."""
    text = re.sub(r"^https?://", "", address.strip().lower()).removeprefix("www.")
    domain = text.rpartition("@")[2].split("/")[0].split(":")[0]
    return "" if domain in PUBLIC or "." not in domain else domain


def pairs(
    known: Sequence[Known], alike: Callable[[str, str], float], apart: Iterable[tuple[int, int]] = ()
) -> list[Pair]:
    """The pairs that may be one customer, the surest first; those in `apart` are known to be two."""
    why: dict[tuple[int, int], set[str]] = {}
    for sort, values in (
        ("name", lambda one: (core(one.name_key),)),
        ("phone", lambda one: one.phones),
        ("mail", lambda one: one.mails),
        ("domain", lambda one: one.domains),
    ):
        _share(known, sort, values, why)
    _look(known, alike, why)
    separate = {(min(pair), max(pair)) for pair in apart}
    found = [
        Pair(first, second, tuple(sorted(reasons)), min(100, sum(WEIGHT[one] for one in reasons)))
        for (first, second), reasons in why.items()
        if (first, second) not in separate and reasons != {"domain"}
    ]
    return sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second))


def _share(
    known: Sequence[Known], sort: str, values: Callable[[Known], Iterable[str]], why: dict[tuple[int, int], set[str]]
) -> None:
    groups: dict[str, list[int]] = {}
    for one in known:
        for value in values(one):
            if value:
                groups.setdefault(value, []).append(one.id)
    for ids in groups.values():
        if 1 < len(ids) <= GROUP:
            for place, first in enumerate(ids):
                for second in ids[place + 1 :]:
                    why.setdefault((min(first, second), max(first, second)), set()).add(sort)


def _look(known: Sequence[Known], alike: Callable[[str, str], float], why: dict[tuple[int, int], set[str]]) -> None:
    groups: dict[str, list[Known]] = {}
    for one in known:
        groups.setdefault(core(one.name_key)[:2], []).append(one)
    for some in groups.values():
        for place, first in enumerate(some[:GROUP]):
            for second in some[place + 1 : GROUP]:
                a, b = core(first.name_key), core(second.name_key)
                if a != b and min(len(a), len(b)) >= 4 and alike(a, b) >= ALIKE:
                    why.setdefault((min(first.id, second.id), max(first.id, second.id)), set()).add("like")
