"""The line in the ledger: orders are read back, bad ones refused, and no intent is written past a stop."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from prr_pipeline.errors import Refused, Unreadable
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.ledger.line import scope_data
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.rollout.line import Release, Stop
from prr_pipeline.rollout.scope import Scope, ScopeKind

from .conftest import START, Build, RawFile

ORDER: Mapping[str, object] = {"by": "felix", "reason": "an incident"}


def stop(scope: str | Scope = "all", /, **more: object) -> Draft:
    """A stop of that scope."""
    found = Scope.parse(scope) if isinstance(scope, str) else scope
    payload = {**scope_data(found), **ORDER, "lowers": False, **more}
    return Draft(SYSTEM_STREAM, EventType.LINE_STOPPED, payload, "person:felix")


def release(scope: str = "all", /, up_to: object = 99, **more: object) -> Draft:
    """A release of that scope."""
    payload = {**scope_data(Scope.parse(scope)), **ORDER, "kept": [], "up_to": up_to, **more}
    return Draft(SYSTEM_STREAM, EventType.LINE_RELEASED, payload, "person:felix")


def test_orders_are_read_back_in_order(opened: Ledger) -> None:
    """With the context that a service had then: nothing that may be lost is needed to tell what is stopped."""
    service = Scope(ScopeKind.SERVICE, "login", "identity")
    opened.append([stop(), stop(service), release(up_to=3, kept=["createGrant:ga"])])
    assert opened.line().orders == (
        Stop(2, Scope.parse("all"), "felix", "an incident", START),
        Stop(3, service, "felix", "an incident", START),
        Release(Scope.parse("all"), 3, frozenset({"createGrant:ga"})),
    )


@pytest.mark.parametrize(
    "scope", ["all", "team:identity", "createGrant:ga", "depends-on:service identity", "service:identity"]
)
def test_no_intent_is_written_past_a_stop(opened: Ledger, build: Build, scope: str) -> None:
    """However its worker got that far; after the release it is."""
    opened.append([stop(scope)])
    with pytest.raises(Refused, match=f"createGrant:ga cannot rise: the line is stopped for {scope} by felix"):
        opened.append([build.intent()])
    opened.append([release(up_to=2)])
    assert opened.append([build.intent()])


def test_a_stop_reaches_through_what_others_depend_on(ledger: Ledger, build: Build) -> None:
    """The closure is that of the ledger at the write, a promotion opened after the stop included."""
    ledger.append([stop("depends-on:service mail")])
    ledger.append([build.opened()])
    assert ledger.append([build.intent(0, "i-1")])
    mail = {**build.opened("identity").payload, "subject": "service identity", "dependencies": ["service mail"]}
    ledger.append([Draft("service:identity:ga", EventType.PROMOTION_OPENED, mail, "person:mara")])
    ledger.append([build.settled()])
    with pytest.raises(Refused, match="stopped for depends-on:service mail"):
        ledger.append([build.intent(1, "i-2")])


def test_a_stop_of_others_is_no_concern(opened: Ledger, build: Build) -> None:
    """Another team goes on."""
    opened.append([stop("team:Billing"), stop("depends-on:service mail")])
    assert opened.append([build.intent()])


def test_what_is_under_way_settles_and_what_lowers_is_taken(opened: Ledger, build: Build) -> None:
    """A stop forbids beginnings: an end, a latch and a lowering are what happened."""
    opened.append([build.intent()])
    opened.append([stop()])
    opened.append([build.settled(), build.latched(), build.lowered()])
    state = opened.state(build.KEY)
    assert state is not None
    assert state.latch is not None


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (stop(scope="everywhere"), "no order about the line"),
        (stop(reason=" "), "empty reason"),
        (release(up_to="now"), "up_to a number"),
        (release(kept="all"), "kept is a list"),
        (Draft(SYSTEM_STREAM, EventType.LINE_STOPPED, {"by": "x"}, "x"), "no order about the line"),
        (Draft("createGrant:ga", EventType.LINE_STOPPED, stop().payload, "x"), "belongs to the stream 'system'"),
        (Draft("subject/service/a", EventType.LINE_RELEASED, release().payload, "x"), "belongs to the stream 'system'"),
    ],
    ids=["scope", "reason", "up to", "kept", "fields", "promotion", "subject"],
)
def test_an_order_that_could_not_be_read_again_is_refused(opened: Ledger, draft: Draft, words: str) -> None:
    """It would stop nothing, or everything for ever."""
    with pytest.raises(Refused, match=words):
        opened.append([draft])
    assert opened.last_seq() == 1


def test_an_order_of_a_newer_version_forbids_every_raise(opened: Ledger, build: Build, raw: RawFile) -> None:
    """Nobody can tell what it says; lowering goes on."""
    opened.append([stop("team:Billing")])
    raw.run(("UPDATE events SET schema = 2 WHERE seq = 2", ()))
    with pytest.raises(Unreadable, match="event 2"):
        opened.line()
    with pytest.raises(Unreadable, match="event 2"):
        opened.append([build.intent()])
    assert opened.append([build.latched(), build.lowered()])


def test_a_ledger_that_may_only_lower_takes_stops_and_no_release(opened: Ledger) -> None:
    """A stop restricts; a release leads to more exposure."""
    assert opened.head is not None
    opened.head.path.unlink()
    opened.append([stop()])
    with pytest.raises(Refused, match="head"):
        opened.append([release()])
