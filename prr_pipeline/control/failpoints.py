"""Failpoints: named places where a test may kill or stop the process, to prove that every write order converges."""

from __future__ import annotations

import os
import signal
from pathlib import Path

VARIABLE = "PRR_FAILPOINT"
"""``<name>=kill`` or ``<name>=stop`` (until SIGCONT), optionally ``@<file>``: act once, when that file exists, and
remove it. Several are joined by ``;``."""

RAISING = (
    "before_intent",
    "after_intent",
    "before_flag_write",
    "after_flag_write",
    "before_settle",
    "after_settle",
)
"""The way up, in order."""

WITHDRAWING = ("before_void", "after_void", "after_withdraw")
"""Giving an intent up."""

LOWERING = ("before_latch", "after_latch", "after_lower_flags", "before_lowered", "after_lowered")
"""The way down."""

ADOPTING = ("before_adopt", "after_adopt")
"""Taking over what somebody else wrote."""


def failpoint(name: str) -> None:
    """Die here, or stand still, if the environment says so; otherwise do nothing."""
    for wanted in os.environ.get(VARIABLE, "").split(";"):
        place, _, rest = wanted.partition("=")
        action, _, trigger = rest.partition("@")
        if place == name:
            _act(action, trigger)


def _act(action: str, trigger: str) -> None:
    if trigger:
        try:
            Path(trigger).unlink()
        except FileNotFoundError:
            return
    os.kill(os.getpid(), signal.SIGSTOP if action == "stop" else signal.SIGKILL)
