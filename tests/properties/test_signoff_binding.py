"""S13: a sign-off is about exact bytes; X1: no set of people with the author's hand in it is enough."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.review.council import CouncilPolicy
from prr_pipeline.review.signoff import FIELD_WORDS, Binding, SignoffDecision, SignoffStatement, compare
from prr_pipeline.review.verdict import SignoffState, judge_signoffs
from tests.review.cast import BINDING, NOW, ROSTER, accepted, d, statement

DIGESTS = st.binary(max_size=8).map(lambda b: d(b.hex()))
OTHER: dict[str, st.SearchStrategy[Any]] = {
    "promotion": st.sampled_from(["createGrant:beta", "creategrant:ga", "createGrants:ga", "service:createGrant:ga"]),
    "attempt": st.integers(2, 10_000),
    "spec_subtree_digest": DIGESTS,
    "report_digest": DIGESTS,
    "justification_digests": st.lists(DIGESTS, max_size=3).map(tuple),
    "attestation_digests": st.lists(DIGESTS, max_size=3).map(tuple),
    "ladder_digest": DIGESTS,
    "flag_key": st.sampled_from(["createGrant-beta", "createGrant-gа", "CreateGrant-ga", "createGrant-ga2"]),
    "environment": st.sampled_from(["staging", "Production", "production-eu"]),
    "dependencies": st.sampled_from([(), ("service identities",), ("service identity", "operation listGrants")]),
    "prr_section_digest": DIGESTS,
    "roster_digest": DIGESTS,
}
PEOPLE_IDS = sorted(ROSTER.people)


def test_every_field_of_the_binding_is_covered_here() -> None:
    """A field added later must be mutated here too, and have words of its own."""
    names = [f.name for f in fields(Binding)]
    assert list(OTHER) == names == list(FIELD_WORDS)
    assert len(set(FIELD_WORDS.values())) == len(names)


@pytest.mark.parametrize("name", OTHER)
@given(data=st.data())
def test_any_other_value_of_any_field_voids_naming_the_field(name: str, data: st.DataObject) -> None:
    """Mutated fields accepted: none. The sentence names exactly the field that changed."""
    value = data.draw(OTHER[name].filter(lambda v: v != getattr(BINDING, name)))
    other: dict[str, Any] = {name: value}
    now = replace(BINDING, **other)
    assert compare(statement(), now) == (FIELD_WORDS[name],)
    assert compare(statement(binding=now), BINDING) == (FIELD_WORDS[name],)
    full = [accepted("mara"), accepted("petra"), accepted("lena", on_call=True)]
    verdict = judge_signoffs(
        full, now, CouncilPolicy(), ROSTER, author="tom", context="identity", now=NOW, attempt=now.attempt
    )
    assert verdict.state not in (SignoffState.VALID, SignoffState.UNKNOWN)
    assert verdict.counted == ()


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20))
def test_the_commit_shown_never_counts(commit: str) -> None:
    """An unrelated commit voids nothing."""
    assert compare(statement(commit=commit), BINDING) == ()


@given(
    st.sets(st.sampled_from(PEOPLE_IDS)),
    st.sampled_from(PEOPLE_IDS),
    st.sets(st.sampled_from(PEOPLE_IDS), max_size=2),
    st.sampled_from([None, *PEOPLE_IDS]),
    st.sampled_from(["identity", "billing", "platform"]),
)
def test_a_valid_set_never_rests_on_author_or_operator(
    signed: set[str], author: str, excluded: set[str], on_call: str | None, context: str
) -> None:
    """Whoever signs: valid means three different people in the three roles, none of them left out."""
    rows = [accepted(person, on_call=person == on_call) for person in sorted(signed)]
    verdict = judge_signoffs(
        rows, BINDING, CouncilPolicy(), ROSTER, author=author, context=context, now=NOW, attempt=1, excluded=excluded
    )
    left = signed - {author} - excluded
    assert set(verdict.counted) == left
    owners = {p for p in left if context in ROSTER.people[p].contexts}
    enough = any(
        len({owner, outside, on_call}) == 3 for owner in owners for outside in left - owners if on_call in left
    )
    members = {p for p in left if "council" in ROSTER.people[p].roles}
    quorum = len(members) >= 3 and bool(members & owners)
    assert (verdict.state is SignoffState.VALID) == (enough and quorum)


@given(
    st.sampled_from(list(SignoffDecision)), st.sampled_from([None, "50%"]), st.timedeltas(timedelta(1), timedelta(400))
)
def test_every_sign_off_reads_back_from_its_bytes(
    decision: SignoffDecision, rung: str | None, lasts: timedelta
) -> None:
    """What is signed is what is judged."""
    made = statement(decision=decision, rung=rung, expires_at=NOW + lasts)
    assert SignoffStatement.from_bytes(made.to_bytes()) == made
