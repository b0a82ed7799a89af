"""Which promotions must be judged again: those whose reads changed, at the judged commit or at the head."""

from __future__ import annotations

import pytest

from prr_pipeline.control.rejudge import (
    open_promotions,
    promotions_to_judge,
    promotions_with_new_records,
    stale_promotions,
)
from prr_pipeline.control.standing import read_standing
from prr_pipeline.demo.deployment import PRR_FOLDER
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.repository.artefact_filing import file_artefact
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import HANDLER, SPEC, Scene

KEY = "createGrant:beta"


def stale(scene: Scene) -> list[str]:
    """Keys that must be judged again."""
    return [one.key for one in stale_promotions(scene.work)]


def test_what_was_never_judged_is_stale(empty: Scene) -> None:
    """A promotion just opened, and no other."""
    key = empty.open(needs=[])
    assert stale(empty) == [key]
    empty.judge(key)
    assert stale(empty) == []


def test_a_commit_that_touches_nothing_read_is_noted_without_a_judgement(signed: Scene) -> None:
    """The standing moves on to the new head by itself; asking twice changes nothing."""
    before = len(signed.events())
    signed.edit("README.md", lambda text: text + "\nMore words.\n")
    head = signed.commit()
    signed.run_ci()
    assert stale(signed) == stale(signed) == []
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert (standing.head, standing.commit, standing.gate) == (head, head, GateState.OPEN)
    assert len(signed.events()) == before


def test_code_without_artefacts_is_stale_though_the_judged_commit_stays(signed: Scene) -> None:
    """The judged commit and all that was read of it are the same; that the head is not covered is new."""
    signed.edit("README.md", lambda text: text + "\nMore words.\n")
    signed.commit()
    assert stale(signed) == [KEY]
    assert signed.judge(KEY) is GateState.UNKNOWN
    assert stale(signed) == []
    signed.run_ci()
    assert stale(signed) == [KEY]
    assert signed.judge(KEY) is GateState.OPEN


def test_results_that_ci_files_later_are_seen(signed: Scene) -> None:
    """The commit is the same; a gate that failed asks for another judgement, the same results filed again do not."""
    signed.run_ci()
    assert stale(signed) == []
    head = open_commit(signed.deployment.monorepo, "HEAD")
    failed = b'{"checks": [{"name": "pii-drift", "conclusion": "failure"}]}'
    file_artefact(
        signed.deployment.folder / ".prr" / "artefacts", head, "gates", failed,
        suffix=".json", tool="gates", version="1", at=signed.work.now(), exclude=(PRR_FOLDER,),
    )  # fmt: skip
    assert stale(signed) == [KEY]
    assert signed.judge(KEY) is GateState.CLOSED
    assert stale(signed) == []


def test_a_read_file_that_changed_is_stale(signed: Scene) -> None:
    """The threat model was read."""
    signed.edit("apps/docs/content/docs/security/threat-model.mdx", lambda text: text + "\nMore words.\n")
    signed.commit()
    signed.run_ci()
    assert stale(signed) == [KEY]


def test_the_specification_at_the_head_counts_while_older_code_is_judged(signed: Scene) -> None:
    """Two commits without artefacts: the second changes what a sign-off binds, and is seen."""
    signed.edit(HANDLER, lambda text: text + "\n// another line\n")
    signed.commit()
    signed.judge(KEY)
    assert stale(signed) == []
    signed.edit(
        SPEC,
        lambda text: text.replace("operationId: createGrant\n", "operationId: createGrant\n      deprecated: true\n"),
    )
    signed.commit()
    assert stale(signed) == [KEY]


def test_one_input_has_one_name(signed: Scene) -> None:
    """Until the input changes, every look gives the same name, so that one run is asked for."""
    signed.edit(HANDLER, lambda text: text + "\n// another line\n")
    signed.commit()
    first = stale_promotions(signed.work)
    assert first == stale_promotions(signed.work)
    signed.run_ci()
    assert first != stale_promotions(signed.work)


def test_what_is_broken_is_judged_once_per_head(signed: Scene) -> None:
    """The fault is kept by a run; after that it waits for another commit."""
    signed.edit(SPEC, lambda text: text + "\n  - : [\n")
    signed.commit()
    assert stale(signed) == [KEY]
    with pytest.raises(PrrError):
        signed.judge(KEY)
    assert stale(signed) == []
    signed.revert()
    signed.run_ci()
    assert stale(signed) == [KEY]
    assert signed.judge(KEY) is GateState.OPEN


def test_a_profile_that_cannot_be_read_asks_for_a_run(signed: Scene) -> None:
    """Nothing can be compared under it, so the run says why; its name stays, so that it is not asked for in a rush."""
    signed.edit(".prr/profile.yaml", lambda _: "council: {}\n")
    signed.commit()
    [one] = stale_promotions(signed.work)
    assert one.input_digest.endswith("-broken")
    with pytest.raises(PrrError):
        signed.judge(KEY)
    assert stale_promotions(signed.work) == [one]


def test_a_fault_outside_the_repository_is_tried_again(signed: Scene) -> None:
    """A roster that differs from its pin may be put right without a commit."""
    people = signed.deployment.folder / "roster" / "people.yaml"
    whole = people.read_text()
    people.write_text(whole.replace("Ines Duarte", "Ines D."))
    with pytest.raises(PrrError):
        signed.judge(KEY)
    assert stale(signed) == [KEY]
    people.write_text(whole)
    assert signed.judge(KEY) is GateState.OPEN
    assert stale(signed) == []


def test_a_roster_that_cannot_be_read_is_no_fault_of_the_commit(signed: Scene) -> None:
    """Half-written, it is unreadable like a broken specification; put right, the same head is judged again."""
    people = signed.deployment.folder / "roster" / "people.yaml"
    whole = people.read_text()
    people.write_text("people: [")
    with pytest.raises(PrrError):
        signed.judge(KEY)
    assert stale(signed) == [KEY]
    people.write_text(whole)
    assert signed.judge(KEY) is GateState.OPEN
    assert stale(signed) == []


def test_the_pages_of_a_sick_promotion_stop_no_other(signed: Scene) -> None:
    """What is kept of its judgement has another shape than any page can show."""
    other = signed.open("issueShares", needs=[])
    signed.judge(other)
    row = signed.work.ledger.counters.get("readiness", other)
    assert row is not None
    signed.work.ledger.counters.put("readiness", other, {**row, "counts": 3})
    assert [one.key for one in promotions_to_judge(signed.work)] == [KEY]


def test_new_records_are_seen_once(empty: Scene) -> None:
    """A file that the ledger has not taken in; afterwards it is known."""
    key = empty.open(needs=[])
    empty.reviewer.attest_open_lines(key, "noor")
    head = empty.commit()
    assert [(one.key, one.input_digest) for one in promotions_with_new_records(empty.work)] == [(key, head)]
    empty.convene(key)
    assert promotions_with_new_records(empty.work) == []


def test_an_ended_promotion_is_never_stale(signed: Scene) -> None:
    """Only open ones are looked at."""
    assert open_promotions(signed.work) == [KEY]
    signed.work.ledger.append([Draft(KEY, EventType.PROMOTION_ENDED, {"cause": "test"}, "run:test")])
    signed.edit(SPEC, lambda text: text + "\n  - : [\n")
    signed.commit()
    assert stale(signed) == []
    assert open_promotions(signed.work) == []
