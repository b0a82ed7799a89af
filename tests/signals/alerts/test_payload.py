"""One Alertmanager message: what is read, and what is refused in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.signals.alerts.payload import parse_payload
from tests.signals.alerts.messages import BAD, STARTED, alert, message


def test_a_firing_alert_is_read_in_full() -> None:
    """Every field lands in the episode; the start is cut to milliseconds and the zero end is no end."""
    (episode,) = parse_payload(message(alert()), "inbox").episodes
    assert episode.key == ("a1b2c3d4e5f60718", datetime(2026, 3, 2, 11, 0, 0, 123_000, tzinfo=UTC))
    assert (episode.source, episode.ends_at, episode.severity) == ("inbox", None, Severity.CRITICAL)
    assert episode.labels == (("alertname", "HighErrors"), ("operation_id", "createGrant"), ("severity", "critical"))
    assert (episode.summary, episode.suppressed) == ("too many errors", False)


def test_each_alert_has_its_own_status() -> None:
    """The group's status is the worst of its alerts and counts for none of them."""
    ended = alert(status="resolved", endsAt="2026-03-02T12:30:00+01:00", fingerprint="b")
    episodes = parse_payload(message(ended, alert(), status="firing"), "inbox").episodes
    assert [e.ends_at for e in episodes] == [datetime(2026, 3, 2, 11, 30, tzinfo=UTC), None]


def test_a_firing_alert_with_an_end_ahead_still_fires() -> None:
    """Some senders show when a firing alert would lapse; the status decides."""
    (episode,) = parse_payload(message(alert(endsAt="2026-03-02T13:00:00Z")), "inbox").episodes
    assert episode.firing


@pytest.mark.parametrize(
    ("annotations", "summary"),
    [({"summary": "s", "description": "d"}, "s"), ({"description": "d"}, "d"), ({}, "HighErrors")],
)
def test_the_summary_falls_back(annotations: dict[str, str], summary: str) -> None:
    """Summary, else description, else the alert's name."""
    (episode,) = parse_payload(message(alert(annotations=annotations)), "inbox").episodes
    assert episode.summary == summary


def test_a_truncated_message_is_partial() -> None:
    """What was cut off is unknown; what is there counts."""
    payload = parse_payload(message(alert(), truncatedAlerts=3), "inbox")
    assert payload.truncated
    assert payload.doubts == ("it was truncated by the sender",)
    assert len(payload.episodes) == 1


def test_a_bad_alert_does_not_hide_a_good_one() -> None:
    """The good alert is read and the bad one is named."""
    payload = parse_payload(message(alert(status="pending"), alert()), "inbox")
    assert len(payload.episodes) == 1
    assert payload.doubts == ("alert 1: has the unknown status 'pending'",)


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_bad_message_is_refused_in_one_sentence(data: bytes) -> None:
    """Nothing is guessed, and the sentence is short enough to show."""
    with pytest.raises(Unreadable) as caught:
        parse_payload(data, "inbox")
    text = str(caught.value)
    assert text.startswith("The alert message cannot be read: ")
    assert text.endswith(".")
    assert len(text) < 200
    assert text.isprintable()


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_crash_the_parser(data: bytes) -> None:
    """Any bytes give a payload or `Unreadable`."""
    try:
        parse_payload(data, "inbox")
    except Unreadable:
        return
    pytest.fail("random bytes were taken for a message")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["firing", "resolved", "4", STARTED]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(alert())), json_values)
def test_any_value_in_any_field_is_read_or_refused(field: str, value: Any) -> None:
    """One field at a time holds arbitrary JSON: never another error, and never a silent drop."""
    try:
        payload = parse_payload(message(alert(**{field: value})), "inbox")
    except Unreadable:
        return
    assert len(payload.episodes) == 1


@given(st.integers(0, len(message(alert())) - 1), st.integers(0, 255))
def test_a_flipped_byte_never_turns_firing_into_nothing(index: int, byte: int) -> None:
    """After any change of one byte the message still names one alert, or is refused."""
    data = bytearray(message(alert()))
    data[index] = byte
    try:
        payload = parse_payload(bytes(data), "inbox")
    except Unreadable:
        return
    assert len(payload.episodes) == 1
