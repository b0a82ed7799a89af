"""Who counts, and when a set of sign-offs is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.review.council import CouncilPolicy, Need, QuorumContexts
from prr_pipeline.review.question import Accepted
from prr_pipeline.review.signoff import Binding, SignoffDecision
from prr_pipeline.review.verdict import SignoffState, SignoffVerdict, judge_signoffs
from tests.review.cast import BINDING, NOW, PEOPLE, ROSTER, accepted, d, signers

REJECT = SignoffDecision.REJECT
FULL = (accepted("mara"), accepted("petra"), accepted("lena", on_call=True))


def judge(
    signed: tuple[Accepted, ...] | list[Accepted],
    binding: Binding = BINDING,
    policy: CouncilPolicy | None = None,
    **asked: Any,
) -> SignoffVerdict:
    """The verdict on a promotion of tom's in the context identity."""
    known: dict[str, Any] = {"author": "tom", "context": "identity", "now": NOW, "attempt": 1, **asked}
    return judge_signoffs(signed, binding, policy or CouncilPolicy(), ROSTER, **known)


def test_the_whole_council_is_valid() -> None:
    """Owner, outsider, on-call lead and three members of the council: signed."""
    verdict = judge(FULL)
    assert (verdict.state, verdict.missing, verdict.void) == (SignoffState.VALID, (), ())
    assert verdict.counted == ("lena", "mara", "petra")
    assert verdict.why == "Signed by lena, mara, petra."
    assert (verdict.approved_by_owner, verdict.approved_outside) == (("mara",), ("lena", "petra"))
    assert verdict.approved_by_on_call == ("lena",)
    assert verdict.quorum_met


@pytest.mark.parametrize(
    ("absent", "words"),
    [
        ("mara", "an engineer of the owning context"),
        ("lena", "the on-call lead of the week"),
        ("petra", "another person"),
    ],
)
def test_each_of_the_three_is_needed(absent: str, words: str) -> None:
    """Without one of them it is missing, and the sentence says who."""
    verdict = judge([a for a in FULL if a.person != absent], policy=CouncilPolicy(quorum_total=1))
    assert verdict.state is SignoffState.MISSING
    assert words in verdict.why


def test_nobody_signed_yet() -> None:
    """All needs are missing, nothing is void."""
    verdict = judge(())
    assert verdict.state is SignoffState.MISSING
    assert len(verdict.missing) == 4
    assert not verdict.quorum_met


def test_the_author_is_never_counted() -> None:
    """Not even as a council member with three others beside."""
    verdict = judge(FULL, author="mara")
    assert verdict.state is SignoffState.MISSING
    assert ("mara", "is the author, who is never counted") in verdict.void
    assert judge([*FULL, accepted("owen")], author="mara").state is SignoffState.VALID


def test_excluded_people_are_not_counted() -> None:
    """The operator and the last committer can be left out."""
    verdict = judge(FULL, excluded={"petra"})
    assert verdict.state is SignoffState.MISSING
    assert [person for person, _ in verdict.void] == ["petra"]


def test_one_person_is_one_vote() -> None:
    """However many keys and records, mara counts once."""
    twice = [*FULL[:1], accepted("mara", nonce="f" * 32), accepted("lena", on_call=True)]
    verdict = judge(twice)
    assert verdict.state is SignoffState.MISSING
    assert verdict.counted == ("lena", "mara")
    assert "2 of 3 members" in verdict.why


def test_nobody_fills_two_needs_at_once() -> None:
    """An on-call lead from outside is not also the outsider, unless policy lets roles coincide."""
    pair = (accepted("mara"), accepted("lena", on_call=True))
    assert judge(pair, policy=CouncilPolicy(quorum_total=1)).state is SignoffState.MISSING
    assert judge(pair, policy=CouncilPolicy(quorum_total=1, roles_may_coincide=True)).state is SignoffState.VALID


def test_on_call_lead_is_who_held_the_shift_at_acceptance() -> None:
    """A roster role alone does not make the lead of the week."""
    verdict = judge([accepted("mara"), accepted("petra"), accepted("lena")])
    assert verdict.missing == ("the on-call lead of the week",)


def test_only_council_members_make_the_quorum() -> None:
    """tom is an engineer from outside, but not of the council."""
    signed = [accepted("mara"), accepted("tom"), accepted("lena", on_call=True)]
    verdict = judge(signed, author="owen")
    assert verdict.missing == ("the council's quorum (2 of 3 members)",)
    assert verdict.approved_outside == ("lena", "tom")


def test_quorum_needs_somebody_of_each_context() -> None:
    """Touched contexts by default, all by policy."""
    signed = (accepted("mara"), accepted("owen", on_call=True), accepted("lena"))
    assert judge(signed).state is SignoffState.VALID
    touched = judge(signed, touched={"billing"})
    assert "nobody, or too few, from billing" in touched.why
    everyone = CouncilPolicy(quorum_contexts=QuorumContexts.ALL)
    assert not judge(signed, policy=everyone).quorum_met
    assert judge(FULL, policy=everyone).state is SignoffState.VALID
    named = replace(everyone, contexts=("identity", "billing", "platform", "search"))
    assert "from search" in judge(FULL, policy=named).why


def test_a_changed_digest_voids_and_equal_digests_are_valid_again() -> None:
    """Validity is worked out at each decision and never latched."""
    changed = judge(FULL, replace(BINDING, ladder_digest=d("other")))
    assert changed.state is SignoffState.VOID
    assert ("mara", "signed before a change of the ladder") in changed.void
    assert "sign this attempt again" in changed.why
    assert judge(FULL).state is SignoffState.VALID


def test_signing_again_heals_and_the_older_words_stay_good_for_the_older_digests() -> None:
    """New approvals count for the new digests; should those go back, the first ones count again."""
    new = replace(BINDING, report_digest=d("new report"))
    again = [*FULL, *(accepted(p, binding=new, on_call=p == "lena", nonce="e" * 32) for p in ("mara", "petra", "lena"))]
    assert judge(again, new).state is SignoffState.VALID
    assert judge(again).state is SignoffState.VALID
    assert judge([*FULL, again[3]], new).state is SignoffState.VOID


def test_an_expired_sign_off_is_void_and_says_since_when() -> None:
    """At its very end it counts no more; policy may end it earlier."""
    late = NOW + timedelta(days=30)
    assert judge(FULL, now=late - timedelta(seconds=1)).state is SignoffState.VALID
    verdict = judge(FULL, now=late)
    assert verdict.state is SignoffState.VOID
    assert dict(verdict.void)["mara"].startswith("ended at 2026-04-03")
    short = CouncilPolicy(max_validity=timedelta(days=1))
    assert judge(FULL, now=NOW + timedelta(days=2), policy=short).state is SignoffState.VOID


def test_what_cannot_be_told_is_unknown_and_not_void() -> None:
    """A line that merely became unknown does not undo the council's word."""
    verdict = judge(FULL, replace(BINDING, report_digest=None))
    assert verdict.state is SignoffState.UNKNOWN
    assert verdict.unknown == ("the report",)
    assert verdict.why.startswith("Signed by lena, mara, petra, but the report cannot be told")
    both = judge(FULL, replace(BINDING, report_digest=None, flag_key="other"))
    assert both.state is SignoffState.VOID
    assert judge((), replace(BINDING, report_digest=None)).state is SignoffState.MISSING


def test_a_reject_blocks_until_the_same_person_approves() -> None:
    """More approvals of others do not outvote it."""
    no = accepted("owen", decision=REJECT)
    verdict = judge([*FULL, no])
    assert verdict.state is SignoffState.VOID
    assert verdict.why.startswith("Rejected by owen")
    assert not verdict.quorum_met
    later = accepted("owen", signed_at=NOW - timedelta(minutes=1))
    assert judge([*FULL, no, later]).state is SignoffState.VALID


def test_an_older_approval_filed_late_withdraws_no_reject() -> None:
    """A person's words are ordered by when they signed them, not by when they were filed."""
    no = accepted("owen", decision=REJECT)
    withheld = accepted("owen", signed_at=NOW - timedelta(hours=2), at=NOW + timedelta(minutes=1))
    assert judge([*FULL, no, withheld], now=NOW + timedelta(minutes=2)).state is SignoffState.VOID


def test_a_reject_outlives_changed_digests_and_its_own_expiry() -> None:
    """Only the person withdraws it; doubt never permits."""
    no = accepted("owen", decision=REJECT, binding=replace(BINDING, report_digest=d("old"), attempt=7))
    assert judge([*FULL, no]).state is SignoffState.VOID
    brief = accepted("owen", decision=REJECT, expires_at=NOW - timedelta(minutes=1))
    assert judge([*FULL, brief]).state is SignoffState.VOID


def test_a_reject_of_somebody_outside_the_council_only_ends_their_own_approval() -> None:
    """tom has no vote in the council, so he cannot block it."""
    assert judge([*FULL, accepted("tom", decision=REJECT)], author="owen").state is SignoffState.VALID


def test_before_enough_people_signed_a_reject_is_missing() -> None:
    """Nothing was complete, so nothing became void."""
    assert judge([accepted("owen", decision=REJECT)]).state is SignoffState.MISSING
    assert judge([accepted("mara", binding=replace(BINDING, flag_key="x"))]).state is SignoffState.MISSING


def test_after_a_roll_back_owner_and_on_call_lead_sign_the_next_attempt() -> None:
    """The first attempt's sign-offs are spent as permission: missing, not void."""
    spent = judge(FULL, kind="reclimb", attempt=2)
    assert spent.state is SignoffState.MISSING
    assert dict(spent.void)["mara"] == "signed for attempt 1; this is attempt 2"
    second = replace(BINDING, attempt=2)
    again = [*FULL, accepted("mara", binding=second), accepted("lena", binding=second, on_call=True)]
    assert judge(again, kind="reclimb", attempt=2).state is SignoffState.VALID
    assert judge(again[:4], kind="reclimb", attempt=2).missing == ("the on-call lead of the week",)
    assert judge(again, kind="council", attempt=2).state is SignoffState.MISSING


def test_policy_says_who_signs_the_next_attempt() -> None:
    """A deployment may ask the whole council again."""
    strict = CouncilPolicy(reclimb=CouncilPolicy().council)
    second = replace(BINDING, attempt=2)
    pair = [accepted("mara", binding=second), accepted("lena", binding=second, on_call=True)]
    assert judge(pair, kind="reclimb", attempt=2, policy=strict).state is SignoffState.MISSING


def test_the_first_sign_off_stays_evidence_while_its_digests_are_equal() -> None:
    """M1 to M3 and M34 look past the attempt, and past nothing else."""
    assert judge(FULL, kind="evidence", attempt=2).state is SignoffState.VALID
    other = judge(FULL, replace(BINDING, prr_section_digest=d("x")), kind="evidence", attempt=2)
    assert other.state is SignoffState.VOID
    assert (other.approved_by_owner, other.quorum_met) == ((), False)


def test_a_rung_approval_counts_for_its_rung_alone_and_once() -> None:
    """The ladder's sign-off is no rung approval, another rung's is none, and a raise uses it up."""
    rung = accepted("owen", rung="50%")
    assert judge([rung], kind="rung", rung="50%").state is SignoffState.VALID
    assert judge([rung], kind="rung", rung="100%").state is SignoffState.MISSING
    assert judge(FULL, kind="rung", rung="50%").state is SignoffState.MISSING
    assert judge([rung, *FULL[1:]]).state is SignoffState.MISSING
    spent = judge([rung], kind="rung", rung="50%", spent_before=NOW)
    assert spent.state is SignoffState.MISSING
    assert "spent" in spent.why


def test_sign_offs_of_another_promotion_are_not_heard() -> None:
    """Neither for nor against."""
    other = replace(BINDING, promotion="deleteGrant:ga")
    assert judge([accepted(p, binding=other, on_call=True) for p in ("mara", "petra", "lena")]).void == ()
    assert judge([*FULL, accepted("owen", binding=other, decision=REJECT)]).state is SignoffState.VALID


def test_who_left_the_roster_is_not_counted() -> None:
    """Even were the digests equal, a person without a role has no word."""
    gone = type(ROSTER).parse(
        b"".join(line for line in signers().splitlines(True) if b"petra" not in line),
        b"".join(line for line in PEOPLE.splitlines(True) if b"petra" not in line),
    )
    verdict = judge_signoffs(FULL, BINDING, CouncilPolicy(), gone, author="tom", context="identity", now=NOW, attempt=1)
    assert dict(verdict.void)["petra"] == "is not in the roster, or has no role there"


def test_a_policy_that_asks_for_nobody_is_refused() -> None:
    """An empty rule would grant everything."""
    with pytest.raises(PrrError, match="grants everything"):
        CouncilPolicy(reclimb=())
    with pytest.raises(PrrError, match="quorum"):
        CouncilPolicy(quorum_total=0)
    with pytest.raises(UnknownName, match="all, touched"):
        CouncilPolicy(quorum_contexts="some")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="on_call_lead"):
        CouncilPolicy(rung=("king",))  # type: ignore[arg-type]
    assert CouncilPolicy(rung=(Need.OWNING_CONTEXT,)).rung == (Need.OWNING_CONTEXT,)
