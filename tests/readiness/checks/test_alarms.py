"""The alarms of a service, in code or in the account (L31)."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.model import Outcome
from prr_pipeline.readiness.remote_facts import Alarm, AlarmsOf
from tests.readiness.answering import facts_with
from tests.readiness.checks.platform import IDENTITY, judged

INFRA = "services/identity/infra.ts"
STAGES = (AlarmsOf("identity", "staging"), AlarmsOf("identity", "prod"))
STANDING = (
    Alarm("identity-a", "HTTPCode_Target_5XX_Count", "Sum"),
    Alarm("identity-b", "TargetResponseTime", "p99"),
    Alarm("identity-dlq-depth", "ApproximateNumberOfMessagesVisible", "Maximum"),
)
CODE = 'platformService("identity", { alarms: [%s] });'
ERRORS, SLOW, DEAD = '{ name: "errors" }', '{ name: "latency", statistic: "P99" }', '{ name: "dead-letters" }'
WHOLE = CODE % f"{ERRORS}, {SLOW}, {DEAD}"


def outcome(code: str | None, *standing: tuple[Alarm, ...] | None) -> Outcome:
    """Of L31, with what the account has in staging and in prod; None where it is silent."""
    answers: dict[Any, Any] = {
        stage: alarms for stage, alarms in zip(STAGES, standing, strict=True) if alarms is not None
    }
    return judged("L31", {INFRA: code} if code is not None else {}, IDENTITY, facts_with(answers)).outcome


CASES = [
    ("declared, and standing", WHOLE, (STANDING, STANDING), Outcome.MET),
    ("declared, and the account is silent", WHOLE, (None, None), Outcome.MET),
    ("declared, and not yet there", WHOLE, ((), ()), Outcome.MET),
    ("not declared, yet standing", CODE % "", (STANDING, STANDING), Outcome.MET),
    ("neither declared nor standing", CODE % ERRORS, ((), ()), Outcome.UNMET),
    ("no code, and standing in one stage alone", None, (STANDING, STANDING[:2]), Outcome.UNMET),
    ("not declared, and one stage is silent", CODE % "", (STANDING, None), Outcome.UNKNOWN),
    ("hidden, and not standing", CODE % "make()", ((), ()), Outcome.UNKNOWN),
    ("hidden, yet standing", CODE % "make()", (STANDING, STANDING), Outcome.MET),
    ("the median in both", WHOLE.replace("P99", "p50"), (STANDING[:1] + STANDING[2:], ()), Outcome.UNMET),
    ("no statistic is told", WHOLE.replace(', statistic: "P99"', ""), ((), ()), Outcome.UNKNOWN),
    ("the name tells the statistic", CODE % f'{ERRORS}, {{ name: "latency-p99" }}, {DEAD}', ((), ()), Outcome.MET),
    (
        "what is written counts before the name",
        WHOLE.replace("latency", "p99").replace("P99", "p50"),
        ((), ()),
        Outcome.UNMET,
    ),
    (
        "two alarms, one of them right",
        CODE % f'{ERRORS}, {SLOW}, {{ name: "duration" }}, {DEAD}',
        ((), ()),
        Outcome.MET,
    ),
    ("its actions are off", CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, actionsEnabled: false }}", ((), ()), Outcome.UNMET),
    ("a threshold beyond sense", CODE % f"{ERRORS[:-2]}, threshold: 1e7 }}, {SLOW}, {DEAD}", ((), ()), Outcome.UNMET),
    (
        "a threshold beyond sense, though all stand",
        CODE % f"{ERRORS[:-2]}, threshold: Infinity }}, {SLOW}, {DEAD}",
        (STANDING, STANDING),
        Outcome.UNMET,
    ),
    ("a threshold of sense", CODE % f"{ERRORS[:-2]}, threshold: 1_000 }}, {SLOW}, {DEAD}", ((), ()), Outcome.MET),
    (
        "a threshold that is computed",
        CODE % f"{ERRORS[:-2]}, threshold: many }}, {SLOW}, {DEAD}",
        ((), ()),
        Outcome.MET,
    ),
    ("for a day and more", CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, evaluationPeriods: 300 }}", ((), ()), Outcome.UNMET),
    (
        "below a threshold",
        CODE % f'{ERRORS[:-2]}, threshold: 99999, comparisonOperator: "LessThanThreshold" }}, {SLOW}, {DEAD}',
        ((), ()),
        Outcome.MET,
    ),
    ("not enabled", CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, enabled: false }}", ((), ()), Outcome.UNMET),
    ("its actions are on", CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, actionsEnabled: true }}", ((), ()), Outcome.MET),
    (
        "off by a constant",
        "const LOUD = false;\n" + CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, actionsEnabled: LOUD }}",
        ((), ()),
        Outcome.UNMET,
    ),
    (
        "off or on, as the stage says",
        CODE % f"{ERRORS}, {SLOW}, {DEAD[:-2]}, actionsEnabled: isProd }}",
        ((), ()),
        Outcome.UNKNOWN,
    ),
    (
        "one of two is off",
        CODE % f'{ERRORS}, {SLOW}, {{ name: "dlq", actionsEnabled: false }}, {DEAD}',
        ((), ()),
        Outcome.MET,
    ),
    ("a lock is no dead letter", WHOLE.replace("dead-letters", "deadlocks"), ((), ()), Outcome.UNMET),
]


@pytest.mark.parametrize(
    ("code", "standing", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_either_place_will_do(code: str | None, standing: Any, expected: Outcome) -> None:
    """What one shows need not be shown by the other; what neither shows is missing."""
    assert outcome(code, *standing) is expected


def test_a_finding_names_the_family() -> None:
    """Both places with what they lack."""
    found = judged(
        "L31", {INFRA: CODE % f"{ERRORS}, {SLOW}"}, IDENTITY, facts_with(dict.fromkeys(STAGES, STANDING[:2]))
    )
    assert found.message == (
        f"{INFRA} declares no alarm for dead-letter depth; add it to alarms. By alarms nothing alarms on dead-letter "
        "depth in staging, dead-letter depth in prod; create the alarm."
    )


def test_an_alarm_of_another_statistic_does_not_stand_for_it() -> None:
    """The 99th percentile is what the line asks for."""
    average = (STANDING[0], Alarm("identity-latency", "Duration", "Average"), STANDING[2])
    assert outcome(None, average, STANDING) is Outcome.UNMET
