"""Two who saw the same state: a conflict only over what the second one sets or checks; everything else merges."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.store_state import rows

# What the first one did, what the second one then does, and whether that is a conflict.
PAIRS = [
    ("deal edit D1 amount=7k", "deal edit D1 note=x", False),
    ("deal edit D1 amount=7k", "deal edit D1 amount=8k", True),
    ("deal edit D1 amount=7k", "deal edit D1 amount=7k", False),
    ("deal edit D1 tags+=a", "deal edit D1 tags+=b", False),
    ("deal edit D1 amount=7k", "advance D1", False),
    ("deal edit D1 note=x", "win D1", False),
    ("advance D1", "deal edit D1 amount=7k", False),
    ("advance D1", "advance D1", True),
    ("advance D1", "deal advance D1 Quote --reason x", True),
    ("lose D1 price", "advance D1", True),
    ("win D1", "win D1", True),
    ("win D1", "lose D1 price", True),
    ("win D1", "log D1 text", False),
    ("advance D1", "log D1 text --next '+2d call'", False),
    ("customer edit C1 industry=a", "log C1 text", False),
    ("customer edit C1 industry=a", "customer edit C1 region=b", False),
    ("customer edit C1 industry=a", "customer edit C1 industry=b", True),
    ("customer archive C1", "customer edit C1 industry=b", False),
    ("done F1", "done F1", True),
    ("snooze F1 +3d", "snooze F1 +4d", True),
    ("snooze F1 +3d", "followup edit F1 note=x", False),
    ("deal edit D2 amount=7k", "deal edit D1 amount=8k", False),
]


@pytest.mark.parametrize(("first", "second", "conflict"), PAIRS, ids=[f"{a} | {b}" for a, b, _c in PAIRS])
def test_only_what_is_set_or_checked_conflicts(
    run: Runner, monkeypatch: pytest.MonkeyPatch, first: str, second: str, conflict: bool
) -> None:
    from salesctl.app import App

    for line in ('add Acme Deal 5k --next "today call"', "add Kova Other 5k", "deal edit D1 tags=t"):
        run(line)
    seen = rows(run.path, "SELECT max(id) FROM operation")[0][0]
    monkeypatch.setenv("SALESCTL_USER", "Bo")
    run(first)
    monkeypatch.setenv("SALESCTL_USER", "Ann")
    monkeypatch.setattr(App, "seen", property(lambda self: seen))
    done = run(f"{second} --json", code=None)
    assert done.code == (5 if conflict else 0), done.err
    if conflict:
        told = done.error
        assert told["by"] == "Bo" and told["at"] and told["fields"] and "Bo" in told["message"]
    elif "tags" in second:
        assert {"a", "b", "t"} <= set(run("deal show D1 --json").json["tags"])
