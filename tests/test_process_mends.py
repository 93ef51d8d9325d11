"""A refusal's own commands, each as it is printed, bring the deal on: with nothing there yet, and with much there."""

from __future__ import annotations

import shlex
import sys

import pytest

from tests.conftest import Runner

SETUP = (
    "sop enforce block",
    "rep add Bo",
    'add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550"',
    "deal edit D1 owner=Bo",
)
BARE = ("sop enforce block", 'deal add "Pump order"')
MUCH = (
    "product add Pump list_price=5",
    "need add D1 one",
    "need add D1 two",
    "quote add D1 Pump",
    "quote add D1 Pump*2",
)


def fixes(run: Runner) -> list[str]:
    """The commands that a refusal names; none when the deal has moved on."""
    done = run("advance D1 --json", code=None)
    return [one["fix"] for one in done.error["missing"] if one != "win"] if done.code else []


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("before", [BARE, SETUP, (*SETUP, *MUCH)], ids=["bare", "some", "much"])
def test_what_a_refusal_names_works_as_printed(
    request: pytest.FixtureRequest, before: tuple[str, ...], lang: str
) -> None:
    run: Runner = request.getfixturevalue("run" if lang == "en" else "zh")
    for line in before:
        run(line)
    last = "Signing" if lang == "en" else "签约"
    for _round in range(40):
        named = fixes(run)
        if not named and run("deal show D1 --json").json["stage"] == last:
            break
        for fix in dict.fromkeys(named):
            assert fix.startswith("salesctl ")
            run(shlex.split(fix)[1:])  # exit 0, each of them
    assert run("deal show D1 --json").json["stage"] == last


def test_a_sop_may_ask_for_any_field_and_any_fact(run: Runner) -> None:
    """What mends each of them runs as printed, and the last of them is there after some rounds."""
    from salesctl.domain.deal import DEAL
    from salesctl.domain.sop import FACTS
    from salesctl.store import mends, sops
    from tests.quoting import app_of

    run("deal add Pumps")
    fixed = [one.key for one in DEAL.fields if one.fixed or one.key in ("name", "stage", "probability_source")]
    fixed.append("created")  # no answer of the customer's may be before it
    wanted = [one.key for one in DEAL.fields if one.key not in fixed] + list(FACTS)
    for key in wanted:
        for _round in range(6):
            with app_of(run) as app:
                raw = app.store.one("SELECT * FROM deal WHERE id = 1")
                there = sops.filled(app.store, raw) | sops.facts_of(app.store, [1], FACTS)[1]
                fix = mends.of(app.store, raw, [key]).get(key) or FACTS[key][1].format(ref="D1")
            if key in there:
                break
            run(shlex.split(fix)[1:])
        assert key in there, key


def test_on_a_terminal_each_missing_thing_has_its_line(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in SETUP:
        run(line)
    piped = run("advance D1", code=4).err
    assert piped.count("\n") == 1 and piped.startswith("salesctl: ")
    monkeypatch.setattr("salesctl.app._is_tty", lambda stream: stream is sys.stderr)
    shown = run("advance D1", code=4)
    missing = run("advance D1 --json", code=4).error["missing"]
    lines = shown.err.splitlines()
    assert shown.out == "" and len(lines) == 2 + 2 * len(missing)
    assert lines[0].startswith(f"salesctl: {len(missing)} thing") and lines[0].endswith("what mends it:")
    pairs = [(one["name"], one["fix"]) for one in missing]
    assert [(a.removeprefix("- "), b.strip()) for a, b in zip(lines[1:-1:2], lines[2:-1:2], strict=True)] == pairs
    assert lines[-1] == 'or, counted: --override --reason "..."'


def test_a_field_is_named_in_plain_words(run: Runner, zh: Runner) -> None:
    for runner, words in ((run, "Expected close"), (zh, "预计签约日期")):
        for line in (*SETUP, f"advance D1 {'Quote' if runner is run else '报价'} --override --reason x"):
            runner(line)
        lang = "en" if runner is run else "zh"
        missing = runner(f"advance D1 --json --lang {lang}", code=4).error["missing"]
        (close,) = (one for one in missing if one["item"] == "expected_close")
        assert (close["name"], close["fix"]) == (words, "salesctl deal edit D1 expected_close=+30d")
