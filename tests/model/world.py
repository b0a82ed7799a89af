"""The parts of one state of the model, and the rules that can be left out."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple

from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import LatchKind

FRESH, STALE = 2, 1
"""A version that is the current one, or has moved on: compare-and-set asks nothing more."""


class Mutant(Enum):
    """One rule left out. Each must be found by the checker, or the checker is blind to that rule."""

    NO_LATCH = "the flag is lowered and the rung booked, but nothing is latched"
    FLAG_FIRST = "the flag is lowered before the latch is written"
    NO_FLAG_CAS = "a raise writes whatever version the flag has"
    LOWERING_KEEPS_VERSION = "a lowering of a flag that is low already does not move its version"
    NO_RECHECK = "the flag is written right after the intent"
    UNKNOWN_IS_CLEAR = "an alert answer that is unknown counts as clear"
    IGNORE_VOID = "a void sign-off counts as valid"
    ADOPT_HIGHER = "a flag found above the ceiling is adopted"
    NEEDS_LEDGER = "without the ledger nothing is lowered"
    LATCH_LOST = "a lowering that could not latch is booked without its latch"
    LATCH_LATE = "a lowering that could not latch is booked with its latch, but the flag is not written again"
    NO_VOID = "an intent is given up in the ledger alone"
    WITHDRAW_A_RAISE = "an intent is given up although the flag has reached its target meanwhile"
    IGNORE_VERSION = "the flag's version is not compared with the ledger's"
    DRIFT_TO_INTENT = "a flag above the ceiling is lowered to the target of the intent that this ends"
    INTENT_IS_RUNG = "an intent that a crash left behind counts as done"


class May(Enum):
    """What may happen besides one rung run, one tick, crashes, a firing alert and people who let it climb again."""

    ORDERS = "people hold and roll back"
    DOUBTS = "alerts become unreadable, the sign-off void"
    HAND_LOWERS = "somebody lowers the flag past the pipeline"
    HAND_RAISES = "somebody raises the flag past the pipeline"
    OUTAGES = "the ledger goes away and comes back"
    TWO_RUNS = "two rung runs at once"


class Alert(IntEnum):
    """What the alert source answers."""

    CLEAR = 0
    FIRING = 1
    UNKNOWN = 2


class Run(NamedTuple):
    """A rung run. ``at`` is the next step; ``fresh``: no transition since it read; ``version``: the flag's, as held."""

    at: str = ""
    rung: int = BOTTOM
    fresh: bool = False
    mine: bool = False
    version: int = STALE
    excused: bool = False
    """The alert or the sign-off turned only after the recheck: the window that T bounds."""


class Tick(NamedTuple):
    """A tick of the guard, or a person's roll back: the same steps."""

    at: str = ""
    to: int = -1
    kind: LatchKind | None = None
    shown: int = -1
    latched: bool = False
    fresh: bool = False
    version: int = STALE


class World(NamedTuple):
    """One state of the model. ``ledger`` is an index into `Core.states`; ``flag`` an exposure level.

    ``late`` is a second rung run; ``voided``: the flag's version is the one that gave the open intent up.
    """

    ledger: int
    flag: int
    alert: Alert = Alert.CLEAR
    valid: bool = True
    ledger_up: bool = True
    run: Run = Run()
    late: Run = Run()
    tick: Tick = Tick()
    voided: bool = False
    raised_by_hand: bool = False
    lowered_by_hand: bool = False
    spent: bool = False


class Violation(Exception):
    """A step did what no rule allows."""
