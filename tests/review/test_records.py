"""Records are read strictly: one form, or refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.review.records import RecordKind, parse_record, record_digest
from prr_pipeline.review.signoff import SignoffStatement
from prr_pipeline.review.statements import kind_of, parse_statement
from prr_pipeline.review.summary import signoff_summary
from tests.review.cast import BINDING, d, statement

GOOD = statement().to_bytes()


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """The good record after a change, still canonical."""
    data = json.loads(GOOD)
    change(data)
    return canonical_bytes(data)


def test_signoff_survives_its_bytes() -> None:
    """Reading what was written gives the same statement, and its digest is that of the bytes."""
    assert SignoffStatement.from_bytes(GOOD) == statement()
    assert parse_record(GOOD).kind is RecordKind.SIGNOFF
    assert record_digest(GOOD).startswith("sha256:")


def test_record_has_the_shape_of_an_in_toto_statement() -> None:
    """Other envelopes can carry it: type, one subject with the report's digest, predicate type, predicate."""
    data = json.loads(GOOD)
    assert set(data) == {"_type", "subject", "predicateType", "predicate"}
    assert data["_type"] == "https://in-toto.io/Statement/v1"
    assert data["subject"] == [{"name": "createGrant:ga", "digest": {"sha256": d("report")[7:]}}]


BROKEN: dict[str, tuple[bytes, str]] = {
    "too large": (b'"' + b"a" * 300_000 + b'"', "limit"),
    "not JSON": (GOOD[:-1], "not JSON"),
    "not UTF-8": (b"\xff" + GOOD, "not JSON"),
    "too deep": (b"[" * 100_000, "not JSON"),
    "not an object": (b"[]", "not a JSON object"),
    "spaces": (json.dumps(json.loads(GOOD)).encode(), "canonical"),
    "trailing line break": (GOOD + b"\n", "canonical"),
    "escaped letters": (GOOD.replace(b"mara", b"m\\u0061ra"), "canonical"),
    "key twice": (GOOD.replace(b'"attempt":1', b'"attempt":2,"attempt":1'), "'attempt' twice"),
    "float": (GOOD.replace(b'"attempt":1', b'"attempt":1.0'), "whole numbers"),
    "not a number": (GOOD.replace(b'"attempt":1', b'"attempt":NaN'), "whole numbers"),
    "lone surrogate": (GOOD.replace(b"mara", b"\\ud800"), "not JSON"),
    "unknown type": (changed(lambda r: r.update(_type="x")), "_type"),
    "unknown predicate": (changed(lambda r: r.update(predicateType="urn:prr-pipeline:wish:v1")), "unknown"),
    "newer version": (changed(lambda r: r.update(predicateType="urn:prr-pipeline:signoff:v2")), "version 2"),
    "unknown outer field": (changed(lambda r: r.update(extra=1)), "unknown field 'extra'"),
    "unknown field": (changed(lambda r: r["predicate"].update(approved=True)), "unknown field 'approved'"),
    "missing field": (changed(lambda r: r["predicate"].pop("ladder_digest")), "lacks the field 'ladder_digest'"),
    "missing expiry": (changed(lambda r: r["predicate"].pop("expires_at")), "lacks the field 'expires_at'"),
    "two subjects": (changed(lambda r: r["subject"].append(r["subject"][0])), "exactly one promotion"),
    "other subject": (changed(lambda r: r["subject"][0].update(name="deleteGrant:ga")), "deleteGrant"),
    "other evidence": (changed(lambda r: r["subject"][0]["digest"].update(sha256="0" * 64)), "report digest"),
    "short nonce": (changed(lambda r: r["predicate"].update(nonce="abc")), "nonce"),
    "attempt zero": (changed(lambda r: r["predicate"].update(attempt=0)), "attempt"),
    "attempt true": (changed(lambda r: r["predicate"].update(attempt=True)), "attempt"),
    "blank person": (changed(lambda r: r["predicate"].update(person=" ")), "person"),
    "unknown role": (changed(lambda r: r["predicate"].update(role="king")), "role"),
    "unknown decision": (changed(lambda r: r["predicate"].update(decision="maybe")), "decision"),
    "local time": (changed(lambda r: r["predicate"].update(signed_at="2026-03-04T12:00:00")), "signed_at"),
    "ends before it starts": (
        changed(lambda r: r["predicate"].update(expires_at="2020-01-01T00:00:00.000000Z")),
        "later",
    ),
    "unsorted digests": (changed(lambda r: r["predicate"]["attestation_digests"].reverse()), "ascending"),
    "other spelling of the key": (
        changed(
            lambda r: (r["predicate"].update(promotion="createGrant:GA"), r["subject"][0].update(name="createGrant:GA"))
        ),
        "promotion key",
    ),
}


@pytest.mark.parametrize(("data", "words"), BROKEN.values(), ids=BROKEN)
def test_any_other_form_is_refused_in_a_sentence(data: bytes, words: str) -> None:
    """What a writer of ours would not write is unreadable, and the sentence names the fault."""
    with pytest.raises(Unreadable, match=words):
        parse_statement(data)


def test_each_kind_has_its_own_namespace() -> None:
    """A signature for one kind is worth nothing for another."""
    assert len({kind.namespace for kind in RecordKind}) == 3
    assert kind_of(statement()) is RecordKind.SIGNOFF


def test_nothing_is_signed_while_a_bound_field_cannot_be_told() -> None:
    """A report that is unknown cannot be approved."""
    unknown = replace(BINDING, report_digest=None)
    with pytest.raises(Refused, match="the report"):
        statement(binding=unknown).to_bytes()


def test_summary_is_built_from_the_bytes_and_names_what_changed() -> None:
    """A signer sees decision, scope, exposure's ladder and the difference since last time."""
    before = statement(binding=replace(BINDING, ladder_digest=d("old ladder"))).to_bytes()
    rows = dict(signoff_summary(GOOD, before))
    assert rows["promotion"] == "createGrant:ga"
    assert rows["for"] == "the whole ladder"
    assert rows["changed since the last sign-off"] == "the ladder"
    assert dict(signoff_summary(GOOD, GOOD))["changed since the last sign-off"] == "nothing"
    with pytest.raises(PrrError):
        signoff_summary(b"{}")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_changed_byte_is_refused_or_says_something_else(at: int, byte: int) -> None:
    """No two spellings of one record: what still reads is exactly what its bytes say."""
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    try:
        made = parse_statement(data)
    except PrrError:
        return
    assert made.to_bytes() == data
    assert (made == statement()) == (data == GOOD)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    """Whatever lies in the folder, a person meets a sentence."""
    with pytest.raises(PrrError):
        parse_statement(data)
