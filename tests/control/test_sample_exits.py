"""Too little traffic has two ways out: requests that are marked as synthetic, and the signatures of two persons."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.orders import resume, step_down
from prr_pipeline.control.sample_decision import prepare_sample_acceptance
from prr_pipeline.control.signing import Signer, sign_and_file
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.rollout.gates import GateReading
from tests.control.metering import KEY, PLAYED, RECORDED, count, gate, look, metered, played
from tests.control.scene import ORDER, WEEK, Scene

CANARY = 'required_gates = ["canary"]'
MARKED = f'{RECORDED}\nsynthetic = {{ variant = "robot" }}'
HOURS = 24 * 40
DAY = timedelta(days=1)


def thin(scene: Scene, section: str = RECORDED) -> Scene:
    """At 1% one request an hour: 168 in the week of the dwell, of 3,000 that the objective of errors needs."""
    metered(scene, section, CANARY)
    count(scene, scene.work.now(), HOURS, on=(0, 1))
    look(scene, 2 * timedelta(hours=1))
    return scene


def canary(decision: Decision) -> GateReading:
    """The gate of the canary."""
    return gate(decision, "canary")


def accept(scene: Scene, *people: str, expires: timedelta | None = None, reason: str = "a partner's endpoint") -> None:
    """Sign that the sample is enough, commit the records, and take them in."""
    for person in people:
        key = scene.deployment.key(person)
        prepared = prepare_sample_acceptance(scene.work, KEY, Signer(person, key, expires), reason)
        sign_and_file(scene.work, prepared, key, scene.deployment.monorepo)
    scene.commit("Accept the sample", "mara")
    scene.convene(KEY)


def test_it_is_extended_and_then_people_are_asked(risen: Scene) -> None:
    """Closed with the date on which there will be enough, and after two weeks more with the two ways out."""
    thin(risen)
    first = canary(look(risen, WEEK))
    assert "of 3000 requests that the objective needs; expected 2" in first.why
    asked = canary(look(risen, 15 * DAY))
    assert "the dwell is not extended further: send synthetic traffic, or let two persons decide" in asked.why
    assert f"prr accept-sample {KEY}" in asked.why
    assert asked.until is None


def test_two_persons_open_it_and_the_gate_names_them(risen: Scene) -> None:
    """Neither is enough alone; the rung is climbed then."""
    thin(risen)
    look(risen, WEEK)
    accept(risen, "noor", expires=60 * DAY)
    one = canary(look(risen, 15 * DAY))
    assert (one.is_open, "let a second person decide as noor did" in one.why) == (False, True)
    accept(risen, "felix", expires=60 * DAY)
    found = canary(look(risen))
    assert found.is_open
    assert "too few of 3000, accepted by felix and noor" in found.why
    assert risen.climb(KEY, "10%").result == "raised"


def test_it_is_void_on_every_other_rung_and_on_a_later_stay_on_the_same(risen: Scene) -> None:
    """They accepted what they saw there and then."""
    thin(risen, RECORDED.replace("max_age", "most_share_factor = 0, max_age"))
    look(risen, WEEK)
    accept(risen, "noor", "felix", expires=60 * DAY)
    assert risen.climb(KEY, "10%").result == "raised"
    look(risen, 2 * timedelta(hours=1))
    above = canary(look(risen, WEEK))
    assert "of 3000" in above.why
    assert not above.is_open
    step_down(risen.work, KEY, ORDER)
    resume(risen.work, KEY, ORDER)
    assert risen.state(KEY).exposure.name == "1%"
    look(risen, 2 * timedelta(hours=1))
    assert not canary(look(risen, WEEK)).is_open


def test_it_ends(risen: Scene) -> None:
    """With the first of the two signatures that does."""
    thin(risen)
    look(risen, WEEK)
    accept(risen, "noor", "felix", expires=3 * DAY)
    assert canary(look(risen, 2 * DAY)).is_open
    assert not canary(look(risen, DAY)).is_open


def test_who_had_a_hand_in_it_does_not_accept_its_sample(risen: Scene) -> None:
    """Nor is a reason left out, nor anything accepted where nobody gets the new version."""
    thin(risen)
    with pytest.raises(Refused, match="mara had a hand in"):
        accept(risen, "mara")
    with pytest.raises(Refused, match="needs a reason"):
        accept(risen, "noor", reason=" ")
    with pytest.raises(PrrError, match="nobody gets the new version"):
        prepare_sample_acceptance(
            risen.work, risen.open("createEntity", needs=[]), Signer("noor", risen.deployment.key("noor")), "x"
        )


def test_accepting_voids_no_sign_off(risen: Scene) -> None:
    """The record speaks of a rung, not of a line, so what the council signed is still what there is."""
    thin(risen)
    accept(risen, "noor", "felix")
    assert gate(look(risen), "signoff").is_open


def test_it_passes_no_regression(risen: Scene) -> None:
    """Two persons stand in for requests, not for what requests have shown."""
    metered(risen, RECORDED, CANARY)
    count(risen, risen.work.now(), 24, on=(1, 10))
    accept(risen, "noor", "felix")
    risen.clock.advance(DAY)
    risen.tick()
    assert [one.to.name for one in risen.tick().lowered] == ["shadow"]


def test_it_passes_nothing_that_could_not_be_read(risen: Scene) -> None:
    """Metrics that stop coming are unknown, whoever accepted the sample."""
    metered(risen, RECORDED.replace("8d", "5m"), CANARY)
    count(risen, risen.work.now(), 24, on=(0, 1))
    look(risen, 2 * timedelta(hours=1))
    accept(risen, "noor", "felix")
    assert canary(look(risen, timedelta(hours=20))).is_open
    assert canary(look(risen, DAY)).state == "unknown"


def test_marked_requests_count_and_are_shown_as_synthetic(risen: Scene) -> None:
    """Up to the part that the settings let them fill, beside those of users."""
    thin(risen, MARKED)
    count(risen, risen.work.now(), 24 * 8, on=(0, 100), variants=("robot",))
    found = canary(look(risen, WEEK))
    assert not found.is_open, "168 of users are less than a tenth of 3,000"
    assert "2700 of 1" in found.why
    assert "synthetic ones among them" in found.why
    risen.set("metrics", "")
    open_ = canary(look(risen, 6 * DAY))
    assert open_.is_open
    assert "synthetic requests, 0 bad" in open_.why


def test_marked_requests_that_fail_close_it(risen: Scene) -> None:
    """They are the new version's, whoever sent them."""
    thin(risen, MARKED)
    count(risen, risen.work.now(), 24 * 8, on=(5, 100), variants=("robot",))
    found = canary(look(risen, WEEK))
    assert "synthetic requests were bad" in found.why
    assert not found.is_open
    assert risen.flag(KEY) == risen.state(KEY).exposure, "nobody but users lowers it"


def test_marks_that_cannot_be_read_are_told(risen: Scene) -> None:
    """They hold nothing by themselves: users' requests count as before."""
    thin(risen, MARKED)
    found = canary(look(risen, WEEK))
    assert "(synthetic ones are unknown: no row since" in found.why or "variant robot" in found.why
    assert found.state == "closed"


def test_marked_requests_are_asked_about_while_they_are_needed(risen: Scene) -> None:
    """As an arm without a control. A thousand requests an hour are enough for latency at once, for errors later."""
    source = played(risen, CANARY, section=f'{PLAYED}synthetic = {{ variant = "robot" }}')
    look(risen, 2 * timedelta(hours=1))
    marked = [one for one in source.asked if one.treatment == "robot"]
    assert {(one.metric, one.control) for one in marked} == {("errors", None)}
    look(risen, DAY)
    source.asked.clear()
    look(risen, DAY)
    assert [one.treatment for one in source.asked] == ["on", "on"]
    assert "synthetic" not in canary(look(risen)).why


@pytest.mark.parametrize("name", ["on", "off", "shadow"])
def test_a_mark_that_users_bear_is_refused(risen: Scene, name: str) -> None:
    """Nobody could tell them apart."""
    with pytest.raises(PrrError, match="marks users' requests"):
        metered(risen, f'{RECORDED}\nsynthetic = {{ variant = "{name}" }}')
