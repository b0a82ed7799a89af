"""The pure judgement of alerts: mapping to subjects, three values, precedence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.rollout.alerts import (
    FUTURE_TOLERANCE,
    AlertAnswer,
    AlertReading,
    Episode,
    Severity,
    answer_for,
    counts_for,
    severity_of,
)
from prr_pipeline.rollout.known_names import KnownNames, slug
from prr_pipeline.subjects import Subject

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAX_AGE = timedelta(seconds=30)
CREATE_GRANT = Subject.parse("createGrant")
KNOWN = KnownNames.of(
    ("createGrant", "createGrantX", "listGrants", "nightly"),
    ("Grants", "Grant Desk", "identity", "other"),
    {"grants-api": "Grants"},
)


def episode(severity: str = "critical", *, ended: bool = False, suppressed: bool = False, **labels: str) -> Episode:
    """An episode with those labels; firing unless ``ended``."""
    started = NOW - timedelta(hours=1)
    pairs = tuple(sorted({"alertname": "HighErrors", "severity": severity, **labels}.items()))
    ends_at = NOW - timedelta(minutes=5) if ended else None
    return Episode("am", "f1", started, ends_at, severity_of(severity), pairs, "too many errors", suppressed)


def reading(
    *episodes: Episode, complete: bool = True, age: timedelta = timedelta(0), source: str = "am"
) -> AlertReading:
    """A reading of that age."""
    return AlertReading(source, NOW - age, complete, "it is broken." if not complete else "all read.", episodes)


def judge(*readings: AlertReading, subject: Subject = CREATE_GRANT, context: str = "Grants") -> AlertAnswer:
    """The answer for createGrant of the context Grants."""
    return answer_for(readings, subject, context, KNOWN, now=NOW, max_age=MAX_AGE)


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("page", Severity.CRITICAL),
        (" Critical ", Severity.CRITICAL),
        ("warning", Severity.WARNING),
        ("info", Severity.INFO),
        ("none", Severity.INFO),
        ("", Severity.OTHER),
        (None, Severity.OTHER),
        ("minor", Severity.OTHER),
    ],
)
def test_severity_follows_the_label(label: str | None, severity: Severity) -> None:
    """critical and page roll back, info and none are recorded, words that nobody knows hold."""
    assert severity_of(label) is severity


def test_no_reading_is_unknown() -> None:
    """Without a source nothing is known."""
    assert judge().value == "unknown"


def test_a_complete_fresh_empty_reading_is_clear() -> None:
    """Clear needs a whole and fresh reading, and gets it here."""
    assert judge(reading()) == AlertAnswer("clear", None, "No alert fires.")


@pytest.mark.parametrize("severity", ["critical", "warning", "strange"])
@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("age", [timedelta(0), timedelta(days=1), timedelta(days=-1)])
def test_one_firing_alert_is_enough(severity: str, complete: bool, age: timedelta) -> None:
    """A firing alert counts inside a partial, an old and a misdated reading."""
    answer = judge(reading(episode(severity), complete=complete, age=age))
    assert (answer.value, answer.worst) == ("firing", severity_of(severity))
    assert "'HighErrors'" in answer.why


@pytest.mark.parametrize(
    ("age", "value"),
    [
        (MAX_AGE, "clear"),
        (MAX_AGE + timedelta(microseconds=1), "unknown"),
        (-FUTURE_TOLERANCE, "clear"),
        (-FUTURE_TOLERANCE - timedelta(microseconds=1), "unknown"),
    ],
)
def test_clear_has_an_age_limit_in_both_directions(age: timedelta, value: str) -> None:
    """A reading at the limit is clear, one beyond it is unknown."""
    assert judge(reading(age=age)).value == value


def test_one_doubtful_source_of_two_makes_it_unknown() -> None:
    """Every source has to be complete."""
    answer = judge(reading(source="a"), reading(source="b", complete=False))
    assert answer.value == "unknown"
    assert answer.why == "Source b: it is broken."


def test_what_fires_carries_what_could_not_be_read() -> None:
    """One alert that is seen says nothing of those that were not: a person still hears of them after a while."""
    silenced = replace(episode(suppressed=True), fingerprint="f2")
    assert judge(reading(episode("warning"))).doubts == ""
    answer = judge(reading(episode("warning"), silenced, source="a"), reading(source="b", complete=False))
    assert answer.value == "firing"
    assert answer.doubts == "Source b: it is broken. Alert 'HighErrors' (critical) is silenced or inhibited."


def test_replicas_that_disagree_are_firing() -> None:
    """What one source calls ended and another calls firing is firing."""
    assert judge(reading(episode(ended=True), source="a"), reading(episode(), source="b")).value == "firing"


def test_info_alone_is_clear_but_listed() -> None:
    """Alerts of severity info are recorded, not acted on."""
    noted = episode("info")
    answer = judge(reading(noted))
    assert (answer.value, answer.worst, answer.episodes) == ("clear", Severity.INFO, (noted,))


def test_ended_episodes_do_not_fire() -> None:
    """An episode with an end is over."""
    assert judge(reading(episode(ended=True))).value == "clear"


def test_suppressed_alerts_are_unknown_for_their_subject_only() -> None:
    """A silence is no proof of health, but it says nothing about others."""
    silenced = episode(suppressed=True, operation_id="createGrant")
    assert judge(reading(silenced)).value == "unknown"
    assert judge(reading(silenced), subject=Subject.parse("listGrants")).value == "clear"
    assert judge(reading(silenced, replace(episode(), fingerprint="f2"))).value == "firing"


def test_the_worst_severity_wins_and_comes_first() -> None:
    """The answer's severity is the worst of the firing ones, and the episodes are sorted by it."""
    answer = judge(reading(episode("info"), episode("warning"), episode("critical"), episode("odd")))
    assert answer.worst is Severity.CRITICAL
    assert [e.severity for e in answer.episodes] == [Severity.CRITICAL, Severity.WARNING, Severity.OTHER, Severity.INFO]


@pytest.mark.parametrize(
    ("labels", "subject", "context", "counts"),
    [
        ({"operation_id": "createGrant"}, "createGrant", "Grants", True),
        ({"operation": "createGrant"}, "createGrant", "Grants", True),
        ({"operation_id": "listGrants"}, "createGrant", "Grants", False),
        ({"operation_id": "listGrants", "service": "grants"}, "createGrant", "Grants", False),
        ({"operation_id": "createGrant", "service": "other"}, "createGrant", "Grants", True),
        ({"operation_id": "listGrants", "operation": "createGrant"}, "createGrant", "Grants", True),
        ({"operation_id": "createGrantX"}, "createGrant", "Grants", False),
        ({"operation_id": "CREATEGRANT"}, "createGrant", "Grants", True),
        ({"operation_id": ""}, "createGrant", "Grants", True),
        ({"service": "grants"}, "createGrant", "Grants", True),
        ({"service": "grant_desk"}, "createGrant", "Grant Desk", True),
        ({"context": "GRANT  DESK"}, "createGrant", "grant-desk", True),
        ({"service": "identity"}, "createGrant", "Grants", False),
        ({"service": "identity", "context": "grants"}, "createGrant", "Grants", True),
        ({"service": "grants-api"}, "createGrant", "Grants", True),
        ({"service": "Grants API"}, "createGrant", "identity", False),
        ({"service": "identity"}, "createGrant", "", True),
        ({"service": "identity"}, "service identity", "", True),
        ({"service": "identity"}, "service identity", "People", True),
        ({"service": "grants"}, "service identity", "", False),
        ({"operation_id": "listGrants", "service": "identity"}, "service identity", "", True),
        ({"operation_id": "listGrants", "service": "identity"}, "service identity", "People", True),
        ({"operation_id": "listGrants", "context": "People"}, "service identity", "People", True),
        ({"operation_id": "listGrants", "service": "grants"}, "service identity", "People", False),
        ({"operation_id": "listGrants"}, "service identity", "", False),
        ({"operation_id": "listGrants", "service": "identity"}, "job nightly", "identity", False),
        ({"operation": "nightly"}, "job nightly", "Grants", True),
        ({}, "createGrant", "Grants", True),
        ({"team": "x"}, "event grant.created", "Grants", True),
    ],
)
def test_alerts_map_to_subjects_by_their_labels(
    labels: dict[str, str], subject: str, context: str, counts: bool
) -> None:
    """Operation first, then service or context, else everybody."""
    alert = replace(episode(), labels=tuple(sorted(labels.items())))
    assert counts_for(alert, Subject.parse(subject), context, KNOWN) is counts


@pytest.mark.parametrize(
    ("labels", "context", "counts"),
    [
        ({"operation_id": "craeteGrant", "service": "grants"}, "Grants", True),
        ({"operation_id": "craeteGrant", "service": "grants"}, "identity", False),
        ({"operation_id": "craeteGrant"}, "Grants", True),
        ({"operation": "POST /v1/grants", "service": "grants"}, "Grants", True),
        ({"operation": "POST /v1/grants", "operation_id": "listGrants"}, "Grants", False),
        ({"operation_id": "createGrant", "operation": "listGrants"}, "Grants", True),
        ({"service": "grnats"}, "Grants", True),
        ({"service": "grnats", "context": "identity"}, "Grants", False),
        ({"operation_id": "craeteGrant", "service": "grnats"}, "Grants", True),
    ],
)
def test_a_name_that_nobody_knows_proves_nothing(labels: dict[str, str], context: str, counts: bool) -> None:
    """A misspelt operation counts by its service, a misspelt service for everybody."""
    alert = replace(episode(), labels=tuple(sorted(labels.items())))
    assert counts_for(alert, CREATE_GRANT, context, KNOWN) is counts


@pytest.mark.parametrize("labels", [{"operation_id": "listGrants"}, {"service": "identity"}, {"context": "x"}])
def test_where_no_names_are_known_every_alert_counts(labels: dict[str, str]) -> None:
    """Knowing nothing can make an alert count for more subjects, never for fewer."""
    alert = replace(episode(), labels=tuple(labels.items()))
    assert counts_for(alert, CREATE_GRANT, "Grants", KnownNames())


def test_the_key_is_cut_to_milliseconds() -> None:
    """Sources differ below a millisecond; the episode is the same."""
    one = replace(episode(), starts_at=NOW.replace(microsecond=123_456))
    other = replace(episode(), starts_at=NOW.replace(microsecond=123_000))
    assert one.key == other.key


names = st.sampled_from(["createGrant", "listGrants", "", "grants", "Identity"])
episodes = st.builds(
    lambda severity, ended, suppressed, operation, service: episode(
        severity, ended=ended, suppressed=suppressed, operation_id=operation, service=service
    ),
    st.sampled_from(["critical", "warning", "info", "none", "odd", ""]),
    st.booleans(),
    st.booleans(),
    names,
    names,
)
readings = st.builds(
    lambda items, complete, age: reading(*items, complete=complete, age=timedelta(seconds=age)),
    st.lists(episodes, max_size=3),
    st.booleans(),
    st.integers(-60, 60),
)


@given(st.lists(readings, max_size=3))
def test_clear_is_proved_and_firing_is_never_lost(looks: list[AlertReading]) -> None:
    """Clear implies whole, fresh readings without a grave alert; a grave one that counts implies firing."""
    answer = judge(*looks)
    mine = [e for look in looks for e in look.episodes if e.firing and counts_for(e, CREATE_GRANT, "Grants", KNOWN)]
    grave = [e for e in mine if e.severity is not Severity.INFO]
    assert (answer.value == "firing") == any(not e.suppressed for e in grave)
    if answer.value == "clear":
        assert looks
        assert not grave
        assert all(look.complete and -FUTURE_TOLERANCE <= NOW - look.read_at <= MAX_AGE for look in looks)
    assert len(answer.episodes) == len(mine)


known = st.builds(KnownNames.of, st.sets(names), st.sets(names), st.dictionaries(names, names))


@given(episodes, names, known)
def test_an_alert_is_left_out_only_for_a_name_that_is_known(alert: Episode, context: str, known: KnownNames) -> None:
    """It counts for createGrant, or names an operation or a service that is somebody else's."""
    if counts_for(alert, CREATE_GRANT, context, known):
        return
    operation, service = alert.label("operation_id"), alert.label("service")
    other = known.has_operation(operation) and operation != "createGrant"
    elsewhere = slug(service) in known.services and slug(service) != slug(context)
    assert other or elsewhere


@given(episodes, names, known, known)
def test_knowing_fewer_names_never_leaves_an_alert_out(
    alert: Episode, context: str, few: KnownNames, others: KnownNames
) -> None:
    """What counts where more names are known also counts where fewer are."""
    if counts_for(alert, CREATE_GRANT, context, others.and_also(few)):
        assert counts_for(alert, CREATE_GRANT, context, few)
