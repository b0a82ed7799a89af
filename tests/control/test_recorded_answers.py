"""Answers in files: what is there is read whole, what is not is silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.control.recorded_answers import RecordedAnswers, answer_path
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import (
    AlertRouting,
    Answer,
    CheckRun,
    ChecksAt,
    Deployment,
    DeploymentsTo,
    Health,
    HealthOf,
    IncidentsOf,
    PagingService,
    PagingServiceOf,
    Question,
    RecordsOf,
    Silence,
)

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
READ = "2026-03-02T12:00:00Z"


def recorded(folder: Path, question: Question[Any], value: object, **more: object) -> RecordedAnswers:
    """A folder that holds this one answer."""
    path = folder / answer_path(question)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"read_at": READ, "source": "export of the forge", "value": value, **more}))
    return RecordedAnswers(folder)


VALUES: list[tuple[Question[Any], object, object]] = [
    (
        ChecksAt("1a2b"),
        [{"name": "tests", "state": "success", "finished_at": READ}],
        (CheckRun("tests", "success", AT),),
    ),
    (RecordsOf("identity.example.org"), ["192.0.2.1"], ("192.0.2.1",)),
    (AlertRouting("identity", "prod"), {"critical": ["page"]}, {"critical": ("page",)}),
    (
        DeploymentsTo("identity", "1a", "dev"),
        [{"commit": "1a", "state": "success", "created_at": READ, "succeeded_at": READ, "superseded_at": None}],
        (Deployment("1a", "success", AT, AT, None),),
    ),
    (HealthOf("identity.example.org", "/healthz"), {"status": 200, "version": "1a2b"}, Health(200, "1a2b")),
    (PagingServiceOf("identity"), {"exists": True, "on_call": ["ada"]}, PagingService(True, ("ada",))),
]


@pytest.mark.parametrize(("question", "value", "expected"), VALUES, ids=[type(each[0]).__name__ for each in VALUES])
def test_a_recorded_answer_is_read_as_its_question_wants_it(
    tmp_path: Path, question: Question[Any], value: object, expected: object
) -> None:
    """With the time at which it was read, not that of the file."""
    assert recorded(tmp_path, question, value).ask(question) == Answer(expected, AT, "export of the forge")


def test_no_answer_is_silence(tmp_path: Path) -> None:
    """It says where one would lie."""
    found = RecordedAnswers(tmp_path).ask(RecordsOf("a/../b"))
    assert found == Silence(
        "Nobody recorded an answer at dns/records-of/a%2F..%2Fb.json; record one, or name a service that answers.",
        Reason.SOURCE_SILENT,
    )


FAULTS = [
    ("another shape", [{"name": "tests"}], {}, "has another form"),
    ("a naive time", [], {"read_at": "2026-03-02T12:00:00"}, "read_at"),
    ("an unknown state", [{"name": "t", "state": "fine", "finished_at": None}], {}, "state"),
    ("another key", [], {"more": 1}, "more"),
]


@pytest.mark.parametrize(("value", "more", "why"), [each[1:] for each in FAULTS], ids=[each[0] for each in FAULTS])
def test_what_is_no_such_answer_is_unreadable(tmp_path: Path, value: object, more: dict[str, Any], why: str) -> None:
    """In one sentence that names the file and the part."""
    found = recorded(tmp_path, ChecksAt("1a"), value, **more).ask(ChecksAt("1a"))
    assert isinstance(found, Silence)
    assert found.reason is Reason.UNREADABLE
    assert why in found.message
    assert "ci/checks-at/1a.json" in found.message


def test_a_record_with_another_key_is_unreadable(tmp_path: Path) -> None:
    """Also where the answer is one record and no list of them."""
    question = HealthOf("h", "/healthz")
    found = recorded(tmp_path, question, {"status": 200, "version": None, "more": 1}).ask(question)
    assert isinstance(found, Silence)
    assert "more" in found.message


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    """No more than the limit is read of it."""
    answers = recorded(tmp_path, RecordsOf("h"), [])
    (tmp_path / answer_path(RecordsOf("h"))).write_bytes(b" " * 5_000_001)
    found = answers.ask(RecordsOf("h"))
    assert isinstance(found, Silence)
    assert "larger than 5,000,000 bytes" in found.message


def test_incidents_are_kept_by_service() -> None:
    """A window ends now: it would name another file each time."""
    assert answer_path(IncidentsOf("identity", AT, AT)) == "paging/incidents-of/identity.json"
