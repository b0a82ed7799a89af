"""A promotion's state: its copies with other values."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from prr_pipeline.rollout.state import PromotionState, changed, completed
from tests.properties.decide_worlds import any_world


@pytest.mark.parametrize("seed", range(20))
def test_a_changed_state_is_what_replacing_gives(seed: int) -> None:
    """Field for field, whatever the state, and the state itself stays as it was."""
    state, other = any_world(seed)[0], any_world(seed + 100)[0]
    before = replace(state)
    for one in fields(PromotionState):
        value = getattr(other, one.name)
        assert changed(state, **{one.name: value}) == replace(state, **{one.name: value}), one.name
    assert state == before


def test_a_state_just_made_is_completed_in_place() -> None:
    """No third object is made for it."""
    new = changed(any_world(1)[0])
    assert completed(new, last_seq=7, version=3) is new
    assert (new.last_seq, new.version) == (7, 3)


def test_what_is_no_field_is_an_error() -> None:
    """A slip of the pen writes nothing anywhere."""
    with pytest.raises(KeyError, match="color"):
        changed(any_world(1)[0], color="red")
