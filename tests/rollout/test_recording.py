"""What decisions looked at is kept so that each of them can be made again."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import AlertAnswer, Episode, Severity
from prr_pipeline.rollout.decide import decide
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.recording import recorded, restored
from tests.properties.decide_worlds import World, worlds
from tests.rollout.worlds import NOW, facts, promotion

EPISODE = Episode("am", "f1", NOW, None, Severity.CRITICAL, (("service", "grants"),), "down")


def through_the_ledger(value: object) -> object:
    """What the ledger gives back of a payload."""
    return json.loads(canonical_bytes(recorded(value)))


@settings(max_examples=300, deadline=None)
@given(worlds)
def test_any_decision_can_be_made_again_from_its_record(world: World) -> None:
    """Byte for byte, from what the ledger gives back of facts and policy."""
    state, seen, policy = world
    again = restored(Facts, through_the_ledger(seen)), restored(Policy, through_the_ledger(policy))
    assert again == (seen, policy)
    assert canonical_bytes(decide(state, *again, NOW).as_data()) == canonical_bytes(
        decide(state, seen, policy, NOW).as_data()
    )


def test_episodes_are_left_out_and_change_no_decision() -> None:
    """A record grows with the answers, not with the alerts behind them."""
    answer = AlertAnswer("firing", Severity.CRITICAL, "it burns", (EPISODE,))
    seen = facts(promotion("1%"), alerts=answer)
    again = restored(Facts, through_the_ledger(seen))
    assert again.alerts == replace(answer, episodes=())
    assert decide(promotion("1%"), again, Policy(), NOW) == decide(promotion("1%"), seen, Policy(), NOW)


def test_every_kind_of_value_in_a_record_comes_back() -> None:
    """Instants to the microsecond, durations, enumerations, pairs, and floats bit for bit."""
    assert restored(Episode, through_the_ledger(EPISODE)) == EPISODE
    assert restored(timedelta, through_the_ledger(timedelta(days=-3, microseconds=1))) == timedelta(
        days=-3, microseconds=1
    )
    assert restored(float, through_the_ledger(0.1 + 0.2)) == 0.1 + 0.2


def test_an_older_record_gets_the_defaults_of_what_it_lacks() -> None:
    """A field that came later changes nothing about decisions made before."""
    data = {name: value for name, value in _data(Policy()).items() if name in ("gap_cap", "required")}
    assert restored(Policy, data) == Policy()


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (Policy, {"gap_cap": 1, "hurry": True}, "hurry"),
        (Policy, {"gap_cap": "soon"}, "Policy"),
        (Policy, [], "Policy"),
        (Facts, {}, "lacks"),
        (Severity, "TERRIBLE", "TERRIBLE"),
        (int, True, "no int"),
    ],
    ids=["unknown field", "wrong type", "no object", "missing field", "unknown word", "a truth for a number"],
)
def test_what_is_no_record_is_told_in_a_sentence(kind: type, data: object, words: str) -> None:
    """A newer version's record, or a damaged one, raises nothing else."""
    with pytest.raises(Unreadable, match=words):
        restored(kind, data)


def test_a_value_without_a_form_is_refused() -> None:
    """Nothing is recorded by its looks."""
    with pytest.raises(TypeError, match="object"):
        recorded(object())


def test_every_field_of_facts_is_in_the_record() -> None:
    """What is added to the facts is in the record without further ado."""
    assert _data(facts(promotion())).keys() == {one.name for one in fields(Facts)}


def _data(value: object) -> dict[str, object]:
    data = recorded(value)
    assert isinstance(data, dict)
    return data
