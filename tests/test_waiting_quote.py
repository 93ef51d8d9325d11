"""A quote that waits for approval: put away, brought in from a file, approved by its own ref; needs that are put away."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.quoting import quote
from tests.test_approval import asked, by, crew  # noqa: F401


def states(run: Runner) -> tuple[str, str]:
    """How Q1 and A1 stand."""
    return run("quote show Q1 --json").json["status"], run("approval show A1 --json").json["state"]


def test_archiving_a_waiting_quote_withdraws_its_approval(crew: Runner) -> None:  # noqa: F811
    asked(crew, 12)
    assert states(crew) == ("waiting", "waiting")
    assert "Q1 waited for approval: A1 is withdrawn" in crew("quote archive Q1").err
    assert states(crew) == ("draft", "withdrawn")
    assert [one["state"] for one in crew("approval list --json").json] == ["withdrawn"]
    assert crew("today --json").json["waiting"].get("approvals") is None
    crew("undo")
    assert states(crew) == ("waiting", "waiting")
    assert [one["ref"] for one in crew("approval list --json").json] == ["A1"]
    crew("quote archive Q1")
    crew("quote restore Q1")
    assert states(crew) == ("draft", "withdrawn")
    crew("quote archive Q1")
    assert "withdrawn" not in crew("quote restore Q1").err


def test_a_waiting_quote_of_a_file_is_a_draft_and_said_so(crew: Runner, bare: Runner, tmp_path: Path) -> None:  # noqa: F811
    asked(crew, 12)
    folder = tmp_path / "out"
    crew(f"export --to {folder}")
    files = [str(folder / f"{name}.csv") for name in ("rep", "pipeline", "stage", "product", "deal", "quote")]
    told = bare(["import", *files]).err
    assert "1 row waited for approval and are drafts here: salesctl quote submit REF" in told
    assert bare("quote show Q1 --json").json["status"] == "draft"
    assert bare("approval list --all --json").json == []
    assert bare("quote submit Q1 --json", code=None).code in (0, 4)
    crew(["import", files[-1]])  # the same file where the quote waits: nothing is new
    assert states(crew) == ("waiting", "waiting")
    text = (folder / "quote.csv").read_text(encoding="utf-8").replace(",waiting,", ",approved,")
    (folder / "quote.csv").write_text(text, encoding="utf-8")
    crew(["import", files[-1]])
    assert states(crew) == ("approved", "withdrawn")
    crew("undo")
    assert states(crew) == ("waiting", "waiting")


def test_an_approval_answers_to_its_quote_and_its_deal(crew: Runner, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    crew('product add "Q2 D1"')
    asked(crew, 12)
    asked(crew, 13)
    quote(crew, "D1", [("I1", 3, 1)], owner="Bo")
    assert crew("approval show Q2 --json").json["ref"] == "A2"
    assert crew("approval show q1 --json").json["ref"] == "A1"
    both = crew("approval show D1 --json", code=5).error
    assert [one["ref"] for one in both["candidates"]] == ["A1", "A2"]
    none = crew("approval approve Q3", code=3).err
    assert "nobody was asked to approve Q3" in none and "salesctl approval list" in none
    assert "there is no Q9" in crew("approval approve Q9", code=3).err
    by(monkeypatch, "Anna")
    crew("approval approve Q2")
    assert crew("quote show Q2 --json").json["status"] == "approved"
    assert crew("approval show D1 --json").json["ref"] == "A1"  # the one that waits
    crew("approval reject D1 'too much'")
    assert crew("approval approve Q1", code=5).err.startswith("salesctl: A1 was rejected by Anna")


@pytest.mark.parametrize(
    "words", ["quote send Q1", "quote accept Q1", "quote submit Q1", "quote edit Q1 --discount 3%"]
)
def test_a_waiting_quote_says_where_it_waits(crew: Runner, words: str) -> None:  # noqa: F811
    asked(crew, 12)
    assert "salesctl approval list" in crew(words, code=None).err
    assert states(crew) == ("waiting", "waiting")


def test_an_archived_need_is_marked_in_its_solution(run: Runner, zh: Runner) -> None:
    for runner, lang, mark, told in (
        (run, "en", "[archived]", "N1 stands in S1, marked as archived"),
        (zh, "zh", "[已归档]", "N1 在 S1 里"),
    ):
        runner('deal add "Pump order"')
        for text in ("fast", "quiet"):
            runner(f"need add D1 {text}")
        assert runner("need archive N2").err.count("\n") == 1  # in no solution: nothing more to say
        runner("need restore N2")
        runner("solution add D1 --from-needs")
        assert told in runner(f"need archive N1 --lang {lang}").err
        shown = runner("solution show S1 --json").json
        assert [(one["ref"], one["archived"]) for one in shown["needs"]] == [("N1", True), ("N2", False)]
        assert f"fast  {mark}" in runner(f"solution show S1 -O text --lang {lang}").out
        revised = runner("solution revise S1")
        assert "N1" in revised.err and "N2" in revised.err
        assert [one["ref"] for one in runner("solution show S2 --json").json["needs"]] == ["N2"]
        runner("undo")
        runner("undo")
        assert not any(one["archived"] for one in runner("solution show S1 --json").json["needs"])
