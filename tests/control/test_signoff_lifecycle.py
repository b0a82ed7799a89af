"""The life of a sign-off: missing, valid, void by any bound change, valid again, unknown, expired, given anew."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta

import pytest

from prr_pipeline.control.agreement import signoff_gate
from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.monorepo import open_head
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.orders import roll_back
from prr_pipeline.control.status import detail
from prr_pipeline.control.workplace import load_roster
from prr_pipeline.control.writers import writers_of
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.subjects import Subject, Target
from tests.control.scene import ORDER, SPEC, Scene

KEY = "createGrant:beta"
LENA = "Lena <lena@matter.example>"
"""Who wrote createGrant's part of the sample's specification, and has left the team."""
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
    assert session.judgement.standing.editors == ("Jonas <jonas@matter.example>", LENA)
    assert session.agreement.verdicts[0].counted == ("felix", "noor")
    assert not session.agreement.gate.is_open


def test_an_unrelated_change_of_the_same_file_takes_no_voice_and_gives_none_back(signed: Scene) -> None:
    """Of the specification only the operation's own part makes an author."""
    signed.edit(SPEC, of_another_operation)
    signed.commit("Another operation", author="jonas")
    signed.run_ci()
    assert gate(signed)[0] is GateState.OPEN
    signed.edit(SPEC, of_the_operation)
    signed.commit("The operation", author="noor")
    signed.edit(SPEC, lambda text: text + "\n# a comment\n")
    signed.commit("A comment", author="ines")
    signed.run_ci()
    assert signed.convene(KEY).judgement.standing.editors == ("Noor <noor@matter.example>",)
    signed.prepare(KEY)
    session = signed.sign(KEY)
    assert session.agreement.verdicts[0].counted == ("felix", "jonas")
    assert "had a hand" in session.agreement.gate.why


def test_a_writer_under_another_address_is_not_counted(signed: Scene) -> None:
    """A no-reply address of their account leads to the person as their own one does."""
    signed.edit(DOCUMENT, risk_noted)
    git = ("git", "-C", str(signed.deployment.monorepo), "-c", "user.name=N.", "-c")
    command = (*git, "user.email=12+noor@users.noreply.github.com", "commit", "-qam", "Note a risk")
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert "noor" not in signed.sign(KEY).agreement.verdicts[0].counted


def test_writers_whom_the_roster_does_not_know_are_shown(signed: Scene) -> None:
    """Nobody can map them, so people see them: in the council's event and beside the sign-offs."""
    assert signed.events(EventType.COUNCIL_JUDGED)[-1].payload["strangers"] == [LENA]
    assert detail(signed.work, KEY).strangers == (LENA,)


@pytest.mark.parametrize("by", ["noor", "Noor Haddad"], ids=["by id", "by name"])
def test_the_operator_who_opens_is_not_counted(empty: Scene, by: str) -> None:
    """Whoever opens a promotion does not vouch for it, whoever its author is."""
    request = OpenRequest(Subject.parse("createGrant"), Target.BETA, by, author="mara", dependencies=[])
    open_promotion(empty.work, request)
    empty.prepare(KEY)
    session = empty.sign(KEY)
    assert session.agreement.verdicts[0].counted == ("felix", "jonas")
    assert not session.agreement.gate.is_open


def test_a_history_beyond_the_budget_is_read_on_by_the_next_judgement(signed: Scene) -> None:
    """A large specification costs a bounded time per judgement; until the answer is found, that is said."""
    for n in range(2):
        signed.edit(SPEC, lambda text, n=n: f"{text}\n# {n}\n")
        signed.commit("A comment", author="jonas")
    head = open_head(signed.work)
    profile, state = signed.work.profile_at(head), signed.state(KEY)
    answers = [writers_of(signed.work, state, profile, head, budget=1) for _ in range(6)]
    assert "further back than was read so far" in answers[0][0]
    assert answers[-1] == (LENA,)


def test_a_roll_back_spends_what_was_signed(signed: Scene) -> None:
    """The gate does not show the old set as open, and says what the next attempt still needs."""
    signed.rise_to(KEY, "shadow")
    roll_back(signed.work, [KEY], ORDER)
    found = signoff_gate(signed.work, signed.state(KEY), signed.work.now()).gate
    assert found.state is GateState.CLOSED
    assert "spent the sign-offs of attempt 1; attempt 2: " in found.why
