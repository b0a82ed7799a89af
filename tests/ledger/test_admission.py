"""What the ledger refuses whoever asks: blanks, look-alikes, re-used flags, raises past a latch."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.store import Ledger

from .conftest import Build

KEY = Build.KEY


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u200b", "\u00a0"])
def test_actor_and_reason_are_never_blank(opened: Ledger, build: Build, blank: str) -> None:
    """A field that looks empty to a person is empty."""
    with pytest.raises(Refused, match="no actor"):
        opened.append([Draft(KEY, EventType.DECISION_RECORDED, {}, blank)])
    with pytest.raises(Refused, match="empty reason"):
        opened.append([build.of(EventType.RESUMED, reason=blank)])
    assert opened.last_seq() == 1


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        pytest.param({"x": 1.5}, "float", id="float"),
        pytest.param({"x": {1}}, "set", id="set"),
        pytest.param({"x": "\ud800"}, "half a character", id="lone surrogate"),
        pytest.param({"x": "y" * (1 << 20)}, "limit is 1048576", id="too large"),
    ],
)
def test_a_payload_that_is_not_canonical_is_refused(
    opened: Ledger, build: Build, payload: dict[str, object], words: str
) -> None:
    """Whatever has no one form is kept out of the chain."""
    with pytest.raises(PrrError, match=words):
        opened.append([Draft(KEY, EventType.DECISION_RECORDED, payload, "sensor:alerts")])
    assert opened.last_seq() == 1


@pytest.mark.parametrize("stream", ["system", "subject/service/identity"])
def test_a_transition_belongs_to_a_promotion(ledger: Ledger, build: Build, stream: str) -> None:
    """Other streams take facts only."""
    with pytest.raises(Refused, match="belongs to a promotion"):
        ledger.append([Draft(stream, EventType.LATCHED, {}, "sensor:alerts")])
    ledger.append([build.fact(stream=stream)])


def test_an_event_needs_its_promotion(ledger: Ledger, build: Build) -> None:
    """A fact about a promotion that was never opened is refused."""
    with pytest.raises(Refused, match="never opened"):
        ledger.append([build.fact()])


def test_a_missing_field_is_a_sentence(opened: Ledger, build: Build) -> None:
    """A payload without a field that the fold reads names it."""
    with pytest.raises(Refused, match="flag_version"):
        opened.append([build.of(EventType.LOWERED, to="off")])


def test_the_key_is_the_one_of_subject_and_target(ledger: Ledger, build: Build) -> None:
    """A promotion cannot be opened under another's name."""
    draft = build.opened()
    with pytest.raises(Refused, match="has the key 'createGrant:ga', not 'createGrants:ga'"):
        ledger.append([Draft("createGrants:ga", draft.type, draft.payload, draft.actor)])


def test_a_promotion_opens_once(opened: Ledger, build: Build) -> None:
    """The same key again is refused."""
    with pytest.raises(Refused, match="opened twice"):
        opened.append([build.opened()])


@pytest.mark.parametrize("name", ["creategrant", "CREATEGRANT", "createＧrant"])
@pytest.mark.parametrize("target", ["ga", "beta"])
def test_a_look_alike_is_refused(opened: Ledger, build: Build, name: str, target: str) -> None:
    """Names that differ only by case or Unicode form are one to a person, even once the first has ended."""
    opened.append([build.of(EventType.PROMOTION_ENDED, reason="done")])
    draft = build.opened(name, target, flag_key="another")
    key = draft.stream.replace("Ｇ", "%EF%BC%A7")
    with pytest.raises(Refused, match="looks like operation createGrant"):
        opened.append([Draft(key, draft.type, draft.payload, draft.actor)])


@pytest.mark.parametrize("name", ["createGrants", "reateGrant", "createGrant2"])
def test_a_longer_or_shorter_name_is_another(opened: Ledger, build: Build, name: str) -> None:
    """A common prefix alone does not make a look-alike."""
    opened.append([build.opened(name)])
    assert set(opened.states()) == {KEY, f"{name}:ga"}


@pytest.mark.parametrize("flag_key", ["createGrant-ga", "CREATEGRANT-GA"])
def test_a_flag_key_is_never_used_again(opened: Ledger, build: Build, flag_key: str) -> None:
    """Neither while the first promotion is open nor after it ended."""
    with pytest.raises(Refused, match="never used again"):
        opened.append([build.opened("other", flag_key=flag_key)])
    opened.append([build.of(EventType.PROMOTION_ENDED, reason="done")])
    with pytest.raises(Refused, match="never used again"):
        opened.append([build.opened("other", flag_key=flag_key)])


def test_one_open_promotion_of_a_subject(ledger: Ledger, build: Build) -> None:
    """Beta must end before GA opens, also within one append."""
    with pytest.raises(Refused, match="has the open promotion createGrant:beta"):
        ledger.append([build.opened(target="beta"), build.opened(target="ga")])
    ledger.append([build.opened(target="beta")])
    with pytest.raises(Refused, match="has the open promotion createGrant:beta"):
        ledger.append([build.opened(target="ga")])
    ledger.append([build.of(EventType.PROMOTION_ENDED, "createGrant:beta", reason="done"), build.opened(target="ga")])


def test_nothing_rises_past_a_latch(opened: Ledger, build: Build) -> None:
    """With any latch no intent is written, and an open one above it cannot settle."""
    opened.append([build.intent(0), build.latched()])
    with pytest.raises(Refused, match="halted at off"):
        opened.append([build.settled(0)])
    with pytest.raises(Refused, match="nothing may rise"):
        opened.append([build.intent(0, "i-2")])


def test_a_hold_lets_a_raise_settle_that_it_covers(opened: Ledger, build: Build) -> None:
    """A person's hold stops later steps, not the record of the one that was begun."""
    opened.append([build.intent(0), build.latched("off", "held"), build.settled(0)])
    state = opened.state(KEY)
    assert state is not None
    assert state.rung == 0


def test_one_step_at_a_time(opened: Ledger, build: Build) -> None:
    """An intent goes to the next rung and no further; a second one waits for the first."""
    with pytest.raises(Refused, match="next step of createGrant:ga is to shadow"):
        opened.append([build.intent(1)])
    opened.append([build.intent(0)])
    with pytest.raises(Refused, match="open intent i-1"):
        opened.append([build.intent(0, "i-2")])
    with pytest.raises(Refused, match="no open intent to rung 1"):
        opened.append([build.settled(1)])
    with pytest.raises(Refused, match="is i-1, not i-9"):
        opened.append([build.of(EventType.INTENT_SETTLED, rung=0, flag_version=1, intent_id="i-9")])


def test_the_exposure_is_the_rungs_own(opened: Ledger, build: Build) -> None:
    """An intent that names a rung and another exposure is refused."""
    with pytest.raises(Refused, match="an intent to 100% skips"):
        opened.append([build.of(EventType.INTENT_WRITTEN, intent_id="x", attempt=1, rung=0, to="100%", flag_version=0)])


def test_after_a_rollback_only_a_new_attempt_climbs(opened: Ledger, build: Build) -> None:
    """A plain resume is refused, an attempt that jumps too, and intents of the old attempt."""
    opened.append([build.latched(), build.lowered()])
    with pytest.raises(Refused, match="only a new attempt"):
        opened.append([build.of(EventType.RESUMED, reason="looks fine")])
    with pytest.raises(Refused, match="next attempt of createGrant:ga is 2, not 3"):
        opened.append([build.of(EventType.ATTEMPT_STARTED, attempt=3, reason="again")])
    opened.append([build.of(EventType.ATTEMPT_STARTED, attempt=2, reason="mended")])
    with pytest.raises(Refused, match="is in attempt 2"):
        opened.append([build.intent(0, "i-2", attempt=1)])
    opened.append([build.intent(0, "i-2", attempt=2)])


def test_an_ended_promotion_may_only_be_lowered(opened: Ledger, build: Build) -> None:
    """Its flag may still have to come down; it never climbs again."""
    opened.append([build.of(EventType.PROMOTION_ENDED, reason="done")])
    for draft in (build.intent(0), build.signoff(), build.of(EventType.RESUMED, reason="x")):
        with pytest.raises(Refused, match="has ended"):
            opened.append([draft])
    opened.append([build.latched(), build.lowered()])
