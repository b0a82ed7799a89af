"""Canonical JSON: equal values give equal bytes, and what could differ between machines is refused."""

from __future__ import annotations

import json
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.canonical import (
    HalfCharacter,
    canonical_bytes,
    digest,
    digest_bytes,
    digest_texts,
    instant_text,
    parse_instant,
)
from prr_pipeline.errors import PrrError

FIRST = datetime(1, 1, 2)  # noqa: DTZ001 (the strategy adds the zone)
texts = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


NO_INSTANTS = (
    "", "yesterday", "2026-01-31T12:00:00", "2026-13-01T00:00:00Z", "1767225600", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-01:00",
)  # fmt: skip


def shuffled(value: Any, rng: Random) -> Any:
    """An equal value in other clothes: other key order, other mapping and sequence types, other text form."""
    if isinstance(value, dict):
        items = [(unicodedata.normalize("NFD", key), shuffled(one, rng)) for key, one in value.items()]
        rng.shuffle(items)
        return rng.choice([dict(items), OrderedDict(items), MappingProxyType(dict(items))])
    if isinstance(value, list):
        return tuple(shuffled(one, rng) for one in value)
    return unicodedata.normalize("NFD", value) if isinstance(value, str) else value


def distinct_keys(value: Any) -> bool:
    """Whether no two keys of a mapping are one text in different forms."""
    if isinstance(value, Mapping):
        normal = {unicodedata.normalize("NFC", key) for key in value}
        return len(normal) == len(value) and all(distinct_keys(one) for one in value.values())
    return all(distinct_keys(one) for one in value) if isinstance(value, list) else True


@settings(max_examples=150)
@given(values.filter(distinct_keys), st.randoms(use_true_random=False))
def test_equal_values_give_equal_bytes(value: Any, rng: Random) -> None:
    """Whatever the order of keys, the type of list and mapping, and the form of the text."""
    assert canonical_bytes(shuffled(value, rng)) == canonical_bytes(value)
    assert digest(shuffled(value, rng)) == digest(value)


@settings(max_examples=150)
@given(values.filter(distinct_keys))
def test_the_bytes_are_json_that_says_the_same(value: Any) -> None:
    """Canonical bytes read back and written again are the same bytes."""
    once = canonical_bytes(value)
    assert canonical_bytes(json.loads(once)) == once


@given(values, values)
def test_different_values_give_different_bytes(one: Any, other: Any) -> None:
    """Equal bytes mean equal values, where true is not one and false is not zero."""
    if canonical_bytes(one) == canonical_bytes(other):
        assert json.loads(canonical_bytes(one)) == json.loads(canonical_bytes(other))
        assert type(one) is type(other)


@settings(max_examples=300)
@given(values.filter(distinct_keys))
def test_the_bytes_are_those_of_the_standard_library(value: Any) -> None:
    """What was signed with one encoder is verified with another."""
    plain = json.loads(canonical_bytes(value))
    assert (
        canonical_bytes(plain) == json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )


_TEXTS = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)


@given(_TEXTS)
def test_texts_have_one_digest_whichever_way_it_is_taken(value: Any) -> None:
    """The quick way is the same digest, in whatever form the text stands."""
    assert digest_texts(value) == digest(value)


@pytest.mark.parametrize("value", [2**64, -(2**70), "\x00\x1f\x7f\u2028", [[]] * 3], ids=repr)
def test_numbers_of_any_size_and_control_characters_are_held(value: object) -> None:
    """The quick encoder refuses some; they come out alike."""
    assert canonical_bytes(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def test_deep_lists_are_held() -> None:
    """Deeper than the quick encoder goes."""
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    assert canonical_bytes(deep) == b"[" * 301 + b"]" * 301


def test_the_form_is_sorted_and_without_space() -> None:
    """The exact bytes, as another program must write them."""
    value = {"b": [1, True, None], "a": "e\u0301", "A": {"z": -1, "": ""}}
    assert canonical_bytes(value) == '{"A":{"":"","z":-1},"a":"\u00e9","b":[1,true,null]}'.encode()
    assert digest_bytes(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("wrong", [1.0, float("nan"), 1j, b"a", bytearray(b"a"), {1}, object(), datetime.now(UTC)])
@pytest.mark.parametrize(
    "wrap", [lambda v: v, lambda v: [v], lambda v: {"a": [{"b": v}]}], ids=["bare", "list", "deep"]
)
def test_what_machines_write_differently_is_refused(wrong: object, wrap: Any) -> None:
    """Floats, bytes, sets and objects have no canonical form; the sentence says where one was found."""
    with pytest.raises(PrrError, match=r"\$.*is a "):
        canonical_bytes(wrap(wrong))


@pytest.mark.parametrize("key", [1, None, True, (1,)])
def test_keys_are_text(key: object) -> None:
    """A number as a key would be equal to its text in some readers only."""
    with pytest.raises(PrrError, match="a key of"):
        canonical_bytes({key: 1})


@pytest.mark.parametrize("value", ["a \ud800 b", {"\udcff": 1}, [2**70, "\ud800"]])
def test_half_a_character_is_refused_in_one_sentence(value: object) -> None:
    """No UTF-8 holds it; the sentence itself can be printed."""
    with pytest.raises(HalfCharacter, match=r"whole characters only; half of one \(a surrogate\) ends") as told:
        canonical_bytes(value)
    assert str(told.value).isascii()


def test_two_keys_that_become_one_are_refused() -> None:
    """Else one of two values would be signed without being shown."""
    with pytest.raises(PrrError, match="twice"):
        canonical_bytes({"\u00e9": 1, "e\u0301": 2})


@given(st.datetimes(min_value=FIRST, timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_an_instant_survives_its_text(at: datetime) -> None:
    """In UTC, to the microsecond, whatever zone it came in."""
    written = instant_text(at)
    assert parse_instant(written) == at
    assert written.endswith("Z")
    assert len(written) == 27


@pytest.mark.parametrize("wrong", NO_INSTANTS)
def test_what_is_no_aware_instant_is_refused(wrong: str) -> None:
    """A time without a zone is a guess."""
    with pytest.raises(PrrError):
        parse_instant(wrong)


def test_a_naive_instant_is_not_written() -> None:
    """The error shows the value and the way out."""
    with pytest.raises(PrrError, match="has no time zone; give an aware one"):
        instant_text(datetime(2026, 1, 1))  # noqa: DTZ001
