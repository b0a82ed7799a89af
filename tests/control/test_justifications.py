"""Justifications: an unmet line passes while one counts, and closes the gate again at the first judgement after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.claiming import prepare_justification
from prr_pipeline.control.signing import Signer, envelope_for, sign_and_file
from prr_pipeline.demo.deployment import PRR_FOLDER as FOLDER
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.review.claims import LineClaim
from prr_pipeline.review.justification import Justification
from prr_pipeline.review.paths import record_path
from prr_pipeline.review.records import RecordKind
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.signatures.ssh import sign
from tests.control.scene import SPEC, Copy, Scene, copied

KEY = "exerciseGrant:beta"
LINE = "slo_is_declared_and_on_board"


@pytest.fixture(scope="session")
def justified_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``exerciseGrant:beta`` with its one unmet line justified for 30 days, and signed with that."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("justified") / "d")
    key = scene.open("exerciseGrant", needs=[])
    scene.prepare(key)
    scene.justify(key, [LINE], lasts=timedelta(days=30))
    scene.reviewer.file_document(key)
    scene.sign(key)
    scene.work.ledger.close()
    return scene


@pytest.fixture
def justified(copy: Copy, justified_scene: Scene) -> Scene:
    """A copy of it."""
    return copy(justified_scene)


def test_an_unmet_line_closes_the_gate_until_it_is_justified(empty: Scene) -> None:
    """The line stays unmet underneath, and is shown with the digest of its justification."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    assert empty.judge(key) is GateState.CLOSED
    judgement = empty.justify(key, [LINE]).judgement
    result = next(r for r in judgement.report.results if r.line_id == LINE)
    assert result.outcome is Outcome.UNMET
    assert result.passes
    assert judgement.standing.justifications == (result.justification,)


def test_with_it_the_promotion_climbs(justified: Scene) -> None:
    """Signed by people who saw the justification, it is a pass like any other."""
    assert justified.judge(KEY) is GateState.OPEN
    assert justified.climb(KEY, "shadow").result == "raised"


def test_its_expiry_closes_the_gate_at_the_next_judgement(justified: Scene) -> None:
    """No commit is needed: the nightly judgement finds it, and the sign-off that bound it is void."""
    assert justified.judge(KEY) is GateState.OPEN
    justified.clock.advance(timedelta(days=31))
    justified.run_ci()
    assert justified.judge(KEY) is GateState.CLOSED
    session = justified.convene(KEY)
    assert LINE in session.judgement.standing.why
    assert session.judgement.standing.justifications == ()
    assert session.agreement.void
    assert "the justifications" in session.agreement.gate.why
    assert "does not rise" in justified.climb(KEY, "shadow").why


def test_a_climb_under_way_holds_and_is_not_rolled_back(justified: Scene) -> None:
    """What expired stops the way up; what users have stays."""
    justified.rise_to(KEY, "1%")
    justified.serve(timedelta(days=31))
    justified.judge(KEY)
    decision = justified.tick().decisions[KEY]
    assert decision.verdict.word == "hold"
    assert not decision.clock_runs
    assert justified.state(KEY).exposure.name == "1%"


def test_a_new_one_and_new_signatures_open_it_again(justified: Scene) -> None:
    """The way out of an expired justification."""
    justified.clock.advance(timedelta(days=31))
    justified.run_ci()
    justified.justify(KEY, [LINE])
    justified.reviewer.file_document(KEY)
    assert justified.sign(KEY).agreement.gate.is_open
    assert justified.climb(KEY, "shadow").result == "raised"


def test_policy_bounds_how_long_one_counts(justified: Scene) -> None:
    """``justification_max`` cuts what the record says."""
    justified.replace_settings("[council]", '[council]\njustification_max = "7d"')
    justified.clock.advance(timedelta(days=8))
    assert justified.judge(KEY) is GateState.CLOSED


def test_another_state_of_the_line_voids_it(justified: Scene) -> None:
    """It was given for the numbers that stood there."""
    justified.edit(SPEC, lambda text: text.replace("p99_ms: 600", "p99_ms: 700"))
    justified.commit()
    justified.run_ci()
    judgement = justified.convene(KEY).judgement
    result = next(r for r in judgement.report.results if r.line_id == LINE)
    assert result.justification is None
    assert "has changed since" in (result.justification_note or "")


def test_a_mended_line_needs_none(justified: Scene) -> None:
    """What is no longer needed is said, and no longer bound."""
    justified.edit(SPEC, lambda text: text.replace("p99_ms: 600", "p99_ms: 450"))
    justified.commit()
    justified.run_ci()
    judgement = justified.prepare(KEY).judgement
    result = next(r for r in judgement.report.results if r.line_id == LINE)
    assert result.outcome is Outcome.MET
    assert "no longer needed" in (result.justification_note or "")
    assert judgement.standing.justifications == ()


def test_who_is_not_of_the_council_approves_nothing(empty: Scene) -> None:
    """Asked for by the command, it is refused with the role that it takes."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    signer = Signer("mara", empty.deployment.key("mara"))
    with pytest.raises(Refused, match="takes the role council"):
        prepare_justification(empty.work, key, signer, [LINE], "because", "jonas")


def test_one_filed_by_hand_without_the_role_is_refused_with_a_reason(empty: Scene) -> None:
    """The approver's role is checked at the door, so that nobody waits for a record that never counts."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    mara = Signer("mara", empty.deployment.key("mara"))
    result = next(r for r in judge_promotion(empty.work, key, "t").report.results if r.line_id == LINE)
    envelope = envelope_for(empty.work, empty.state(key), mara, "engineer")
    claim = LineClaim(LINE, result.finding.subject_digest)
    data = Justification(envelope, (claim,), "jonas", "because").to_bytes()
    path = empty.deployment.monorepo / record_path(FOLDER, RecordKind.JUSTIFICATION, envelope)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    path.with_name(f"{path.name}.sig").write_bytes(sign(mara.key, data, RecordKind.JUSTIFICATION.namespace))
    empty.commit()
    [why] = empty.convene(key).intake.refused.values()
    assert why == "mara may not approve a justification; that takes the role council."
    assert empty.events(EventType.JUSTIFICATION_ACCEPTED) == []


@pytest.mark.parametrize("line", ["council_quorum_signed", "promotion_approved_by_owning_context"])
def test_agreement_is_never_justified_away(empty: Scene, line: str) -> None:
    """Nobody can approve that nobody approved."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    signer = Signer("ines", empty.deployment.key("ines"))
    with pytest.raises(Refused, match="never justified away"):
        prepare_justification(empty.work, key, signer, [line], "because", "jonas")


def test_what_is_unknown_is_not_justified(empty: Scene) -> None:
    """Evidence that nobody has is no exception to be granted."""
    key = empty.open("exerciseGrant", needs=[])
    empty.edit("apps/api/lib/middleware/index.ts", lambda text: f'{text}\nexport * from "./gone";\n')
    empty.commit()
    empty.run_ci()
    signer = Signer("ines", empty.deployment.key("ines"))
    with pytest.raises(Refused, match="never covers what is unknown"):
        prepare_justification(empty.work, key, signer, ["architecture_rules_hold"], "because", "jonas")


def test_the_author_of_a_reason_is_another_person_of_the_roster(empty: Scene) -> None:
    """A name is no id: whoever approves could be behind it."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    signer = Signer("ines", empty.deployment.key("ines"))
    with pytest.raises(Refused, match=r"'Ines Duarte' is no id of the roster.* Nearest: ines"):
        prepare_justification(empty.work, key, signer, [LINE], "because I say so", "Ines Duarte")
    with pytest.raises(Refused, match="of their own"):
        prepare_justification(empty.work, key, signer, [LINE], "because I say so", "ines")


def test_one_filed_by_hand_for_a_name_is_refused(empty: Scene) -> None:
    """What `prr justify` refuses does not come in by another way."""
    key = empty.open("exerciseGrant", needs=[])
    empty.prepare(key)
    signer = Signer("ines", empty.deployment.key("ines"))
    asked = prepare_justification(empty.work, key, signer, [LINE], "because I say so", "jonas")
    named = replace(Justification.from_bytes(asked.data), author="Ines Duarte").to_bytes()
    sign_and_file(empty.work, replace(asked, data=named), signer.key, empty.deployment.monorepo)
    empty.commit("Justify", "ines")
    session = empty.convene(key)
    assert "is no id of the roster" in session.intake.refused[asked.path]
    assert not next(r for r in session.judgement.report.results if r.line_id == LINE).passes
