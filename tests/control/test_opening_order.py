"""What a promotion may open under: never below a dependant that is on its way."""

from __future__ import annotations

import pytest

from prr_pipeline.control.opening_order import versions_of_dependants
from prr_pipeline.control.orders import roll_back
from prr_pipeline.errors import Refused, StaleVersion
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.subjects import Subject
from tests.control.scene import ORDER, Scene
from tests.control.test_orders import put_at_shadow

DEPENDENCY = "createEntity"


def test_nothing_opens_under_a_dependant_with_traffic(empty: Scene) -> None:
    """Its users were promised what is there now; a roll back of something newer must not take it from them."""
    key = empty.open("createGrant", needs=["issueShares"])
    middle = empty.open("issueShares", needs=[DEPENDENCY])
    empty.work.ledger.append([Draft(middle, EventType.PROMOTION_ENDED, {"cause": "beta recorded"}, "run:test")])
    put_at_shadow(empty, key)
    with pytest.raises(Refused, match=r"createGrant:beta depends on it and stands at shadow.*prr rollback createGrant"):
        empty.open(DEPENDENCY, needs=[])
    roll_back(empty.work, [key], ORDER)
    assert empty.state(empty.open(DEPENDENCY, needs=[])).exposure == OFF


def test_nothing_opens_under_a_dependant_that_is_rising(empty: Scene) -> None:
    """Its flag may be written at any moment."""
    key = empty.open("createGrant", needs=[DEPENDENCY])
    empty.work.ledger.append([intent(key)])
    with pytest.raises(Refused, match="createGrant:beta depends on it and rises to shadow"):
        empty.open(DEPENDENCY, needs=[])


def test_a_dependant_that_begins_to_rise_meanwhile_is_noticed(empty: Scene) -> None:
    """The opening compares the versions that it read."""
    key = empty.open("createGrant", needs=[DEPENDENCY])
    read = versions_of_dependants(empty.work, Subject.parse(DEPENDENCY))
    assert read == {key: 1}
    empty.work.ledger.append([intent(key)])
    late = Draft("listGrants:beta", EventType.ADVANCE_REQUESTED, {"reason": "test"}, "run:test")
    with pytest.raises(StaleVersion):
        empty.work.ledger.append([late], expect=read)


def test_what_does_not_depend_on_it_is_no_obstacle(empty: Scene) -> None:
    """A dependency at 10% is no reason against a dependant, nor is a stranger."""
    for name in ("issueShares", "listGrants"):
        put_at_shadow(empty, empty.open(name, needs=[]))
    assert empty.open(DEPENDENCY, needs=["issueShares"])


def intent(key: str) -> Draft:
    """A raise to shadow that was begun."""
    payload = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": f"{key}/i", "rung": 0, "to": "shadow"}
    return Draft(key, EventType.INTENT_WRITTEN, payload, "run:test")
