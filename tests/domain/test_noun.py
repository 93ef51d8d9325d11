"""What follows from the declaration of a noun."""

from __future__ import annotations

from salesctl.domain.nouns import NOUNS


def test_nothing_is_stored_as_null_by_every_kind() -> None:
    """What `packed` relies on."""
    for noun in NOUNS.values():
        for field in noun.fields:
            assert set(field.kind.pack(None)) <= {None}, (noun.name, field.key)
        values = {noun.title: "x"} if noun.by_key[noun.title].kind.name == "name" else {}
        every = {key: values.get(key) for key in noun.by_key if noun.columns[key]}
        assert noun.packed(values) == noun.pack(every)
