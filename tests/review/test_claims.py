"""Attestations and justifications: what they cover, until when, and what never."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import Coverage, LineClaim
from prr_pipeline.review.justification import NEVER_JUSTIFIED, Justification, JustificationPolicy
from prr_pipeline.review.statements import kind_of, parse_statement
from tests.review.cast import NOW, d, envelope, statement

LINES = (LineClaim("kind_has_runbook", d("runbook")), LineClaim("handler_is_at_most_50_lines", d("handler")))
ATTESTATION = Attestation(envelope("lena"), LINES, "I walked through the runbook.")
JUSTIFICATION = Justification(envelope("owen"), LINES, "tom", "Split is planned for May.")


def covers(
    justification: Justification = JUSTIFICATION, line_id: str = "handler_is_at_most_50_lines", **other: Any
) -> Coverage:
    """Whether the unmet handler line may pass."""
    known: dict[str, Any] = {"subject_digest": d("handler"), "outcome": Outcome.UNMET, "now": NOW, **other}
    roles = known.pop("approver_roles", {"council"})
    return justification.covers(line_id, **known, approver_roles=roles)


@pytest.mark.parametrize("made", [ATTESTATION, JUSTIFICATION])
def test_a_record_reads_back_from_its_bytes(made: Attestation | Justification) -> None:
    """Its lines stand in order of their ids, and its kind follows from the bytes."""
    assert parse_statement(made.to_bytes()) == made
    assert type(made).from_bytes(made.to_bytes()) == made
    assert [line.line_id for line in made.lines] == ["handler_is_at_most_50_lines", "kind_has_runbook"]
    assert kind_of(made).folder in ("attestations", "justifications")


@pytest.mark.parametrize("reader", [Attestation, Justification])
def test_another_kind_is_not_read_as_this_one(reader: type[Attestation] | type[Justification]) -> None:
    """A sign-off attests and justifies nothing."""
    with pytest.raises(Unreadable, match="of the kind signoff"):
        reader.from_bytes(statement().to_bytes())


def test_an_attestation_covers_the_lines_it_names_at_the_digest_it_saw() -> None:
    """Another line, another digest, its end, and a signer who left or is not in the role."""
    roles = {"engineer"}
    line, seen = "kind_has_runbook", d("runbook")
    assert ATTESTATION.covers(line, seen, NOW, signer_roles=roles).ok
    for answer, words in (
        (ATTESTATION.covers("error_codes", seen, NOW, signer_roles=roles), "does not name error_codes"),
        (ATTESTATION.covers(line, d("new"), NOW, signer_roles=roles), "another state"),
        (ATTESTATION.covers(line, seen, NOW + timedelta(days=30), signer_roles=roles), "ended at"),
        (ATTESTATION.covers(line, seen, NOW, signer_roles=()), "no longer in the roster"),
        (ATTESTATION.covers(line, seen, NOW, signer_roles=roles, needs=("security",)), "not in the role"),
    ):
        assert not answer.ok
        assert words in answer.note


def test_a_justification_lets_an_unmet_line_pass_until_it_ends() -> None:
    """The note says who accepted it, until when and why."""
    ok, note = covers()
    assert ok
    assert "Accepted by owen" in note
    assert "Split is planned for May." in note


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"outcome": Outcome.UNKNOWN}, "never covers what is unknown"),
        ({"outcome": Outcome.MET}, "no longer needed"),
        ({"outcome": Outcome.NOT_APPLICABLE}, "no longer needed"),
        ({"line_id": "other_line"}, "does not name"),
        ({"subject_digest": d("changed")}, "another state"),
        ({"now": NOW + timedelta(days=30)}, "ended at"),
        ({"policy": JustificationPolicy(max_validity=timedelta(minutes=30))}, "ended at"),
        ({"approver_roles": ()}, "no longer in a role"),
        ({"approver_roles": {"engineer"}}, "no longer in a role"),
    ],
)
def test_what_a_justification_does_not_cover(asked: dict[str, Any], words: str) -> None:
    """Each in a sentence with the way out."""
    ok, note = covers(**asked)
    assert not ok
    assert words in note


@pytest.mark.parametrize("line_id", sorted(NEVER_JUSTIFIED))
def test_agreement_is_never_justified_away(line_id: str) -> None:
    """The lines that say who must agree stand, whatever was signed."""
    made = Justification(envelope("owen"), (LineClaim(line_id, d("x")),), "tom", "We are in a hurry.")
    assert (
        covers(made, line_id, subject_digest=d("x")).note
        == f"{line_id} says who must agree; it is never justified away."
    )


def test_nobody_approves_a_justification_of_their_own() -> None:
    """Neither when it is made nor when it is read."""
    with pytest.raises(Refused, match="their own"):
        Justification(envelope("tom"), LINES, "tom", "Because.")
    data = json.loads(JUSTIFICATION.to_bytes())
    data["predicate"]["author"] = "owen"
    with pytest.raises(Refused, match="their own"):
        parse_statement(canonical_bytes(data))


def test_words_and_lines_are_required() -> None:
    """A blank reason, a blank statement, no line or one line twice is refused."""
    with pytest.raises(Refused, match="reason in words"):
        Justification(envelope("owen"), LINES, "tom", "  ")
    with pytest.raises(Refused, match="statement in words"):
        Attestation(envelope("lena"), LINES, "\n")
    with pytest.raises(Refused, match="names no line"):
        Attestation(envelope("lena"), (), "All good.")
    with pytest.raises(Refused, match="each line once"):
        Attestation(envelope("lena"), (*LINES, LINES[0]), "All good.")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "names no line"),
        ("all", "a list of lines"),
        ([{"line_id": "a"}], "subject_digest"),
        ([{"line_id": "a", "subject_digest": d("x"), "note": "!"}], "unknown field"),
        ([{"line_id": "b", "subject_digest": d("x")}, {"line_id": "a", "subject_digest": d("x")}], "ascending"),
        ([{"line_id": "kind_has_runbook", "subject_digest": d("runbook")}], "not that of its lines"),
        (["kind_has_runbook"], "not a JSON object"),
    ],
)
def test_lines_of_another_form_are_unreadable(lines: object, words: str) -> None:
    """The lines are those that the record's subject digest names."""
    data = json.loads(ATTESTATION.to_bytes())
    data["predicate"]["lines"] = lines
    with pytest.raises(PrrError, match=words):
        parse_statement(canonical_bytes(data))
