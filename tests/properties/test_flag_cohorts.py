"""Properties of cohorts and definitions, for any key, any users and any share."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.exposure import Exposure, Rest
from prr_pipeline.flags.flagd_definition import Stamp, build, read
from prr_pipeline.flags.flagd_document import Damaged, FlagdDocument, parse
from prr_pipeline.flags.golden import members

shares = st.builds(Exposure.share, st.integers(1, 10_000), st.sampled_from(Rest))
exposures = st.builds(Exposure, st.integers(-1, 10_000), st.sampled_from(Rest))
keys = st.text(min_size=1, max_size=30)
users = st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30, unique=True)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | keys,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(keys, users, shares, shares)
def test_cohorts_are_monotone(key: str, ids: list[str], one: Exposure, other: Exposure) -> None:
    """Who is in at a smaller share is in at every larger one, whatever the rest gets."""
    low, high = sorted([one, other])
    assert set(members(key, low, ids)) <= set(members(key, high, ids))


@settings(max_examples=60, deadline=None)
@given(keys, users)
def test_everybody_is_in_at_the_top(key: str, ids: list[str]) -> None:
    """100% leaves nobody out."""
    assert members(key, Exposure.share(10_000), ids) == ids


@settings(deadline=None)
@given(exposures, st.integers(1, 2**53), st.text(max_size=20))
def test_reading_is_the_inverse_of_building(exposure: Exposure, version: int, intent_id: str) -> None:
    """Through JSON, every exposure and version comes back as it was."""
    made = build(exposure, Stamp(version, intent_id, "then", str(exposure)))
    record = read(json.loads(json.dumps(made)))
    assert (record.exposure, record.version, record.fault) == (exposure, version, None)


@settings(deadline=None)
@given(json_values)
def test_any_definition_is_read_without_an_error(definition: object) -> None:
    """Whatever somebody puts there: an exposure or a sentence."""
    record = read(definition)
    assert record.version > 0
    assert (record.exposure is None) == (record.fault is not None)


@settings(deadline=None)
@given(st.dictionaries(keys, json_values, max_size=3), keys, exposures)
def test_foreign_members_survive_a_write(members_: dict[str, object], key: str, exposure: Exposure) -> None:
    """A document that flagd loads keeps everything that is not ours, to the last digit."""
    try:
        document = parse(json.dumps({**members_, "flags": {}}).encode())
    except Damaged:
        return
    changed = document.with_exposures({key: exposure}, revision=1, intent_id="i", written_at="then")
    again = parse(changed.render())
    assert again.record(key).exposure == exposure
    kept = {name: value for name, value in members_.items() if name not in ("flags", "metadata")}
    assert json.dumps(kept) == json.dumps({name: again.members[name] for name in kept})


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,flags01eE.-nu\\', max_size=60).map(str.encode))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Any bytes are a document or damage with a reason."""
    try:
        outcome: FlagdDocument | str = parse(data)
    except Damaged as fault:
        outcome = str(fault)
    assert outcome
