"""A document is read strictly, changed narrowly and written so that flagd loads it."""

from __future__ import annotations

import json

import pytest
from openfeature.contrib.tools.flagd.core import FlagdCore

from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.flags.flagd_document import EMPTY, SCHEMA, Damaged, FlagdDocument, parse, salvaged_keys


def _with(document: FlagdDocument, revision: int, **exposures: Exposure) -> FlagdDocument:
    return document.with_exposures(exposures, revision=revision, intent_id="i1", written_at="then")


def test_a_document_survives_writing_and_reading() -> None:
    """What is rendered parses to the same document."""
    document = _with(EMPTY, 3, checkout=SHADOW, payout=OFF)
    assert parse(document.render()) == document
    assert document.revision == 3
    assert document.members["$schema"] == SCHEMA


def test_flagd_loads_what_is_rendered() -> None:
    """The evaluator of the readers takes the document and shows the file's revision."""
    core = FlagdCore()
    core.set_flags(_with(EMPTY, 3, checkout=SHADOW).render().decode())
    assert core.get_flag_set_metadata() == {"revision": 3}
    assert core.resolve_string_value("checkout", "off").flag_metadata["version"] == 3


def test_an_empty_document_is_a_document() -> None:
    """It renders, loads and holds nothing."""
    assert parse(EMPTY.render()).flags == {}


def test_each_flag_has_a_line() -> None:
    """A difference of two revisions shows the flags that changed."""
    before = _with(EMPTY, 1, a=OFF, b=OFF, c=OFF).render().splitlines()
    after = _with(_with(EMPTY, 1, a=OFF, b=OFF, c=OFF), 2, b=SHADOW).render().splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 2


@pytest.mark.parametrize(("revision", "read_as"), [(4, 4), ("4", 0), (True, 0), (-1, 0), (2**60, 0), (1.5, 0)], ids=str)
def test_a_strange_revision_counts_as_none(revision: object, read_as: int) -> None:
    """The next one is floored by the copy and by the versions, so nothing goes back."""
    assert parse(json.dumps({"metadata": {"revision": revision}, "flags": {}}).encode()).revision == read_as


def test_the_next_revision_is_above_everything_known() -> None:
    """Above the document's own, the floor, and each version of the keys, hand edits counted."""
    document = _with(EMPTY, 5, checkout=SHADOW)
    assert document.next_revision(["checkout", "new"], 0) == 6
    assert document.next_revision(["checkout"], 40) == 41


def test_names_in_any_script_survive() -> None:
    """Rendered in ASCII, because some readers open the file in the encoding of their locale."""
    data = _with(EMPTY, 1, **{"gölden-✓": SHADOW}).render()
    assert data.isascii()
    assert parse(data).record("gölden-✓").exposure == SHADOW


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'{"flags": {"a": {}, "a": {}}}', "'a' comes twice"),
        (b'{"flags": {}, "metadata": {"x": -Infinity}}', "-Infinity"),
        (b'{"flags": {"a": 1}}', "flagd does not load it"),
        (b'{"flags": {}} {}', "Extra data"),
        (b"\xff", "strict JSON"),
    ],
    ids=["twice", "infinite", "refused by flagd", "more after the end", "not UTF-8"],
)
def test_damage_is_told_in_words(data: bytes, word: str) -> None:
    """The message says what is wrong with the document."""
    with pytest.raises(Damaged, match=word):
        parse(data)


def test_keys_are_salvaged_from_a_damaged_document() -> None:
    """Only our own flags are found, and only for people to read."""
    data = _with(EMPTY, 1, checkout=SHADOW, payout=OFF).render()
    assert salvaged_keys(data[:-40]) == ["checkout", "payout"]
    assert salvaged_keys(b"\x00\xff") == []
