"""What is due, in which order, and how long a failed run waits for its next try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.control.due import Due, due_list, next_try
from prr_pipeline.control.orders import hold, resume
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import ORDER, WEEK, Copy, Scene, copied

KEY = "createGrant:beta"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def due(scene: Scene) -> list[tuple[str, str]]:
    """Promotion and asset of everything due, with a living alert feed."""
    beat(scene.deployment.inbox)
    return [(one.key, one.asset) for one in due_list(scene.work)]


def together(scene: Scene, needs: dict[str, list[str]]) -> dict[str, str]:
    """Open and sign several promotions to Beta; returns keys by operation."""
    keys = {name: scene.open(name, needs=wanted) for name, wanted in needs.items()}
    for key in keys.values():
        scene.reviewer.attest_open_lines(key, "noor")
        scene.reviewer.file_document(key)
    scene.commit("Attest", "mara")
    for key in keys.values():
        scene.convene(key)
        scene.reviewer.file_document(key)
        scene.reviewer.sign(key, ("noor", "jonas", "felix"))
    scene.commit("Sign", "mara")
    for key in keys.values():
        assert scene.convene(key).agreement.gate.is_open
    return keys


@pytest.fixture(scope="session")
def chain_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant`` needs ``listGrants``, both of one context, both signed."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("chain") / "d")
    together(scene, {"createGrant": ["listGrants"], "listGrants": []})
    scene.work.ledger.close()
    return scene


@pytest.fixture(scope="session")
def cycle_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant``, ``issueShares`` and ``listGrants`` need each other in a circle."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("cycle") / "d")
    together(scene, {"createGrant": ["issueShares"], "issueShares": ["listGrants"], "listGrants": ["createGrant"]})
    scene.work.ledger.close()
    return scene


def test_a_signed_promotion_is_due_for_its_first_rung(signed: Scene) -> None:
    """With a run key of attempt, rung and version."""
    beat(signed.deployment.inbox)
    version = signed.state(KEY).version
    why = "every required gate is open for shadow"
    assert due_list(signed.work) == [Due(KEY, "exposure_shadow", f"{KEY}/1/shadow/v{version}", why)]


def test_nothing_is_due_before_the_dwell_is_served(signed: Scene) -> None:
    """And one rung after it, however late the look comes."""
    signed.rise_to(KEY, "shadow")
    assert due(signed) == []
    signed.serve(timedelta(days=6))
    assert due(signed) == []
    signed.serve(timedelta(days=21))
    assert due(signed) == [(KEY, "exposure_1pct")]


def test_a_blind_alert_feed_makes_nothing_due(signed: Scene) -> None:
    """No heartbeat was ever seen."""
    (signed.deployment.inbox / "heartbeat").unlink(missing_ok=True)
    assert due_list(signed.work) == []


def test_a_hold_makes_nothing_due_until_it_is_lifted(signed: Scene) -> None:
    """A person's hold stops requests too."""
    hold(signed.work, KEY, ORDER)
    assert due(signed) == []
    resume(signed.work, KEY, ORDER)
    assert due(signed) == [(KEY, "exposure_shadow")]


def test_an_open_intent_is_due_whatever_the_gates_say(signed: Scene) -> None:
    """A crash left it behind: its run settles, resumes or withdraws it, also while an alert fires."""
    payload = {
        "attempt": 1, "flag_version": 1, "from": "off", "intent_id": "i", "rung": 0, "signoffs": [], "to": "shadow",
    }  # fmt: skip
    signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, payload, "run:test")])
    signed.alert("Slow", "warning", operation_id="createGrant")
    assert due(signed) == [(KEY, "exposure_shadow")]


def test_a_dependency_goes_first_and_its_dependant_waits_for_a_later_tick(copy: Copy, chain_scene: Scene) -> None:
    """Never in the same tick, and never above it."""
    scene = copy(chain_scene)
    assert due(scene) == [("listGrants:beta", "exposure_shadow")]
    scene.rise_to("listGrants:beta", "shadow")
    assert due(scene) == [("createGrant:beta", "exposure_shadow")]
    scene.rise_to("createGrant:beta", "shadow")
    scene.serve()
    assert due(scene) == [("listGrants:beta", "exposure_1pct")]


def test_a_dependant_does_not_rise_by_hand_either(copy: Copy, chain_scene: Scene) -> None:
    """The run of its rung decides anew."""
    scene = copy(chain_scene)
    done = scene.climb("createGrant:beta", "shadow")
    assert done.result == "refused"
    assert "listGrants:beta stands at off, below shadow" in done.why


def test_a_cycle_climbs_in_step_one_member_per_tick(copy: Copy, cycle_scene: Scene) -> None:
    """All three are ready at once: each tick asks for one, and no member gets two rungs ahead."""
    scene = copy(cycle_scene)
    order = []
    for _ in range(6):
        asked = due(scene)
        if not asked:
            scene.serve(WEEK)
            asked = due(scene)
        [(key, asset)] = asked
        order.append((key.partition(":")[0], asset))
        assert scene.climb(key, scene.state(key).ladder.rungs[scene.state(key).rung + 1].name).result == "raised"
        rungs = [state.rung for state in scene.work.ledger.states().values()]
        assert max(rungs) - min(rungs) <= 1
    names = ["createGrant", "issueShares", "listGrants"]
    assert order == [(n, "exposure_shadow") for n in names] + [(n, "exposure_1pct") for n in names]


@pytest.mark.parametrize(
    ("tries", "seconds_ago", "expected"),
    [
        (0, None, 0),
        (1, 4, None),
        (1, 5, 1),
        (2, 9, None),
        (2, 10, 2),
        (7, 319, None),
        (7, 320, 7),
        (8, 599, None),
        (8, 600, 8),
        (1_000_000, 600, 1_000_000),
    ],
)
def test_each_failed_run_doubles_the_pause_up_to_ten_minutes(
    tries: int, seconds_ago: int | None, expected: int | None
) -> None:
    """5 s, 10 s, 20 s, ... 600 s; the number of the next try is that of the runs before it."""
    last = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    assert next_try(tries, last, NOW) == expected
