"""Paths of records and documents hold exactly what they say, and never leave their folder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import Refused, UnknownName, Unreadable
from prr_pipeline.review.paths import document_path, parse_record_path, record_path, records_root
from prr_pipeline.review.records import RecordKind
from prr_pipeline.subjects import Subject, SubjectKind, Target, promotion_key
from tests.review.cast import envelope

NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=40)


@given(NAMES, st.sampled_from(SubjectKind), st.sampled_from(Target), st.integers(1, 99), st.sampled_from(RecordKind))
def test_a_path_says_what_went_into_it(
    name: str, kind: SubjectKind, target: Target, attempt: int, record: RecordKind
) -> None:
    """Every promotion, person and attempt comes back from the path, whatever the subject is called."""
    key = promotion_key(Subject(kind, name), target)
    made = envelope("ann-marie.b", promotion=key, attempt=attempt)
    path = record_path("gates/prr", record, made)
    assert not any(part in ("", ".", "..") for part in path.split("/"))
    found = parse_record_path(path)
    assert (found.folder, found.kind, found.promotion) == ("gates/prr", record, key)
    assert (found.attempt, found.person, found.nonce) == (attempt, "ann-marie.b", made.nonce)


GOOD = record_path("prr", RecordKind.SIGNOFF, envelope())


@pytest.mark.parametrize(
    "path",
    [
        "1-mara-00.json",
        GOOD.replace("/signoffs/", "/wishes/"),
        GOOD.replace("/ga/", "/GA/"),
        GOOD.replace("/operation/", "/endpoint/"),
        GOOD.replace("createGrant", "create%47rant"),
        GOOD.replace("createGrant", "%ff"),
        GOOD.replace("/1-", "/01-"),
        GOOD.replace(".json", ".yaml"),
        GOOD.replace("records", "record"),
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    """A path is read only in the one spelling that is written."""
    with pytest.raises(Unreadable, match="no path of a record"):
        parse_record_path(path)


def test_document_path_comes_from_the_template() -> None:
    """The name stands there encoded, so that it is one segment."""
    assert document_path("gates/{operation_id}.md", Subject.parse("createGrant")) == "gates/createGrant.md"
    assert document_path("{kind}/{name}.md", Subject.parse("service a/../b")) == "service/a%2F..%2Fb.md"
    assert records_root("gates/prr/x.md") == "gates/prr"


def test_document_path_refuses_other_placeholders_and_other_places() -> None:
    """A template cannot reach attributes, nor leave the repository."""
    subject = Subject.parse("createGrant")
    with pytest.raises(UnknownName, match="operation_id"):
        document_path("{name.__class__}.md", subject)
    with pytest.raises(UnknownName):
        document_path("{name!r}.md", subject)
    for template in ("/etc/{name}", "../{name}.md", "a//{name}.md", "{name"):
        with pytest.raises(Refused):
            document_path(template, subject)
