"""Drills of the kill switch: a flag goes up and down and is read back, and the gate asks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pytest

from prr_pipeline.control.drills import drill
from prr_pipeline.control.explain import explain
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused, Unavailable, UnknownName
from prr_pipeline.exposure import FULL, OFF, Exposure
from prr_pipeline.flags.backend import Capabilities, ExposureRecord, FlagBackend
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.gates import GateReading, GateState
from tests.control.scene import ORDER, Scene

KEY, FLAG = "createGrant:beta", "prr-drill-equity"


@pytest.fixture
def asked(signed: Scene) -> Scene:
    """Policy wants a drill."""
    signed.set("policy", 'required_gates = ["rollback_drill"]')
    return signed


def gate(scene: Scene) -> GateReading:
    """The gate as it stands."""
    return next(one for one in explain(scene.work, KEY).gates if one.name == "rollback_drill")


def test_a_drill_raises_lowers_reads_back_and_records(signed: Scene) -> None:
    """On a flag of its own; the promotion's is not touched."""
    before = signed.work.flags.read(["createGrant-beta"])
    [done] = drill(signed.work, [], ORDER)
    assert (done.service, done.flag_key) == ("equity", FLAG)
    [event] = signed.events(EventType.ROLLBACK_DRILLED)
    assert dict(event.payload) == {
        "backend": "flagd_file", "by": ORDER.by, "environment": "production", "flag_key": FLAG,
        "milliseconds": done.milliseconds, "reason": ORDER.reason, "service": "equity",
    }  # fmt: skip
    shown = signed.work.flags.read([FLAG])[FLAG]
    assert (shown.exposure, shown.version > 1) == (OFF, True)
    assert signed.work.flags.read(["createGrant-beta"]) == before


def test_the_gate_opens_with_a_drill_and_closes_when_it_is_old(asked: Scene) -> None:
    """Thirty days, in policy time; another drill opens it again."""
    assert gate(asked).state is GateState.CLOSED
    assert "equity was never drilled here" in gate(asked).why
    assert "rollback_drill" in asked.climb(KEY, "shadow").why
    drill(asked.work, ["Equity"], ORDER)
    assert gate(asked).is_open
    assert asked.climb(KEY, "shadow").result == "raised"
    asked.clock.advance(timedelta(days=30, minutes=1))
    assert (gate(asked).state, "was last drilled at 2026-11-02" in gate(asked).why) == (GateState.CLOSED, True)
    drill(asked.work, [], ORDER)
    assert gate(asked).is_open


def test_it_is_not_used_unless_policy_asks(signed: Scene) -> None:
    """Shown, and skipped."""
    assert gate(signed).state is GateState.NOT_USED


@pytest.mark.parametrize("change", [('environment = "production"', 'environment = "staging"')])
def test_a_drill_elsewhere_is_none(asked: Scene, change: tuple[str, str]) -> None:
    """Another environment's switch says nothing of this one's."""
    drill(asked.work, [], ORDER)
    asked.replace_settings(*change)
    assert gate(asked).state is GateState.CLOSED


def test_a_service_without_an_open_promotion_lists_those_that_have_one(signed: Scene) -> None:
    """Nothing is raised for a slip."""
    with pytest.raises(UnknownName, match=r"'Eqity'\. Valid: equity"):
        drill(signed.work, ["Eqity"], ORDER)
    assert signed.work.flags.read([FLAG])[FLAG].version == 0


def test_without_promotions_there_is_nothing_to_drill(empty: Scene) -> None:
    """One sentence."""
    with pytest.raises(Refused, match="No promotion is open"):
        drill(empty.work, [], ORDER)


def test_a_flag_of_a_promotion_is_never_drilled(empty: Scene) -> None:
    """It would go to 100% for its users."""
    state = empty.open("createGrant", needs=[])
    from prr_pipeline.control.opening import OpenRequest, open_promotion
    from prr_pipeline.subjects import Subject, Target

    request = OpenRequest(Subject.parse("issueShares"), Target.BETA, "mara", flag_key="PRR-drill-equity", author="mara")
    open_promotion(empty.work, request)
    with pytest.raises(Refused, match=r"'prr-drill-equity' belongs to issueShares:beta"):
        drill(empty.work, [], ORDER)
    assert empty.state(state).is_open
    assert empty.work.flags.read([FLAG])[FLAG].version == 0


@dataclass
class Stuck:
    """A back end that takes a lowering and does nothing."""

    under: FlagBackend

    @property
    def name(self) -> str:
        return self.under.name

    @property
    def capabilities(self) -> Capabilities:
        return self.under.capabilities

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        return self.under.read(keys)

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        return self.under.write(key, exposure, expected_version=expected_version, intent_id=intent_id)

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        return self.under.read(targets)


@dataclass(frozen=True)
class StuckWorkplace(Workplace):
    """A workplace whose flags do not go down."""

    @cached_property
    def flags(self) -> Stuck:
        return Stuck(super().flags)


def test_a_switch_that_does_nothing_fails_the_drill(asked: Scene) -> None:
    """Only a read-back counts: nothing is recorded, and the gate stays closed."""
    with pytest.raises(Unavailable, match=f"The drill failed: {FLAG} was not read back at off"):
        drill(StuckWorkplace(asked.work.settings), [], ORDER)
    assert asked.work.flags.read([FLAG])[FLAG].exposure == FULL
    assert asked.events(EventType.ROLLBACK_DRILLED) == []
    assert gate(asked).state is GateState.CLOSED


def test_flags_that_cannot_be_read_fail_the_drill(signed: Scene) -> None:
    """With the back end's own sentence."""
    signed.deployment.flags_file.write_text("{")
    with pytest.raises(PrrError, match="flags"):
        drill(signed.work, [], ORDER)
    assert signed.events(EventType.ROLLBACK_DRILLED) == []
