"""An alert is never dropped: what nobody can place counts by its service, or for everybody, with and without ledger."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.alerting import alerts_now
from prr_pipeline.control.flag_index import read_index
from prr_pipeline.control.guard import guard
from prr_pipeline.control.history import story_of
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.gates import GateReading, GateState
from prr_pipeline.signals.alerts.inbox import beat, drop
from prr_pipeline.subjects import Subject
from tests.control.scene import SPEC, Copy, Scene, copied

KEY = "createGrant:beta"
ONE = Exposure.share(100)
ENTITY = Subject.parse("createEntity")

NOBODY_KNOWS = [
    {"operation_id": "createGrantV2", "service": "equity"},
    {"operation": "POST /v1/grants", "service": "equity"},
    {"operation_id": "createGrantV2"},
    {"service": "eqity"},
    {"service": "equity-service"},
    {"operation_id": "createGrantV2", "service": "eqity"},
]
SOMEBODY_ELSES = [
    {"operation_id": "listGrants", "service": "equity"},
    {"operation_id": "createGrantV2", "service": "documents-service"},
    {"service": "entity-lifecycle"},
    {"context": "Customer surfaces"},
]


def lose_the_ledger(scene: Scene) -> None:
    """Put a folder where its database lies."""
    file = Path(str(scene.work.ledger.database.path))
    scene.work.ledger.close()
    for part in file.parent.glob(f"{file.name}*"):
        part.rename(part.with_name(f"gone-{part.name}"))
    file.mkdir()


def blind_tick(scene: Scene) -> str:
    """One tick without the ledger."""
    beat(scene.deployment.inbox)
    with pytest.raises(PrrError) as caught:
        guard(scene.work)
    return str(caught.value)


def flag_by_name(scene: Scene) -> Exposure | None:
    """What the flag shows, read past the ledger."""
    return scene.work.flags.read(["createGrant-beta"])["createGrant-beta"].exposure


def alerts_gate(scene: Scene) -> GateReading:
    """The alerts gate as a tick sees it."""
    return next(gate for gate in scene.tick().decisions[KEY].gates if gate.name == "alerts")


@pytest.fixture(scope="module")
def scene_at_one(signed_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:beta`` at 1%, seen by a tick."""
    scene = copied(signed_scene, tmp_path_factory.mktemp("at_one") / "d")
    scene.rise_to(KEY, "1%")
    scene.tick()
    scene.work.ledger.close()
    return scene


@pytest.fixture
def at_one(copy: Copy, scene_at_one: Scene) -> Scene:
    """A copy in which ``createGrant:beta`` stands at 1%."""
    return copy(scene_at_one)


@pytest.mark.parametrize("labels", NOBODY_KNOWS, ids=str)
def test_an_alert_that_names_what_nobody_knows_lowers_and_nothing_rises_under_it(
    at_one: Scene, labels: dict[str, str]
) -> None:
    """Its operation or service is in no specification, context map or promotion, so nothing proves it another's."""
    at_one.alert("Down", "critical", **labels)
    assert at_one.climb(KEY, "10%").result == "refused", "the run of a rung reads the alerts itself"
    at_one.tick()
    assert at_one.flag(KEY) == OFF


@pytest.mark.parametrize("labels", SOMEBODY_ELSES, ids=str)
def test_an_alert_that_names_somebody_else_is_left_out(at_one: Scene, labels: dict[str, str]) -> None:
    """The specification or the context map knows the name."""
    at_one.alert("Down", "critical", **labels)
    assert at_one.tick().lowered == ()
    assert at_one.flag(KEY) == ONE


@pytest.mark.parametrize("labels", NOBODY_KNOWS, ids=str)
def test_without_the_ledger_it_lowers_as_well(at_one: Scene, labels: dict[str, str]) -> None:
    """By the index and the names that lie beside the ledger."""
    lose_the_ledger(at_one)
    at_one.alert("Down", "critical", **labels)
    blind_tick(at_one)
    assert flag_by_name(at_one) == OFF


@pytest.mark.parametrize("labels", SOMEBODY_ELSES, ids=str)
def test_without_the_ledger_somebody_elses_alert_is_left_out_too(at_one: Scene, labels: dict[str, str]) -> None:
    """The last tick that had the ledger left the names there."""
    lose_the_ledger(at_one)
    at_one.alert("Down", "critical", **labels)
    assert "no critical alert" in blind_tick(at_one)
    assert flag_by_name(at_one) == ONE


@pytest.mark.parametrize("text", [None, "", "[]", "{broken", "[" * 100_000])
def test_without_any_names_every_service_counts(at_one: Scene, text: str | None) -> None:
    """A copy that is gone or damaged makes alerts count for more, and stops no lowering."""
    file = at_one.deployment.folder / ".prr" / "alert-names.json"
    file.unlink()
    if text is not None:
        file.write_text(text)
    lose_the_ledger(at_one)
    at_one.alert("Down", "critical", operation_id="listGrants", service="equity")
    blind_tick(at_one)
    assert flag_by_name(at_one) == OFF


def test_names_that_are_lost_from_the_ledger_make_more_alerts_count(at_one: Scene) -> None:
    """Without them an operation that is no promotion's own counts through its service; a judgement brings them back."""
    at_one.work.ledger.counters.put("alert_names", "monorepo", {"operations": 7})
    at_one.alert("Slow", "warning", operation_id="listGrants", service="equity")
    assert not alerts_gate(at_one).is_open
    at_one.judge(KEY)
    assert alerts_gate(at_one).is_open


def test_a_specification_that_cannot_be_read_leaves_the_names_as_they_were(at_one: Scene) -> None:
    """The judgement fails, and what was known is known on."""
    at_one.edit(SPEC, lambda text: "paths: [")
    at_one.commit("Break the specification")
    with pytest.raises(PrrError):
        at_one.judge(KEY)
    assert alert_map(at_one.work, {}).known.has_operation("listGrants")


@pytest.fixture(scope="module")
def scene_leaning(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:beta`` at shadow, which needs createEntity; that has no promotion of its own."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("leaning") / "d")
    scene.rise_to(scene.agree(scene.open("createGrant", needs=["createEntity"])), "shadow")
    scene.tick()
    scene.work.ledger.close()
    return scene


@pytest.fixture
def leaning(copy: Copy, scene_leaning: Scene) -> Scene:
    """A copy in which ``createGrant:beta`` needs createEntity."""
    return copy(scene_leaning)


def test_a_dependencys_alert_counts_by_its_own_context(leaning: Scene) -> None:
    """The opening records where a dependency belongs that has no promotion, and the index beside the ledger too."""
    assert leaning.state(KEY).dependency_contexts == {ENTITY: "Entity lifecycle"}
    assert read_index(leaning.work.settings)[KEY].dependency_contexts == {ENTITY: "Entity lifecycle"}
    leaning.alert("Down", "critical", service="documents")
    assert leaning.tick().lowered == ()
    leaning.alert("Down", "critical", service="entity-lifecycle")
    leaning.tick()
    assert leaning.flag(KEY) == OFF


def test_without_the_ledger_a_dependencys_context_is_known_as_well(leaning: Scene) -> None:
    """By the index alone."""
    lose_the_ledger(leaning)
    leaning.alert("Down", "critical", service="documents")
    assert "no critical alert" in blind_tick(leaning)
    assert flag_by_name(leaning) == SHADOW
    leaning.alert("Down", "critical", service="entity-lifecycle")
    blind_tick(leaning)
    assert flag_by_name(leaning) == OFF


def test_a_dependency_of_no_known_context_gets_every_services_alerts(leaning: Scene) -> None:
    """By an index row that an older version wrote."""
    file = leaning.deployment.folder / ".prr" / "flag-index.json"
    rows = json.loads(file.read_text())
    del rows[KEY]["dependency_contexts"]
    file.write_text(json.dumps(rows))
    lose_the_ledger(leaning)
    leaning.alert("Down", "critical", service="documents")
    blind_tick(leaning)
    assert flag_by_name(leaning) == OFF


def test_an_older_opening_folds_and_takes_the_context_that_others_recorded(leaning: Scene) -> None:
    """Where nobody recorded one, no context is known."""
    [event] = leaning.events(EventType.PROMOTION_OPENED)
    payload = {name: value for name, value in event.payload.items() if name != "dependency_contexts"}
    payload |= {"subject": "operation issueShares", "flag_key": "issueShares-beta"}
    leaning.work.ledger.append([Draft("issueShares:beta", EventType.PROMOTION_OPENED, payload, "person:mara")])
    states = leaning.work.ledger.states()
    old = states["issueShares:beta"]
    assert old.dependency_contexts == {}
    assert alert_map(leaning.work, states).watched_for(old)[1] == (ENTITY, "Entity lifecycle")
    assert alert_map(leaning.work, {old.key: old}).watched_for(old)[1] == (ENTITY, "")


def test_the_listing_shows_the_alert_of_a_dependencys_dependency(empty: Scene) -> None:
    """What rolled a promotion back stands in its list and in its story."""
    needed = empty.open("createEntity", needs=["uploadDocument"])
    key = empty.agree(empty.open("createGrant", needs=["createEntity"]))
    empty.agree(needed)
    empty.rise_to(needed, "1%")
    empty.rise_to(key, "shadow")
    empty.alert("Down", "critical", service="documents-service")
    empty.tick()
    assert empty.flag(key) == OFF
    [line] = alerts_now(empty.work, key).episodes
    assert line.episode.label("alertname") == "Down"
    assert [line.promotions for line in alerts_now(empty.work).episodes] == [(needed, key)]
    assert any(mark.kind == "alert" for mark in story_of(empty.work, key).marks)


def test_an_alert_of_an_operation_of_a_service_that_is_needed_lowers(empty: Scene) -> None:
    """With the operation's name beside the service's, as without."""
    key = empty.agree(empty.open("createGrant", needs=["service identity"]))
    empty.climb(key, "shadow")
    empty.tick()
    empty.alert("Errors", "critical", operation_id="listGrants", service="equity")
    assert empty.tick().lowered == (), "listGrants is an operation of another service"
    empty.alert("Errors", "critical", operation_id="listGrants", service="identity")
    [lowered] = empty.tick().lowered
    assert (lowered.key, lowered.shown) == (key, OFF)


def test_an_alert_that_fires_again_with_the_same_start_is_seen_booked_and_shown(at_one: Scene) -> None:
    """Whoever sent its end had lost it for a while."""
    labels = {"operation_id": "createGrant"}
    at_one.alert("Slow", "warning", **labels)
    [message] = [file.read_bytes() for file in at_one.deployment.inbox.glob("*.json")]
    assert alerts_gate(at_one).state is GateState.CLOSED
    at_one.resolve("Slow", "warning", **labels)
    assert alerts_gate(at_one).is_open
    drop(at_one.deployment.inbox, message)
    assert [line.state for line in alerts_now(at_one.work, KEY).episodes] == ["firing"]
    assert alerts_gate(at_one).state is GateState.CLOSED
    told = [event.type for event in at_one.events(EventType.EPISODE_OPENED, EventType.EPISODE_CLOSED)]
    assert told == ["episode_opened", "episode_closed", "episode_opened"]
