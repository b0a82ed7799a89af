"""The life of a sign-off: missing, valid, void by any bound change, valid again, unknown, expired, given anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from prr_pipeline.control.agreement import signoff_gate
from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.workplace import load_roster
from prr_pipeline.errors import Refused
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import SPEC, Scene

KEY = "createGrant:beta"
DOCUMENT = "apps/api/__gates__/prod-readiness/createGrant.md"


def gate(scene: Scene) -> tuple[GateState, bool, str]:
    """State, voidness and reason of the sign-off gate, after everything at the head was taken in and judged."""
    found = scene.convene(KEY).agreement
    return found.gate.state, found.void, found.gate.why


def of_the_operation(text: str) -> str:
    """Another summary of createGrant: part of its own subtree."""
    before, found, after = text.partition("operationId: createGrant\n")
    assert found
    return before + found + after.replace("summary: ", "summary: Newly worded, ", 1)


def of_another_operation(text: str) -> str:
    """Another summary of listGrants."""
    before, found, after = text.partition("operationId: listGrants\n")
    assert found
    return before + found + after.replace("summary: ", "summary: Newly worded, ", 1)


def risk_noted(text: str) -> str:
    """A person writes into the target's section, under its heading."""
    marker = "<!-- prr:begin"
    place = text.index(marker, text.index("beta/"))
    return text[:place] + "Known risk: the cap table is read twice.\n\n" + text[place:]


def test_without_signatures_it_is_missing_and_says_who(empty: Scene) -> None:
    """Everybody who is still needed stands in the reason."""
    empty.prepare(empty.open(needs=[]))
    state, void, why = gate(empty)
    assert (state, void) == (GateState.CLOSED, False)
    for words in ("owning context", "outside the owning context", "on-call lead", "quorum (0 of 3"):
        assert words in why


def test_the_author_and_too_few_are_not_enough(empty: Scene) -> None:
    """Mara wrote it and is never counted; two of three are no quorum."""
    empty.prepare(empty.open(needs=[]))
    session = empty.sign(KEY, ("noor", "jonas"))
    assert session.agreement.gate.state is GateState.CLOSED
    assert "on-call lead" in session.agreement.gate.why


def test_three_people_in_their_roles_are_enough(signed: Scene) -> None:
    """Owner, outsider, on-call lead, and the quorum with them."""
    assert gate(signed) == (GateState.OPEN, False, "Signed by felix, jonas, noor.")


def test_only_the_owning_context_counts_as_touched(signed: Scene) -> None:
    """The quorum asks for a member of the promotion's own context; those of its dependencies are not asked for."""
    signed.work.ledger.close()
    wide = signed.open("listGrants", needs=["createEntity"])
    signed.agree(wide)
    assert signoff_gate(signed.work, signed.state(wide), signed.work.now()).gate.is_open
    signed.replace_settings("[council]", '[council]\nquorum_contexts = "all"')
    why = signoff_gate(signed.work, signed.state(wide), signed.work.now()).gate.why
    assert "nobody, or too few, from Platform" in why


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        (SPEC, of_the_operation, "the operation in the specification"),
        (DOCUMENT, risk_noted, "what people wrote in the PRR document"),
    ],
    ids=["specification", "document"],
)
def test_a_changed_text_voids_it_and_the_old_text_makes_it_valid_again(
    signed: Scene, path: str, change: Callable[[str], str], field: str
) -> None:
    """Validity follows the digests, at each decision, in both directions."""
    signed.edit(path, change)
    signed.commit()
    signed.run_ci()
    state, void, why = gate(signed)
    assert (state, void) == (GateState.CLOSED, True)
    assert field in why
    assert "sign this attempt again" in why
    signed.revert()
    signed.run_ci()
    assert gate(signed)[0] is GateState.OPEN


def test_signing_again_is_the_way_out_of_a_void_one(signed: Scene) -> None:
    """The same attempt with the new digests; the climb goes on from the rung it holds."""
    signed.rise_to(KEY, "shadow")
    signed.edit(DOCUMENT, risk_noted)
    signed.commit()
    assert gate(signed)[1] is True
    signed.tick()
    assert signed.flag(KEY) == signed.state(KEY).exposure
    assert signed.sign(KEY).agreement.gate.is_open
    state = signed.state(KEY)
    assert (state.attempt, state.exposure.name, state.latch) == (1, "shadow", None)


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (SPEC, of_another_operation),
        ("README.md", lambda text: text + "\nMore words.\n"),
    ],
    ids=["another operation", "a file that is no evidence"],
)
def test_an_unrelated_commit_leaves_everything(signed: Scene, path: str, change: Callable[[str], str]) -> None:
    """The report digest and the sign-off stay; only the commit shown is another."""
    before = signed.convene(KEY).judgement.standing
    signed.edit(path, change)
    head = signed.commit()
    signed.run_ci()
    session = signed.convene(KEY)
    after = session.judgement.standing
    assert session.agreement.gate.is_open
    assert (after.report_digest, after.gate) == (before.report_digest, before.gate)
    assert after.commit == head != before.commit


def test_another_ladder_of_the_settings_voids_nothing(signed: Scene) -> None:
    """The promotion keeps the ladder that it opened with, and that one was signed."""
    signed.set("ladder", 'rungs = [{ exposure = "100%", dwell = "0s" }]')
    assert gate(signed)[0] is GateState.OPEN


def rename_ines(scene: Scene) -> str:
    """Change the roster's files; returns the digest that they have now."""
    folder = scene.deployment.folder / "roster"
    people = folder / "people.yaml"
    people.write_text(people.read_text().replace("Ines Duarte", "Ines D. Duarte"))
    return load_roster(folder).digest


def test_a_roster_that_differs_from_its_pin_decides_nothing(signed: Scene) -> None:
    """Whoever changes the files makes the gate unknown, and every order of the judgement says the way out."""
    rename_ines(signed)
    facts = facts_for(signed.work, read_world(signed.work), signed.state(KEY))
    assert (facts.signoff.state, facts.signoff_void) == (GateState.UNKNOWN, False)
    assert "pin the new digest" in facts.signoff.why
    with pytest.raises(Refused, match="pin the new digest"):
        signed.convene(KEY)
    assert facts_for(signed.work, read_world(signed.work), signed.state(KEY)).readiness.state is GateState.UNKNOWN


def test_a_newly_pinned_roster_voids_what_was_signed_under_the_old_one(signed: Scene) -> None:
    """The pin follows, the signatures do not."""
    old = signed.work.roster.digest
    signed.replace_settings(old, rename_ines(signed))
    state, void, why = gate(signed)
    assert (state, void) == (GateState.CLOSED, True)
    assert "the roster" in why


def test_a_line_that_becomes_unknown_makes_it_unknown_not_void(signed: Scene) -> None:
    """Evidence that cannot be read is no changed evidence; the clock stops, and nothing is signed again."""
    signed.edit("apps/docs/content/docs/security/threat-model.mdx", lambda text: "---\nbroken: [\n---\n" + text)
    signed.commit()
    signed.run_ci()
    judged = signed.convene(KEY)
    assert judged.judgement.standing.report_digest is None
    assert (judged.agreement.gate.state, judged.agreement.void) == (GateState.UNKNOWN, False)
    assert "cannot be told now" in judged.agreement.gate.why
    signed.revert()
    signed.run_ci()
    assert gate(signed)[0] is GateState.OPEN


def test_it_ends_at_its_expiry(signed: Scene) -> None:
    """170 days are written in it; the promotion then waits for new ones. Its attestations end too: unknown first."""
    signed.clock.advance(timedelta(days=169))
    world = read_world(signed.work)
    assert facts_for(signed.work, world, signed.state(KEY)).signoff.is_open
    signed.clock.advance(timedelta(days=2))
    facts = facts_for(signed.work, read_world(signed.work), signed.state(KEY))
    assert facts.signoff.state is GateState.CLOSED
    assert facts.signoff_void
    assert "ended at" in facts.signoff.why


def test_the_settings_may_end_it_earlier(signed: Scene) -> None:
    """``signoff_expiry`` bounds what the record says."""
    signed.replace_settings('signoff_expiry = "180d"', 'signoff_expiry = "10d"')
    signed.clock.advance(timedelta(days=11))
    assert facts_for(signed.work, read_world(signed.work), signed.state(KEY)).signoff_void


def test_a_late_change_of_who_wrote_takes_their_voice(signed: Scene) -> None:
    """Whoever changed the document or the specification last does not sign for their own words."""
    signed.edit(DOCUMENT, risk_noted)
    signed.commit("Note a risk", author="jonas")
    session = signed.sign(KEY)
    assert "jonas@matter.example" in session.judgement.standing.editors
    assert session.agreement.verdicts[0].counted == ("felix", "noor")
    assert not session.agreement.gate.is_open
