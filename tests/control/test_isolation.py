"""One promotion that cannot be judged stops no other: in the tick, the due list, the sweep, agenda and status."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest

from prr_pipeline.control.agenda import make_agenda
from prr_pipeline.control.drift import sweep
from prr_pipeline.control.due import due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.rejudge import promotions_with_new_records, stale_promotions
from prr_pipeline.control.standing import readiness_gate
from prr_pipeline.control.status import overview
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import ExposureRecord, FlagBackend
from prr_pipeline.ledger.chain import StoredRow, sealed
from prr_pipeline.ledger.events import EventType
from prr_pipeline.reports.agenda_page import agenda_markdown
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat, drop
from tests.control.scene import SPEC, Scene

SICK = "issueShares:beta"
SOUND = "createGrant:beta"


@pytest.fixture
def two(signed: Scene) -> Scene:
    """Beside the sound promotion a sick one: what the mutable table holds of its judgement makes no sense."""
    signed.judge(signed.open("issueShares", needs=[]))
    sicken(signed, SICK)
    return signed


def sicken(scene: Scene, key: str) -> None:
    """Name a number as one who changed the document: gathering the facts fails on it."""
    row = scene.work.ledger.counters.get("readiness", key)
    assert row is not None
    scene.work.ledger.counters.put("readiness", key, {**row, "editors": [5]})


def write_newer_event(scene: Scene, key: str) -> None:
    """Append an event as a later version of this program would."""
    last = scene.events()[-1]
    at = "2026-11-02T09:00:00.000000Z"
    row = sealed(StoredRow(last.seq + 1, key, "flag_moved_sideways", "{}", "future", at, 1, last.hash, ""))
    scene.work.ledger.close()
    with sqlite3.connect(scene.deployment.folder / ".prr" / "ledger.sqlite") as connection:
        names = ", ".join(StoredRow.__slots__)
        places = ", ".join("?" for _ in StoredRow.__slots__)
        values = [getattr(row, name) for name in StoredRow.__slots__]
        connection.execute(f"INSERT INTO events ({names}) VALUES ({places})", values)  # noqa: S608
        connection.execute("UPDATE promotions SET last_seq = ? WHERE key = ?", (row.seq, key))
    connection.close()
    scene.reconnect()


def test_the_due_list_goes_on(two: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The sick one is left out, and the log says why."""
    beat(two.deployment.inbox)
    assert [due.key for due in due_list(two.work)] == [SOUND]
    assert SICK in caplog.text


def test_the_guard_goes_on_and_pages(two: Scene) -> None:
    """The sound one is lowered by its alert, the sick one is told."""
    two.rise_to(SOUND, "shadow")
    two.alert("Down", "critical", operation_id="createGrant")
    tick = two.tick()
    assert list(tick.faults) == [SICK]
    assert two.flag(SOUND) == OFF
    assert any(SICK in title for title in two.notices().values())


def test_a_critical_alert_lowers_what_cannot_be_judged(signed: Scene) -> None:
    """L1: no fault of a gatherer stands between a firing alert and the flag; the lowering is booked, and once only."""
    signed.rise_to(SOUND, "1%")
    sicken(signed, SOUND)
    signed.alert("Down", "critical", operation_id="createGrant")
    tick = signed.tick()
    assert (list(tick.faults), [one.key for one in tick.lowered]) == ([SOUND], [SOUND])
    assert signed.flag(SOUND) == OFF
    state = signed.state(SOUND)
    assert (state.exposure, state.latch and state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)
    assert state.latch is not None
    assert state.latch.cause.startswith("critical alert: ")
    assert f"fault/{SOUND}" in signed.notices()
    assert signed.tick().lowered == ()


def test_what_cannot_be_judged_stands_where_it_is_without_a_reason_to_lower(signed: Scene) -> None:
    """Doubt alone moves nothing, and a warning is no reason."""
    shown = signed.rise_to(SOUND, "1%").exposure
    sicken(signed, SOUND)
    signed.alert("Slow", "warning", operation_id="createGrant")
    signed.alert("Down", "critical", operation_id="issueShares")
    assert signed.tick().lowered == ()
    assert signed.flag(SOUND) == shown


def test_drift_upward_is_lowered_though_the_promotion_cannot_be_judged(signed: Scene) -> None:
    """S9: every guardrail goes on without the gates."""
    approved = signed.rise_to(SOUND, "1%").exposure
    sicken(signed, SOUND)
    signed.write_flag(SOUND, Exposure.share(1000))
    signed.tick()
    assert signed.flag(SOUND) == approved


@dataclass
class OddFlags:
    """A back end that gives back an exposure of no known type when read, until it is told to lower."""

    real: FlagBackend
    lowered: bool = False

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def read(self, keys: Sequence[str]) -> Mapping[str, ExposureRecord]:
        found = self.real.read(keys)
        odd = cast(Exposure, "one percent")
        return found if self.lowered else {key: replace(one, exposure=odd) for key, one in found.items()}

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> Mapping[str, ExposureRecord]:
        self.lowered = True
        return self.real.lower_all(targets, intent_id=intent_id)


def test_the_alert_alone_lowers_where_the_guardrails_fail_too(signed: Scene) -> None:
    """The path that is left needs the state, the alerts and the flag's key."""
    signed.rise_to(SOUND, "1%")
    work = Workplace(signed.work.settings)
    work.__dict__["flags"] = OddFlags(signed.work.flags)
    signed.alert("Down", "critical", operation_id="createGrant")
    beat(signed.deployment.inbox)
    tick = watch(work)
    work.ledger.close()
    assert list(tick.faults) == [SOUND]
    assert signed.flag(SOUND) == OFF
    assert signed.state(SOUND).latch is not None


def test_a_judgement_that_was_kept_in_another_form_is_unknown_and_made_anew(two: Scene) -> None:
    """What cannot be read permits nothing, stops nothing, and is mended by the next run."""
    two.work.ledger.counters.put("readiness", SICK, {"gate": "ajar"})
    gate = readiness_gate(two.work, two.state(SICK))
    assert (gate.state, "cannot be read" in gate.why) == (GateState.UNKNOWN, True)
    assert [one.key for one in stale_promotions(two.work)] == [SICK]
    two.judge(SICK)
    assert stale_promotions(two.work) == []


def test_the_agenda_goes_on_and_names_the_sick_one(two: Scene) -> None:
    """It waits for people more than any other."""
    agenda = make_agenda(two.work, "run:test")
    assert (agenda.open_count, list(agenda.faults)) == (2, [SICK])
    assert "cannot be judged" in agenda_markdown(agenda)


def test_the_status_goes_on_and_names_the_sick_one(two: Scene) -> None:
    """With the reason, as one sentence."""
    seen = overview(two.work)
    assert [one.state.key for one in seen.promotions] == [SOUND]
    assert seen.unreadable[SICK].startswith("AttributeError: 'int' object has no attribute")


def test_the_sweep_goes_on(two: Scene) -> None:
    """A row of another shape where the sweep keeps what it told."""
    two.write_flag(SICK, two.state(SICK).ladder.exposure(0))
    two.write_flag(SOUND, two.state(SOUND).ladder.exposure(0))
    two.work.ledger.counters.put("flag_shown", f"drift-seen/{SICK}", {"because": 1})
    found = sweep(two.work)
    assert list(found.faults) == [SICK]
    assert SICK in found.words
    assert [event.stream for event in two.events(EventType.DRIFT_SEEN)] == [SOUND]


def test_a_profile_that_cannot_be_read_raises_nowhere_in_the_ticks(two: Scene) -> None:
    """Records are then not looked at, and everything is to be judged, which says why."""
    two.edit(".prr/profile.yaml", lambda _: "council: {}\n")
    two.commit()
    assert promotions_with_new_records(two.work) == []
    assert [one.key for one in stale_promotions(two.work)] == [SOUND, SICK]


def test_one_operation_that_vanished_leaves_the_others_ready(two: Scene) -> None:
    """Its gate closes; the sound one is judged as before."""
    two.edit(SPEC, lambda text: text.replace("operationId: issueShares\n", "operationId: giveShares\n"))
    two.commit()
    two.run_ci()
    with pytest.raises(PrrError, match="Unknown operation 'issueShares'"):
        two.judge(SICK)
    assert two.judge(SOUND) is GateState.OPEN


def test_a_promotion_of_a_newer_version_is_named_everywhere(two: Scene) -> None:
    """It is watched no worse, climbs no more, and stands in status and agenda with the way out."""
    write_newer_event(two, SICK)
    assert "Upgrade prr_pipeline" in overview(two.work).unreadable[SICK]
    assert "Upgrade prr_pipeline" in make_agenda(two.work, "run:test").faults[SICK]
    with pytest.raises(PrrError, match="Upgrade prr_pipeline"):
        explain(two.work, SICK)
    beat(two.deployment.inbox)
    assert [due.key for due in due_list(two.work)] == [SOUND]
    assert [one.state.key for one in overview(two.work).promotions] == [SOUND]


def test_an_alert_that_the_ledger_refuses_stops_no_tick(signed: Scene) -> None:
    """Half a character in a label, beside a critical alert that must be acted on."""
    signed.rise_to(SOUND, "shadow")
    signed.alert("Down", "critical", operation_id="createGrant")
    message = next(signed.deployment.inbox.glob("*.json")).read_bytes()
    odd = message.replace(b'"alertname": "Down"', b'"alertname": "Odd", "note": "\\ud800"')
    drop(signed.deployment.inbox, odd.replace(b"createGrant", b"listGrants"))
    signed.tick()
    assert signed.flag(SOUND) == OFF
    assert len(signed.events(EventType.EPISODE_OPENED)) >= 1
