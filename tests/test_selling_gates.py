"""Facts of needs, solutions and quotes at the gates of the stages, with enforcement on: refused, mended, let through."""

from __future__ import annotations

import shlex

import pytest

from tests.conftest import Runner
from tests.selling import ready

TASKS = {
    "contact": ["first_touch"],
    "discovery": ["needs_talk"],
    "solution": ["draft", "present"],
    "quote": ["price_check"],
    "negotiation": ["limits", "terms"],
    "signing": ["review", "payment_terms"],
}
# stage it leaves -> the facts it must have, and the commands that give it them, in the order they are missing
WAY = [
    ("contact", ["need"], ['need add D1 "changing over takes 40 minutes" --kind pain']),
    ("discovery", ["key_need"], ["need key D1"]),
    ("solution", ["solution_confirmed"], ["solution add D1 --from-needs", "solution confirm D1 --by Anna"]),
    (
        "quote",
        ["quote_approved", "quote_sent"],
        ["quote add D1 PX-1 --discount 4%", "quote submit D1", "quote send D1"],
    ),
    ("negotiation", [], []),
    ("signing", ["quote_accepted"], ["quote accept D1"]),
]


@pytest.fixture
def blocked(run: Runner) -> Runner:
    """A deal in First contact whose SOP blocks, with all it needs but what needs, solutions and quotes give."""
    ready(run)
    run("sop enforce block")
    run("contact edit P1 role=decides")
    run("deal edit D1 channel=fair expected_close=2026-12-20")
    run("sop tick D1 profile")
    run("advance D1")
    run("log call D1 hello")
    return run


def missing(run: Runner) -> dict[str, str]:
    """What the refusal of a move names: item -> the command that mends it."""
    error = run("advance D1 --json" if stage(run) != "signing" else "win D1 --json", code=4).error
    assert error["code"] == "stage_gate"
    return {one["item"]: one["fix"] for one in error["missing"]}


def stage(run: Runner) -> str:
    names = {"First contact": "contact", "Discovery": "discovery", "Solution": "solution", "Quote": "quote", "Negotiation": "negotiation", "Signing": "signing"}  # fmt: skip
    return names[run("deal show D1 --json").json["stage"]]


def test_a_deal_goes_its_way_from_gate_to_gate(blocked: Runner) -> None:
    for name, facts, commands in WAY:
        assert stage(blocked) == name
        for task in TASKS[name]:
            blocked(f"sop tick D1 {task}")
        if facts:
            assert list(missing(blocked)) == facts, name
        for command in commands[:-1]:
            blocked(command)
            assert set(missing(blocked)) <= set(facts)
        for command in commands[-1:]:
            blocked(command)
        checks = blocked("deal show D1 --json").json["checks"]
        assert all(one["met"] for one in checks), name
        blocked("win D1" if name == "signing" else "advance D1")
    assert blocked("deal show D1 --json").json["outcome"] == "won"


def test_the_command_that_mends_it_can_be_pasted(blocked: Runner) -> None:
    """Each fix names the deal, so that it works as it stands where one record is meant."""
    for task in TASKS["contact"]:
        blocked(f"sop tick D1 {task}")
    assert missing(blocked)["need"] == 'salesctl need add D1 "..."'
    blocked(shlex.split(missing(blocked)["need"])[1:])
    blocked("advance D1")
    blocked("sop tick D1 needs_talk")
    blocked(shlex.split(missing(blocked)["key_need"])[1:])
    blocked("advance D1")
    for task in TASKS["solution"]:
        blocked(f"sop tick D1 {task}")
    blocked("solution add D1 --from-needs")
    blocked(shlex.split(missing(blocked)["solution_confirmed"].replace("CONTACT", "Anna"))[1:])
    blocked("advance D1")
    blocked("sop tick D1 price_check")
    blocked("quote add D1 Service")
    blocked(shlex.split(missing(blocked)["quote_approved"])[1:])
    blocked(shlex.split(missing(blocked)["quote_sent"])[1:])
    blocked("advance D1")


def test_what_is_taken_back_is_missing_again(blocked: Runner) -> None:
    for task in TASKS["contact"]:
        blocked(f"sop tick D1 {task}")
    blocked("need add D1 text")
    blocked("need archive N1")
    assert list(missing(blocked)) == ["need"]
    blocked("need restore N1")
    blocked("advance D1")


def test_a_fact_of_an_older_version_is_none(blocked: Runner) -> None:
    """A solution that was confirmed and then revised is not confirmed; nor is a quote that was revised sent."""
    blocked("need add D1 text --key")
    blocked("solution add D1 --from-needs")
    blocked("solution confirm D1 --by Anna")
    blocked("quote add D1 PX-1")
    blocked("quote send D1")

    def holds(*facts: str) -> set[str]:
        from salesctl.store.connect import open_read
        from salesctl.store.sops import facts_of

        store = open_read(str(blocked.path))
        try:
            return facts_of(store, [1], facts)[1]
        finally:
            store.close()

    every = (
        "need",
        "key_need",
        "solution",
        "solution_confirmed",
        "quote",
        "quote_approved",
        "quote_sent",
        "quote_accepted",
    )
    assert holds(*every) == set(every) - {"quote_accepted"}
    blocked("quote accept D1")
    assert holds(*every) == set(every)
    blocked("quote revise Q1")
    assert holds(*every) == {"need", "key_need", "solution", "solution_confirmed", "quote"}
    blocked("solution revise S1")
    assert holds(*every) == {"need", "key_need", "solution", "quote"}
