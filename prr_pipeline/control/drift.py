"""The sweep: what users get against the record, for every promotion, ended ones too. Downward only."""

from __future__ import annotations

from dataclasses import field

from prr_pipeline.control.gather import read_flags
from prr_pipeline.control.lowering import lower
from prr_pipeline.control.maturity_drift import look_at_maturity
from prr_pipeline.control.notices import notify, settle_notice
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind, PromotionState

_TABLE = "flag_shown"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep saw: ``shown`` is each flag in words by key; ``changed`` showed something else before.

    ``faults`` are promotions that could not be compared; they stop no other. ``maturity`` says what of the
    specification stands above the ledger; empty: nothing.
    """

    shown: dict[str, str]
    changed: list[PromotionState]
    drifted: dict[str, str]
    fault: str
    faults: dict[str, str] = field(default_factory=dict)
    maturity: str = ""

    @property
    def words(self) -> str:
        """One line for the skipped tick."""
        return f"{self._flags}; {self.maturity}" if self.maturity else self._flags

    @property
    def _flags(self) -> str:
        if self.fault:
            return f"the flags cannot be read: {self.fault}"
        found = "; ".join(f"{key}: {why}" for key, why in (*self.drifted.items(), *self.faults.items()))
        return found or f"{len(self.shown)} flags show what the ledger holds"


def sweep(work: Workplace, actor: str = "sensor:drift") -> Sweep:
    """Read every flag once. A flag above its ceiling is lowered to it; any other difference is told.

    Then the specification's maturities are compared with the ledger's, which can only be told.
    """
    states = {k: s for k, s in work.ledger.states().items() if s.intent is None}
    records, fault = read_flags(work, [s.flag_key for s in states.values()])
    seen = {key: records[state.flag_key] for key, state in states.items() if state.flag_key in records}
    drifted = {key: why for key, record in seen.items() if (why := _difference(states[key], record))}
    high = {key: _to_ceiling(states[key], why) for key, why in drifted.items() if _is_high(states[key], seen[key])}
    lower(work, high, states, actor)
    shown = {key: _words(record) for key, record in seen.items()}
    changed: list[PromotionState] = []
    faults: dict[str, str] = {}
    for key, words in shown.items():
        try:
            _tell(work, states[key], drifted.get(key, ""), actor)
            if _is_news(work, key, words, states[key]):
                changed.append(states[key])
        except Exception as error:
            faults[key] = f"{type(error).__name__}: {error}"
    return Sweep(shown, changed, drifted, fault, faults, look_at_maturity(work))


def _to_ceiling(state: PromotionState, why: str) -> Lowering:
    return Lowering(state.ceiling, LatchKind.DRIFT, f"drift: {why}")


def _is_high(state: PromotionState, record: ExposureRecord) -> bool:
    """Open promotions are lowered by the guard's own tick, which knows more of them; ended ones only here."""
    return not state.is_open and _above(state.ceiling, record)


def _words(record: ExposureRecord) -> str:
    return str(record.exposure) if record.exposure is not None else f"not ours: {record.fault}"


def _difference(state: PromotionState, record: ExposureRecord) -> str:
    if record.exposure == state.exposure:
        return ""
    return f"the flag shows {record.exposure or 'a definition that is not ours'}, the ledger holds {state.exposure}"


def _above(ceiling: Exposure, record: ExposureRecord) -> bool:
    return record.exposure is None or record.exposure > ceiling


def _tell(work: Workplace, state: PromotionState, why: str, actor: str) -> None:
    name = f"drift-seen/{state.key}"
    before = work.ledger.counters.get(_TABLE, name)
    if not why:
        if before is not None:
            work.ledger.counters.delete(_TABLE, name)
            settle_notice(work, name)
        return
    if before is None or before["why"] != why:
        work.ledger.counters.put(_TABLE, name, {"why": why})
        work.ledger.append([Draft(state.key, EventType.DRIFT_SEEN, {"cause": why}, actor)])
        notify(work, "warn", f"{state.key}: flag and ledger differ", why, state.key, name)


def _is_news(work: Workplace, key: str, words: str, state: PromotionState) -> bool:
    value = {"shown": words, "held": str(state.exposure)}
    if work.ledger.counters.get(_TABLE, f"check/{key}") == value:
        return False
    work.ledger.counters.put(_TABLE, f"check/{key}", value)
    return True
