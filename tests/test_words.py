"""What people type instead of what is meant: other names of nouns and topics, verbs that are not there, stray words."""

from __future__ import annotations

import pytest

from tests.conftest import Runner


def test_a_followup_answers_to_task_activity_and_todo(run: Runner) -> None:
    run("add Acme Pump 5k --next 'fri call'")
    for noun in ("task", "activity", "todo"):
        assert run(f"{noun} list --json").json[0]["ref"] == "F1"
    assert "task" not in run("--help").out


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("customer delete C1", 2, "did you mean archive?"),
        ("reopen D1", 2, "did you mean deal reopen?"),
        ("deal create X", 2, "did you mean add?"),
        ("'' list", 2, 'there is no command ""'),
        ("config me Anna Keller", 2, "too many words: Keller. was it a name? then quote it"),
        ("deal list -n abc", 2, "takes a whole number"),
        ("import nosuch.csv --lang zh", 9, "没有这个文件或文件夹"),
        ("import nosuch.csv", 9, "No such file or directory"),
    ],
)
def test_a_slip_is_told_in_one_line_with_the_way_out(run: Runner, line: str, code: int, said: str) -> None:
    done = run(line, code=code)
    assert said in done.err and done.err.count("\n") == 1


def test_topics_answer_to_their_chinese_names(run: Runner) -> None:
    assert run("help 筛选").out == run("help filters").out
    assert run("help env --lang zh").out == run("help environment --lang zh").out


def test_a_typed_amount_says_its_currency_while_none_is_set(run: Runner) -> None:
    assert "no currency is set, so amounts are in USD" in run("add Acme Pump 5k").err
    run("config set currency EUR")
    assert "currency" not in run("add Kova Line 5k").err


def test_the_levels_of_a_goal_survive_an_export(run: Runner, tmp_path: object) -> None:
    run("goal add revenue 900k -p 2026Q4 --level 冲刺=1m --level '挑战 = 二=1.2m'", code=4)
    run("goal add revenue 900k -p 2026Q4 --level 冲刺=1m --level 挑战=1.2m")
    run(f"export --to {tmp_path}/a")
    other = Runner(f"{tmp_path}/other.db", run.capfd)
    other(f"import {tmp_path}/a")
    levels = other("goal show G1 --json").json["levels"]
    assert [(one["name"], one["target"]["amount"]) for one in levels] == [
        ("冲刺", "1000000.00"),
        ("挑战", "1200000.00"),
    ]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["Eta", "", "5k"], "what is the deal called?", 'salesctl add Eta "Pump order" 5k'),
        (["Eta", " "], "what is the deal called?", 'salesctl add Eta "Pump order" 48k'),
        (["Gamma", "48k"], "48k is an amount: what is the deal called?", 'salesctl add Gamma "Pump order" 48k'),
        (["Gamma Inc", "48.000"], "48.000 is an amount", 'salesctl add "Gamma Inc" "Pump order" 48000'),
        (["Beta", "Works", "Pump order", "48k"], "of the customer wants", 'salesctl add "Beta Works" "Pump order" 48k'),
        (["Beta", "Works", "Ltd", "Pump"], "of the customer wants", 'salesctl add "Beta Works Ltd" Pump'),
        (["Beta Works", "Pump", "order", "48k"], "of the deal wants", 'salesctl add "Beta Works" "Pump order" 48k'),
    ],
)
def test_add_says_which_name_it_lacks_or_wants_quoted(run: Runner, words: list[str], message: str, hint: str) -> None:
    refused = run(["add", *words, "--json"], code=2).error
    assert message in refused["message"] and refused["hint"].endswith(hint)
    assert run("customer list --json").json == []


def test_a_deal_may_be_called_like_an_amount_where_it_has_one(run: Runner) -> None:
    run("add Gamma 48k 5k")
    assert run("deal show D1 --json").json["name"] == "48k"


def _two_of_a_name(run: Runner) -> None:
    run("add Acme 'Pump order' 48k")
    run("deal add 'Pump order' customer=Acme amount=5k expected_close=2026-12-12 --allow-similar")


@pytest.mark.parametrize("line", ["win Acme", "lose Acme price", "log 'Pump order' spoke", "advance 'pump order'"])
def test_deals_of_one_name_are_told_apart(run: Runner, line: str) -> None:
    _two_of_a_name(run)
    refused = run(f"{line} --json", code=5).error
    assert refused["candidates"] == [{"ref": "D1", "name": "Pump order"}, {"ref": "D2", "name": "Pump order"}]
    assert refused["message"].endswith(
        " may be D1 Pump order (Prospecting, $48,000, since 2026-11-23), D2 Pump order (Prospecting, $5,000, close 2026-12-12)"
    )


def test_deals_of_one_name_and_two_customers_say_whose_they_are(run: Runner) -> None:
    run("add Acme 'Pump order'")
    run("add Beta 'Pump order'")
    run("win D1")
    run("lose D2 price")
    err = run("deal show 'Pump order'", code=5).err
    assert (
        "D1 Pump order (Acme, Prospecting, won 2026-11-23), D2 Pump order (Beta, Prospecting, lost 2026-11-23)" in err
    )


def test_a_terminal_offers_what_tells_deals_apart(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    from salesctl.output.out import Out

    _two_of_a_name(run)
    offered: list[list[str]] = []
    monkeypatch.setattr(Out, "pick", lambda self, question, names: offered.append(list(names)) or 1)
    assert run("win Acme").out == "D2\n"
    assert offered == [
        [
            "D1  Pump order  Prospecting  $48,000  since 2026-11-23",
            "D2  Pump order  Prospecting  $5,000  close 2026-12-12",
        ]
    ]


def test_the_open_one_of_very_many_of_a_name_is_meant(run: Runner) -> None:
    """Fifteen are closed, and the sixteenth is the one to win."""
    for _turn in range(15):
        run("deal add Renewal amount=5 --allow-similar")
    for n in range(1, 16):
        run(f"win D{n}")
    run("deal add Renewal amount=6 --allow-similar")
    assert run("win Renewal").out == "D16\n"
