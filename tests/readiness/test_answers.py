"""Checks ask services; what they cannot tell is unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.reads import Tracker
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.readiness.remote_facts import Answer, CheckRun, ChecksAt, RecordsOf, Silence
from prr_pipeline.readiness.sources import NotSeen
from tests.readiness.fakes import NOW, FakeSnapshot

HOST = RecordsOf("identity.example.org")


class Said:
    """Answers everything with one thing."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    def ask(self, question: Any) -> Any:
        """What was given."""
        self.asked.append(question)
        return self.answer


@pytest.mark.parametrize("told", [NOW + timedelta(hours=2), (CheckRun("a", "success", NOW + timedelta(days=1)),)])
def test_what_had_not_happened_when_it_was_read_is_not_believed(told: object) -> None:
    """At any depth of an answer; a clock that is a little ahead is."""
    with pytest.raises(NotSeen, match="which lay ahead when it was read") as fault:
        answered(Facts(NOW, remote=Said(Answer(told, NOW, "CI"))), HOST)
    assert fault.value.reason is Reason.UNREADABLE
    soon = (CheckRun("a", "success", NOW + timedelta(minutes=50)), CheckRun("b", "pending", None))
    assert answered(Facts(NOW, remote=Said(Answer(soon, NOW, "CI"))), ChecksAt("1" * 40)).value == soon


def test_an_answer_is_handed_over() -> None:
    """With where and when it was read."""
    said = Said(Answer(("192.0.2.1",), NOW, "resolver"))
    assert answered(Facts(NOW, remote=said), HOST).value == ("192.0.2.1",)
    assert said.asked == [HOST]


SILENT = [
    ("nobody may ask", None, Reason.NOT_DECLARED, r"Nobody was asked about dns; judge with the settings"),
    (
        "silence",
        Said(Silence("The resolver is down; try later.", Reason.SOURCE_SILENT)),
        Reason.SOURCE_SILENT,
        "is down",
    ),
    ("of tomorrow", Said(Answer((), NOW + timedelta(hours=2), "DNS")), Reason.UNREADABLE, r"lies ahead; set the clock"),
    ("old", Said(Answer((), NOW - timedelta(hours=2), "the resolver")), Reason.STALE, r"more than 1 h ago; ask again"),
]


@pytest.mark.parametrize(("remote", "reason", "why"), [each[1:] for each in SILENT], ids=[each[0] for each in SILENT])
def test_what_cannot_be_told_is_not_seen(remote: Any, reason: Reason, why: str) -> None:
    """Each with its reason, in one sentence."""
    with pytest.raises(NotSeen, match=why) as fault:
        answered(Facts(NOW, remote=remote), HOST)
    assert fault.value.reason is reason


def test_who_asked_a_service_is_never_remembered() -> None:
    """The mark of such a read holds nowhere."""
    marks, tracker = FactMarks(Facts(NOW, remote=Said(None))), Tracker()
    with tracker.frame() as frame:
        assert noted(marks, tracker).remote is not None
    assert ("remote", "") in {(kind, key) for kind, key, *_ in frame.reads.marks}
    assert marks.of("remote", "") is None


def test_a_base_is_marked_by_its_commit() -> None:
    """Its content is what the commit says."""
    one = FactMarks(Facts(NOW, base=BaseFact("v1", "a" * 40, FakeSnapshot({}))))
    same = FactMarks(Facts(NOW, base=BaseFact("v1", "a" * 40, FakeSnapshot({"x": "y"}))))
    other = FactMarks(Facts(NOW, base=BaseAbsent("first release", None)))
    assert one.of("fact", "base") == same.of("fact", "base") != other.of("fact", "base")
