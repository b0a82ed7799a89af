"""What a survey finds: a convention with the place that shows it, and a tool with the place that names it."""

from __future__ import annotations

from typing import Any

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """A value for a key of a profile. ``where``: the path, or the words, in which it was seen."""

    key: str
    value: Any
    where: str

    def as_data(self) -> dict[str, Any]:
        """As one object of `prr init --format json`."""
        return {"key": self.key, "value": self.value, "where": self.where}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool or service that the repository uses. ``kind``: what for, as in ``test runner``."""

    kind: str
    name: str
    where: str

    def as_data(self) -> dict[str, Any]:
        """As one object of `prr init --format json`."""
        return {"kind": self.kind, "name": self.name, "where": self.where}
