"""A refusal's own commands, as they are printed, bring the deal on: with nothing there yet, and with much there."""

from __future__ import annotations

import shlex

import pytest

from tests.conftest import Runner

SETUP = (
    "sop enforce block",
    "rep add Bo",
    "product add PRODUCT list_price=5",
    'add "Acme Corp" "Pump order" 48k --contact "Anna +49 421 5550"',
    "deal edit D1 owner=Bo channel=fair expected_close=2026-12-20",
)


def fixes(run: Runner) -> list[str]:
    """The commands that a refusal names; none when the deal has moved on."""
    done = run("advance D1 --json", code=None)
    return [one["fix"] for one in done.error["missing"] if one != "win"] if done.code else []


@pytest.mark.parametrize("much", [False, True], ids=["nothing", "much"])
def test_what_a_refusal_names_works_as_printed(run: Runner, much: bool) -> None:
    for line in SETUP:
        run(line)
    if much:
        for line in ("need add D1 one", "need add D1 two", "quote add D1 PRODUCT", "quote add D1 PRODUCT*2"):
            run(line)
    for _round in range(20):
        named = fixes(run)
        if not named and run("deal show D1 --json").json["stage"] == "Signing":
            break
        for fix in named:
            run(shlex.split(fix)[1:], code=None)
        if named:  # the first one always works: what comes after it may have to wait for it
            assert fixes(run) != named, named
    assert run("deal show D1 --json").json["stage"] == "Signing"
