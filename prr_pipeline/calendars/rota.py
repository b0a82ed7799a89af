"""The on-call rota: who has the shift at an instant."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.calendars.ics import Calendar


class Rota:
    """A calendar whose events are shifts.

    Who has a shift is named by its attendees (``ATTENDEE:mailto:mara@example.org``, the id being the address) or, if
    it has none, by its title (``SUMMARY:mara``). Ids are exact: case counts.
    """

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def on_call(self, at: datetime) -> tuple[str, ...]:
        """The ids of the people on call, each once, by start of shift; empty when nobody is.

        Raises `Unreadable` when the calendar takes too much work.
        """
        names = (name for event in self._calendar.active(at) for name in event.attendees or (event.summary,))
        return tuple(dict.fromkeys(name for name in names if name))

    def changes_at(self, at: datetime) -> datetime | None:
        """When the shift next changes after ``at``; None if it does not within 400 days."""
        return self._calendar.next_change(at)
