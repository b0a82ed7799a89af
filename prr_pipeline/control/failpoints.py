"""Failpoints: named places where a test may kill the process, to prove that every write order converges."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

VARIABLE = "PRR_FAILPOINT"
"""``<name>=kill`` or ``<name>=stop``, optionally ``@<file>``: act once, when that file exists, and remove it."""


def failpoint(name: str) -> None:
    """Die here, or stand still, if the environment says so; otherwise do nothing."""
    wanted = os.environ.get(VARIABLE, "")
    place, _, rest = wanted.partition("=")
    action, _, trigger = rest.partition("@")
    if place != name:
        return
    if trigger:
        try:
            Path(trigger).unlink()
        except FileNotFoundError:
            return
    if action == "stop":
        time.sleep(3600)
    os.kill(os.getpid(), signal.SIGKILL)
