"""Whatever is typed or read: a value, or one of our errors; never another one, and never slowly."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from salesctl import dates, hours, money, period, preparse, recur, text
from salesctl.config import Config
from salesctl.domain import filter as filters
from salesctl.errors import SalesError
from salesctl.readers.csv_ import TableFile
from salesctl.readers.profiles import parse_alias, parse_map, recognise
from tests.faults.conftest import Tell

LONG = os.environ.get("SALESCTL_FAULTS") == "long"
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
SLOW = 1.0  # seconds of this process that one text may take

# Words that are understood, the bad inputs of the plan, and what has broken parsers elsewhere.
SEEDS = [*filter(None, re.split(r"\s", """120k 1.2m 12万 12w 3400usd USD3400 ¥3,400 1e1000000 NaN inf -inf 1_000 １２３ ٣ 1.234,50 12,34 0.005 -0 RMB 10000000000000.01
today 今天 tomorrow 后天 fri 下周三 +3d 三天后 +3wd eom 月底 12月3日 2026-12-03 24.11.2026 24.11. 15:00 下午3点 2026-02-30 1/2 01/02/03 12 32 May
0001-01-01 9999-12-31 10000-01-01 99999999999999999999 24:00 23:59:60 +99:00 2026-11-01T10:00:00+99:00 2026Q4 本季度 w47 KW47 last_30d 2026-01..2026-06
fy2026 上半年 last_999999999999d -99999d +999999y 2w every_2_weeks 每月底 0 101 -1 50% 5折 stage:报价 amount:5万.. idle:14d.. not:won ^x a,b "a b" name~"x
a..b .. : = != <= ~ tags+=x a@b.c 1.38E+10 --db --db= -o -O json --today=x -- = == Amount=amount product:GTX=X ； ： ＝ “ ” 「 周四问结果 明天下午三点打电话"""))]  # fmt: skip
MARKS = "0123456789.,:;-+/%年月日周万亿千百半两十点 \t\n\r\"'\\=<>~^*()[]{}|@#&_xXkKmMwWdDeE\x00\x1b\x9b\u202e\u200b\u3000\uff11\u0663\ud800\udcff\U0001f4a3é"


def mutated(rng: random.Random) -> str:
    """A seed, two of them, or one with marks put in, taken out, doubled or many times over."""
    found = rng.choice(SEEDS)
    for _turn in range(rng.choice((0, 1, 1, 2, 3, 5))):
        place = rng.randint(0, len(found))
        kind = rng.randrange(6)
        if kind == 0:
            found = found[:place] + rng.choice(MARKS) + found[place:]
        elif kind == 1:
            found = found[:place] + found[place + 1 :]
        elif kind == 2:
            found = found[:place] + rng.choice(SEEDS) + found[place:]
        elif kind == 3:
            found = found[place:] + found[:place]
        elif kind == 4:
            found = found[:place] + found[place : place + 3] * rng.choice((2, 3, 40)) + found[place:]
        else:
            found = f"{found} {rng.choice(SEEDS)}"
    return found


def checks(word: str) -> None:
    for check in (text.check_email, text.check_phone, text.check_url, text.check_zone):
        try:
            check(word)
        except SalesError:
            continue


def shown(word: str) -> None:
    assert not text._driving().search(text.clean(word))
    text.initials(word)
    text.phone_key(word)
    assert text.width(text.crop(text.clean(word), 9)) <= 9
    assert text.name_key(text.name_key(word)) == text.name_key(word)


PARSERS: dict[str, Callable[[str], object]] = {
    "amount": lambda word: money.parse_amount(word, "CNY"),
    "count": lambda word: money.parse_count(word, "n"),
    "percent": lambda word: money.parse_percent(word, "n"),
    "date": lambda word: dates.parse_date(word, TODAY),
    "moment": lambda word: hours.parse_when(word, NOW),
    "next step": lambda word: hours.split_when(word, NOW),
    "hour": hours.parse_time,
    "period": lambda word: period.parse_period(word, TODAY),
    "days": period.parse_duration,
    "repetition": recur.Recurrence.parse,
    "filter": lambda word: filters.parse([word]),
    "command line": lambda word: preparse.preparse(word.split(" ")),
    "line": lambda word: text.check_line(word, "Name"),
    "note": lambda word: text.check_note(word, "Note"),
    "mail, phone, address, zone": checks,
    "map": parse_map,
    "alias": parse_alias,
    "header": lambda word: recognise(word.split(",")),
    "what is shown": shown,
}


def told_wrong(parse: Callable[[str], object], word: str) -> str:
    """What is wrong with how one text is read, or nothing."""
    began = time.process_time()
    try:
        parse(word)
    except SalesError as error:
        if not error.message:
            return "an error without a word"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    taken = time.process_time() - began
    return "" if taken < SLOW else f"{taken:.1f} s"


@pytest.mark.parametrize("name", PARSERS)
def test_no_text_breaks_a_parser(name: str, told: Tell) -> None:
    rng, times = random.Random(name), 60_000 if LONG else 1_500
    for word in (*SEEDS, "9" * 5000, "[" * 5000, "x" * 100_000, "1," * 5000, "每" * 3000):
        assert not told_wrong(PARSERS[name], word), (word[:60], told_wrong(PARSERS[name], word))
    for _turn in range(times):
        word = mutated(rng)
        assert not told_wrong(PARSERS[name], word), (word, told_wrong(PARSERS[name], word))
    told("texts given to nineteen parsers: seeds and their mutations", times)


def as_bytes(rng: random.Random) -> bytes:
    """A small file made of seeds, in some encoding, with bytes that do not belong."""
    mark = rng.choice(",;\t|")
    lines = [mark.join(mutated(rng) for _cell in range(rng.randint(1, 5))) for _line in range(rng.randint(1, 4))]
    data = (
        rng.choice(("\n", "\r\n", "\r"))
        .join(["name" + mark + "amount", *lines])
        .encode(rng.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030")), "replace")
    )
    place = rng.randint(0, len(data))
    return data[:place] + rng.choice((b"", b"\xff", b'"', b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x80")) + data[place:]


@pytest.mark.parametrize("kind", ["table", "config"])
def test_no_file_breaks_a_reader(tmp_path: Path, kind: str, told: Tell) -> None:
    """Tables of every delimiter and encoding, and settings that are no TOML."""

    def table(path: str) -> None:
        for _row in TableFile(path).rows():
            pass

    def config(path: str) -> None:
        Config(path).get("lang")
        Config(path).store("x")

    rng, times, place = random.Random(kind), 20_000 if LONG else 400, tmp_path / "file"
    files = (
        as_bytes(rng) if kind == "table" else b"lang = " + mutated(rng).encode("utf-8", "replace") for _ in range(times)
    )
    for data in (b"", b"\0", b"[" * 50_000, b"a = " + b"[" * 50_000, b"x" * 200_000, b'"', b"\xff\xfe", *files):
        place.write_bytes(data)
        wrong = told_wrong(table if kind == "table" else config, str(place))
        assert not wrong, (data[:200], wrong)
    told("files given to the readers of tables and settings", times)


def test_the_fuzz_finds_what_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: parsers that trust what they get are found out, and so is one that is slow."""

    def naive(word: str) -> object:
        return float(word) if word[:1].isdigit() else date.fromisoformat(word)

    rng = random.Random(1)
    assert any("ValueError" in told_wrong(naive, mutated(rng)) for _turn in range(50))
    monkeypatch.setattr("tests.faults.test_parsers.SLOW", 0.01)
    assert told_wrong(lambda word: sum(range(5_000_000)), "x").endswith(" s")


def exactly(minor: int, code: str) -> Fraction:
    return Fraction(minor, 10 ** money.decimals(code))


def test_money_is_exact(told: Tell) -> None:
    """P8: what is typed, shown, added and split, computed a second way with fractions."""
    rng, codes, total = (
        random.Random(8),
        ("CNY", "USD", "JPY", "KWD"),
        dict.fromkeys(("CNY", "USD", "JPY", "KWD"), Fraction(0)),
    )
    sums: dict[str, money.Money] = {code: money.Money(0, code) for code in codes}
    times = 100_000 if LONG else 5_000
    for _turn in range(times):
        code = rng.choice(codes)
        minor = rng.choice(
            (rng.randint(0, 10**4), rng.randint(0, 10**12), 10 ** (13 + money.decimals(code)) - rng.randint(0, 9))
        )
        one = money.Money(minor, code)
        assert Fraction(one.text) == exactly(minor, code)
        assert money.parse_amount(one.text, code) == one
        assert Fraction(re.sub(r"[^0-9.]", "", money.exact(one))) == exactly(minor, code)
        total[code] += exactly(minor, code)
        sums[code] = sums[code] + one
        shares = [rng.randint(0, 9) for _share in range(rng.randint(1, 6))] + [1]
        parts = money.split(one, shares)
        assert sum(part.minor for part in parts) == minor
        for part, share in zip(parts, shares, strict=True):
            assert abs(part.minor - Fraction(minor * share, sum(shares))) < 1
    assert {code: exactly(sums[code].minor, code) for code in codes} == total
    assert max(len(str(one.minor)) for one in sums.values()) >= (18 if LONG else 17)
    told("amounts typed, shown, added and split, against fractions", times)
