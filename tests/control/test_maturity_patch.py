"""The patch for the specification: what the ledger entitles to, at the head, in one line; else a clear refusal."""

from __future__ import annotations

import pytest

from prr_pipeline.control.after_ga import record_maturity
from prr_pipeline.control.maturity_drift import above_ledger, look_at_maturity
from prr_pipeline.control.maturity_patch import maturity_patch
from prr_pipeline.errors import PrrError, Refused, Unreadable
from tests.control.scene import SPEC, Scene
from tests.repository.git_apply import Tree

KEY = "createGrant:ga"
STATED = "x-matter-maturity: {level: Beta, since: '2026-06-10'}"


@pytest.fixture
def ga(full: Scene) -> Scene:
    """``createGrant`` is GA by the ledger."""
    record_maturity(full.work, KEY, "run:test")
    return full


def change(scene: Scene, old: str, new: str, operation: str = "createGrant") -> None:
    """Edit an operation's part of the specification and commit it."""

    def edit(text: str) -> str:
        at = text.index(f"operationId: {operation}")
        return text[:at] + text[at:].replace(old, new, 1)

    scene.edit(SPEC, edit)
    scene.commit("Edit the specification")


def test_the_patch_states_what_the_ledger_records(ga: Scene) -> None:
    """`git apply` takes it; then the specification states as much, and nobody is warned of it."""
    found = maturity_patch(ga.work, KEY)
    assert (found.operation, found.stated, found.recorded) == ("createGrant", "Beta", "GA")
    assert found.commit == ga.commit_id("HEAD")
    before = (ga.deployment.monorepo / SPEC).read_bytes()
    after = Tree(ga.deployment.folder / "tree", {SPEC: before}).applied(found.patch, SPEC)
    assert found.patch.count(b"\n-") == 2  # the header's and the line's
    (ga.deployment.monorepo / SPEC).unlink()
    (ga.deployment.monorepo / SPEC).write_bytes(after)
    ga.commit("Apply it")
    again = maturity_patch(ga.work, KEY)
    assert (again.stated, again.patch) == ("GA", b"")
    look_at_maturity(ga.work)
    assert above_ledger(ga.work, ga.state(KEY).subject) == ""


def test_the_place_is_that_of_the_operation(ga: Scene) -> None:
    """File and line, for whoever looks."""
    path, _, line = maturity_patch(ga.work, KEY).place.rpartition(":")
    assert path == SPEC
    lines = (ga.deployment.monorepo / SPEC).read_text().split("\n")
    assert any("operationId: createGrant" in one for one in lines[int(line) - 1 : int(line) + 4])


def test_nothing_is_stated_before_the_ledger_records_it(full: Scene) -> None:
    """At 100% the maturity is recorded first; the sentence says where it stands."""
    with pytest.raises(Refused) as fault:
        maturity_patch(full.work, KEY)
    assert str(fault.value).startswith("The ledger records no ga for createGrant: createGrant:ga stands at 100%")


def test_a_maturity_that_was_withdrawn_is_not_stated(ga: Scene) -> None:
    """What regressed is no GA any more."""
    ga.alert("Down", "critical", operation_id="createGrant")
    ga.tick()
    with pytest.raises(Refused, match="records no ga for createGrant: createGrant:ga stands at off"):
        maturity_patch(ga.work, KEY)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (STATED, "x-matter-maturity: Deprecated", "states 'Deprecated' .*, which is on its way out"),
        (STATED, "x-matter-maturity: Gold", "states 'Gold' .*, which is no level of maturity"),
        (STATED, "x-matter-maturity: &m Beta", "by hand"),
        ("operationId: createGrant", "operationId: makeGrant", "Unknown operation 'createGrant'"),
    ],
    ids=["retired", "unknown level", "anchor", "gone"],
)
def test_what_a_person_must_decide_is_refused(ga: Scene, old: str, new: str, words: str) -> None:
    """With the way out in the sentence."""
    change(ga, old, new)
    with pytest.raises(PrrError, match=words):
        maturity_patch(ga.work, KEY)


def test_a_line_that_others_share_is_refused(ga: Scene) -> None:
    """The edited file is read again: one line would change two operations."""
    change(ga, STATED, "x-matter-maturity: &both\n        level: Beta")
    change(ga, STATED, "x-matter-maturity: *both", "exerciseGrant")
    with pytest.raises(Refused, match=r"One line in .* is not enough: exerciseGrant would not state what it should"):
        maturity_patch(ga.work, KEY)


def test_a_higher_level_stays(ga: Scene) -> None:
    """Beta's patch takes no GA away; a specification in JSON's case is compared in any case."""
    change(ga, STATED, "x-matter-maturity: ga")
    found = maturity_patch(ga.work, KEY)
    assert (found.stated, found.patch) == ("ga", b"")


def test_without_a_specification_there_is_nothing_to_patch(ga: Scene) -> None:
    """The sentence names the path that the profile gives."""
    (ga.deployment.monorepo / SPEC).unlink()
    ga.commit("Remove it")
    with pytest.raises(Unreadable, match=r"holds no specification at apps/docs/api-reference/openapi\.yaml"):
        maturity_patch(ga.work, KEY)


def test_only_operations_state_a_maturity(full: Scene) -> None:
    """A service has none in the specification."""
    key = full.open("service identity")
    with pytest.raises(Refused, match="service identity is no operation"):
        maturity_patch(full.work, key)
