"""Freezes and the advance window as the owner of a promotion lives them: in the time zone of its bounded context."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from prr_pipeline.control.schedules import load_freezes, load_window
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.settings import Settings


class At(Protocol):
    """Whose calendars, and when: a deployment, or one that is rehearsed on a moved clock."""

    @property
    def settings(self) -> Settings: ...

    def now(self) -> datetime:
        """Policy time, aware UTC."""
        ...


class OwnerCalendars:
    """Both gates at one instant, read once per zone. Contexts without a zone of their own follow the calendars'."""

    def __init__(self, work: At) -> None:
        self._work = work
        self._read: dict[str | None, tuple[GateReading, GateReading]] = {}

    def gates(self, context: str) -> tuple[GateReading, GateReading]:
        """The gates ``freeze`` and ``window`` for promotions of that bounded context."""
        zone = zone_of(self._work.settings, context)
        if zone not in self._read:
            self._read[zone] = (freeze_gate(self._work, zone), window_gate(self._work, zone))
        return self._read[zone]


def zone_of(settings: Settings, context: str) -> str | None:
    """The zone of its own that a bounded context has; None where it has none."""
    named = slug(context)
    return next((zone for name, zone in settings.calendars.owner_zones.items() if slug(name) == named), None)


def freeze_gate(work: At, zone: str | None = None) -> GateReading:
    """Closed in a freeze, unknown when a calendar cannot be read. ``zone`` is where whole days begin, if not there."""
    try:
        reading = load_freezes(work.settings, zone).reading(work.now())
    except PrrError as fault:
        return unknown("freeze", str(fault))
    if reading.frozen:
        return closed("freeze", f"freeze: {reading.summary}", reading.until)
    return opened("freeze", "no freeze")


def window_gate(work: At, zone: str | None = None) -> GateReading:
    """Closed outside the advance window, unknown when the settings describe none that there can be."""
    try:
        window = load_window(work.settings, zone)
    except PrrError as fault:
        return unknown("window", str(fault))
    if window is None:
        return opened("window", "any time")
    where = f" of {zone}" if zone else ""
    if window.is_open(work.now()):
        return opened("window", f"inside the advance window{where}")
    return closed("window", f"outside the advance window{where}", window.next_open(work.now()))
