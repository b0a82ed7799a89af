"""Opening a promotion: what the ledger event holds, and everything that the rules refuse, each in one sentence."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from prr_pipeline.control.flag_index import read_index
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.subjects import Subject, Target
from tests.control.scene import Scene

ASKED = OpenRequest(Subject.parse("createGrant"), Target.BETA, "mara")


def refusal(scene: Scene, request: OpenRequest) -> str:
    """The sentence with which an opening is refused; nothing may be written."""
    before = scene.work.ledger.last_seq()
    with pytest.raises(PrrError) as caught:
        open_promotion(scene.work, request)
    assert scene.work.ledger.last_seq() == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_one_event_holds_everything_asked_for(empty: Scene) -> None:
    """Ladder, flag key, context, dependencies, environment and author stand in the opening itself."""
    state = open_promotion(empty.work, ASKED)
    [event] = empty.events(EventType.PROMOTION_OPENED)
    assert event.payload == {
        "author": "mara",
        "commit": event.payload["commit"],
        "context": "Equity",
        "dependencies": [],
        "dependency_contexts": {},
        "environment": "production",
        "flag_key": "createGrant-beta",
        "ladder": empty.work.settings.ladder.ladder().as_data(),
        "subject": "operation createGrant",
        "target": "beta",
    }
    assert len(str(event.payload["commit"])) == 40
    assert (state.key, state.exposure, state.version) == ("createGrant:beta", OFF, 1)


def test_the_flag_exists_at_off_and_stands_in_the_index(empty: Scene) -> None:
    """Applications find the flag, and a rollback without the ledger finds its key."""
    key = empty.open("createGrant")
    record = empty.work.flags.read(["createGrant-beta"])["createGrant-beta"]
    assert (record.exposure, record.version) == (OFF, 1)
    assert read_index(empty.work.settings)[key].flag_key == "createGrant-beta"


def test_a_name_with_slash_and_dots_is_one_key_and_one_flag(empty: Scene) -> None:
    """``reports/annual.v2`` is percent-encoded in key and flag, the subject keeps its name, and the key is told."""
    state = open_promotion(empty.work, replace(ASKED, subject=Subject.parse("reports/annual.v2")))
    assert (state.key, state.flag_key) == ("reports%2Fannual.v2:beta", "reports%2Fannual.v2-beta")
    assert (state.subject.name, state.context) == ("reports/annual.v2", "Compliance")
    with pytest.raises(PrrError, match=r"Its key is reports%2Fannual\.v2:beta\."):
        empty.work.state("reports/annual.v2:beta")


def test_ga_without_beta_is_refused_with_both_ways_out(empty: Scene) -> None:
    """GA needs Beta: promoted or adopted."""
    words = refusal(empty, replace(ASKED, target=Target.GA))
    assert "records no Beta" in words
    assert "prr adopt" in words


def test_ga_after_an_adopted_beta_opens(empty: Scene) -> None:
    """An adoption counts as Beta, and Beta is then not promoted again."""
    empty.adopt()
    assert "at beta already" in refusal(empty, ASKED)
    assert open_promotion(empty.work, replace(ASKED, target=Target.GA)).key == "createGrant:ga"


def test_a_withdrawn_beta_is_none(empty: Scene) -> None:
    """Maturity is what the last event says."""
    empty.adopt()
    payload: dict[str, object] = {"subject": "operation createGrant", "target": "beta", "reason": "regression"}
    stream = "subject/operation/createGrant"
    empty.work.ledger.append([Draft(stream, EventType.MATURITY_WITHDRAWN, payload, "person:felix")])
    assert recorded_maturity(empty.work, ASKED.subject) is None
    assert "records no Beta" in refusal(empty, replace(ASKED, target=Target.GA))


def test_the_same_promotion_is_not_opened_twice(empty: Scene) -> None:
    """The second one hears that it is open, not of versions."""
    empty.open("createGrant")
    assert refusal(empty, ASKED) == "createGrant:beta is open already; see `prr show createGrant:beta`."


def test_an_operation_has_one_open_promotion(empty: Scene) -> None:
    """While Beta runs, GA does not open, adopted or not."""
    empty.open("createGrant")
    empty.adopt()
    assert "has the open promotion createGrant:beta" in refusal(empty, replace(ASKED, target=Target.GA))


def test_an_ended_promotion_is_not_opened_again(empty: Scene) -> None:
    """Its stream is closed, and the sentence says since when."""
    key = empty.open("createGrant")
    empty.work.ledger.append([Draft(key, EventType.PROMOTION_ENDED, {"cause": "beta recorded"}, "run:test")])
    assert "ended at 2026-11-02" in refusal(empty, ASKED)


@pytest.mark.parametrize("flag_key", ["createGrant-beta", "CREATEGRANT-beta", "\uff43reateGrant-beta"])
def test_a_flag_key_is_never_used_again(empty: Scene, flag_key: str) -> None:
    """Neither the very key nor one that a person takes for it."""
    empty.open("createGrant")
    words = refusal(empty, replace(ASKED, subject=Subject.parse("issueShares"), flag_key=flag_key))
    assert "was used by createGrant:beta" in words


def test_a_subject_that_looks_like_another_is_refused(empty: Scene) -> None:
    """Keys that differ only by case are refused."""
    service = replace(ASKED, subject=Subject.parse("service identity"), context="Authority")
    open_promotion(empty.work, service)
    other = replace(service, subject=Subject.parse("service Identity"), flag_key="another")
    assert "looks like service identity" in refusal(empty, other)


@pytest.mark.parametrize(
    ("flag_key", "why"),
    [("line\nbreak", "cannot be a flag key"), ("x" * 301, "cannot be a flag key")],
    ids=["unprintable", "too long"],
)
def test_a_flag_key_that_no_back_end_takes_is_refused_at_once(empty: Scene, flag_key: str, why: str) -> None:
    """It could never be raised, so it is not opened."""
    assert why in refusal(empty, replace(ASKED, flag_key=flag_key))


def test_an_unknown_operation_is_refused_with_the_nearest_names(empty: Scene) -> None:
    """A typing error shows what was meant."""
    words = refusal(empty, replace(ASKED, subject=Subject.parse("createGrants")))
    assert "Unknown operation 'createGrants'" in words
    assert "createGrant" in words.partition("Nearest:")[2]


def test_a_dependency_that_the_specification_does_not_hold_is_refused(empty: Scene) -> None:
    """Its alerts would never match anything, so a typing error there is not taken either."""
    with pytest.raises(UnknownOperation, match="listGrant"):
        open_promotion(empty.work, replace(ASKED, dependencies=[Subject.parse("listGrant")]))


def test_nothing_depends_on_itself(empty: Scene) -> None:
    """Not even by hand."""
    assert refusal(empty, replace(ASKED, dependencies=[ASKED.subject])) == (
        "operation createGrant cannot depend on itself."
    )


@pytest.mark.parametrize("context", [None, "  "], ids=["none", "blank"])
def test_a_subject_without_a_context_is_refused(empty: Scene, context: str | None) -> None:
    """Nobody would own it; the way out is in the sentence."""
    service = replace(ASKED, subject=Subject.parse("service ledger"), context=context)
    assert "give --context or add it to the context map" in refusal(empty, service)


def test_a_promotion_needs_the_name_of_who_opens_it(empty: Scene) -> None:
    """A blank name is none."""
    assert "needs the name of the person" in refusal(empty, replace(ASKED, by=" "))


def test_dependencies_come_from_the_context_map(empty: Scene) -> None:
    """As a list or as one name; those given by hand win."""
    needs = "\ndepends_on:\n  createGrant: [listGrants]\n  issueShares: createEntity\n"
    empty.edit("ops/contexts.yaml", lambda text: text + needs)
    empty.commit()
    assert open_promotion(empty.work, ASKED).dependencies == (Subject.parse("listGrants"),)
    issue = open_promotion(empty.work, replace(ASKED, subject=Subject.parse("issueShares")))
    assert issue.dependencies == (Subject.parse("createEntity"),)
    none = replace(ASKED, subject=Subject.parse("listGrants"), dependencies=[])
    assert open_promotion(empty.work, none).dependencies == ()


def test_dependencies_of_another_form_are_refused(empty: Scene) -> None:
    """What cannot be read is not taken for "none"."""
    empty.edit("ops/contexts.yaml", lambda text: text + "\ndepends_on:\n  createGrant: {listGrants: true}\n")
    empty.commit()
    assert "another form than a list of names" in refusal(empty, ASKED)


def test_flags_that_cannot_be_read_open_nothing(empty: Scene) -> None:
    """Whether the key is somebody's already cannot be told, and unknown never passes."""
    empty.deployment.flags_file.mkdir()
    assert "whether the flag 'createGrant-beta' is free" in refusal(empty, ASKED)


FOREIGN = {"state": "ENABLED", "variants": {"true": True, "false": False}, "defaultVariant": "true"}


@pytest.mark.parametrize("ours", [False, True], ids=["another team's shape", "our own shape"])
def test_a_flag_that_exists_is_never_taken_over(empty: Scene, ours: bool) -> None:
    """Ticks would lower what another team serves; the sentence names the way out, and the flag stays byte for byte."""
    empty.open("createEntity")
    if ours:
        off = empty.work.flags.read(["checkout-v2"])["checkout-v2"]
        empty.work.flags.write("checkout-v2", OFF, expected_version=off.version, intent_id="by hand")
    else:
        held = json.loads(empty.deployment.flags_file.read_bytes())
        held["flags"]["checkout-v2"] = FOREIGN
        empty.deployment.flags_file.write_text(json.dumps(held))
    before = empty.deployment.flags_file.read_bytes()
    words = refusal(empty, replace(ASKED, flag_key="checkout-v2"))
    assert "exists already" in words
    assert "--flag-key" in words
    empty.tick()
    assert empty.deployment.flags_file.read_bytes() == before


@pytest.mark.parametrize(
    ("by", "author", "near"),
    [
        ("Noor Haddad", None, "Nearest: noor."),
        ("mara", "Noor", "Nearest: noor."),
        ("mara", "noor@matter.example", "Nearest: noor."),
        ("mara", "nobody-at-all", "Valid: felix, ines, jonas, mara, noor."),
    ],
    ids=["a name in --by", "another case", "an address", "nobody"],
)
def test_the_author_is_an_id_of_the_roster(empty: Scene, by: str, author: str | None, near: str) -> None:
    """Else the author could sign under their own id, and count."""
    words = refusal(empty, replace(ASKED, by=by, author=author))
    assert "is no id of the roster" in words
    assert near in words


def test_a_broken_repository_gives_one_sentence(empty: Scene) -> None:
    """A ref that is not there."""
    empty.replace_settings('ref = "HEAD"', 'ref = "nowhere"')
    assert "nowhere" in refusal(empty, ASKED)


def test_editing_the_ladder_changes_no_running_promotion(empty: Scene) -> None:
    """A running promotion keeps what it opened with; the next one gets the new ladder."""
    first = empty.open("createGrant")
    empty.set("ladder", 'rungs = [{ exposure = "5%", dwell = "1d" }, { exposure = "100%", dwell = "0s" }]')
    second = empty.open("issueShares")
    assert empty.state(first).ladder.names == ("shadow", "1%", "10%", "50%", "100%")
    assert empty.state(second).ladder.names == ("5%", "100%")


def test_refused_is_the_class_that_the_command_line_shows(empty: Scene) -> None:
    """A rule's no is a `Refused`, not a fault."""
    with pytest.raises(Refused):
        open_promotion(empty.work, replace(ASKED, target=Target.GA))
