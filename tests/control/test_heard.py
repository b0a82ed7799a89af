"""A promotion whose lines rest on what services said: it is judged anew in time, and nothing old lets it rise."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from prr_pipeline.control.recorded_answers import answer_path
from prr_pipeline.control.rejudge import stale_promotions
from prr_pipeline.control.standing import read_standing, readiness_gate
from prr_pipeline.readiness.remote_facts import RecordsOf
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import ORIGIN, Scene

KEY = "createGrant:beta"
HOST = RecordsOf("api.matter.example")
MINUTE = timedelta(minutes=1)
OWN = """\
catalogue: ours
lines:
  - number: T1
    id: host_has_a_record
    section: Deployment
    line: The host has a record
    applies_to: {kind: operation}
    kind: X
    check: hosts_have_records
    parameters: {hosts: {prod: api.matter.example}, stages: [prod]}
    evidence: The records of the host, as a name server tells them.
    why: Without a record nobody reaches the operation at all.
    if_unmet: Create the record of the host in its zone.
"""


def tell(scene: Scene, read_at: datetime, records: tuple[str, ...] = ("192.0.2.1",)) -> None:
    """Record what the name servers say."""
    place = scene.deployment.folder / "answers" / answer_path(HOST)
    place.parent.mkdir(parents=True, exist_ok=True)
    body = {"read_at": read_at.isoformat(), "source": "the name servers", "value": records}
    place.write_text(json.dumps(body))


def asking(scene: Scene) -> Scene:
    """The scene with a line that asks a service, its answer of now, and a document that tells of it."""
    (scene.deployment.folder / "own.yaml").write_text(OWN)
    scene.set("checklist", 'own = ["own.yaml"]')
    scene.set("platforms", 'recorded = "answers"')
    tell(scene, scene.work.now())
    scene.agree(KEY)
    return scene


def gate(scene: Scene) -> GateState:
    """The readiness gate as a tick reads it."""
    return readiness_gate(scene.work, scene.work.state(KEY)).state


def stale(scene: Scene) -> list[str]:
    """What must be judged again, and by which input."""
    return [one.input_digest for one in stale_promotions(scene.work)]


def test_a_standing_on_an_answer_is_judged_anew_in_time(signed: Scene) -> None:
    """After half an hour, once per answer; after an hour the gate no longer goes by it."""
    scene = asking(signed)
    opened = scene.judge(KEY)
    standing = read_standing(scene.work, KEY)
    assert standing is not None
    assert (opened, standing.heard_at) == (GateState.OPEN, ORIGIN), standing.why
    assert stale(scene) == []
    scene.clock.advance(29 * MINUTE)
    assert (stale(scene), gate(scene)) == ([], GateState.OPEN)
    scene.clock.advance(2 * MINUTE)
    first = stale(scene)
    assert (len(first), gate(scene)) == (1, GateState.OPEN)
    tell(scene, scene.work.now())
    assert scene.judge(KEY) is GateState.OPEN
    assert stale(scene) == []
    scene.clock.advance(59 * MINUTE)
    assert gate(scene) is GateState.OPEN
    scene.clock.advance(2 * MINUTE)
    reading = readiness_gate(scene.work, scene.work.state(KEY))
    assert reading.state is GateState.UNKNOWN
    assert "too long ago; it is judged anew" in reading.why
    assert stale(scene) != first


def test_an_answer_that_changes_closes_the_gate(signed: Scene) -> None:
    """No verdict on it is kept, though nothing in the repository changed."""
    scene = asking(signed)
    assert scene.judge(KEY) is GateState.OPEN
    tell(scene, scene.work.now(), ())
    assert scene.judge(KEY) is GateState.CLOSED


def test_an_old_answer_lets_nothing_rise(signed: Scene) -> None:
    """A judgement that hears nothing new is unknown."""
    scene = asking(signed)
    scene.clock.advance(61 * MINUTE)
    assert scene.judge(KEY) is GateState.UNKNOWN
    standing = read_standing(scene.work, KEY)
    assert standing is not None
    assert "more than 1 h ago; ask again" in standing.why


def test_a_standing_on_the_repository_alone_does_not_age(signed: Scene) -> None:
    """Nobody was asked."""
    assert signed.judge(KEY) is GateState.OPEN
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert standing.heard_at is None
    signed.clock.advance(600 * MINUTE)
    assert (stale(signed), gate(signed)) == ([], GateState.OPEN)
