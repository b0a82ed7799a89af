"""States that lasted: of a gate or an alert, as a row of a plot shows them."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A state that lasted: of a gate (open, closed, unknown) or an alert (its severity, or unknown)."""

    state: str
    since: datetime
    until: datetime
    text: str = ""


@dataclass(slots=True)
class Lane:
    """The spans of one row, grown while time goes by."""

    spans: list[Span] = field(default_factory=list)
    _state: str = ""
    _since: datetime | None = None
    _text: str = ""

    def see(self, now: datetime, state: str, text: str = "") -> None:
        """The row shows ``state`` from now on. An empty one is a gap."""
        if state == self._state:
            return
        self.close(now)
        self._state, self._since, self._text = state, now, text

    def close(self, now: datetime) -> None:
        """Nothing is seen from now on."""
        if self._state and self._since is not None and now > self._since:
            self.spans.append(Span(self._state, self._since, now, self._text))
        self._state, self._since = "", None
