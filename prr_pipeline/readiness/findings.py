"""Short ways to write findings, so that checks read as rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason

SEEN_INSTEAD = "seen_instead"
"""The value under which a check tells what it saw in place of a person's statement, where the line lets it."""
_SHOWN = 8


def met(message: str, subject_digest: str, locations: Iterable[Location] = (), **values: Any) -> Finding:
    """Seen, and it holds."""
    return Finding(Outcome.MET, message, subject_digest, tuple(locations), values=values)


def unmet(message: str, subject_digest: str, locations: Iterable[Location] = (), **values: Any) -> Finding:
    """Seen, and it does not hold; the message says what to do."""
    return Finding(Outcome.UNMET, message, subject_digest, tuple(locations), values=values)


def unknown(
    reason: Reason, message: str, subject_digest: str, locations: Iterable[Location] = (), **values: Any
) -> Finding:
    """Could not be seen; the message says what to supply."""
    return Finding(Outcome.UNKNOWN, message, subject_digest, tuple(locations), reason, values)


def not_applicable(message: str, subject_digest: str, locations: Iterable[Location] = (), **values: Any) -> Finding:
    """The line's condition was evaluated and is false; the message and the locations prove it."""
    return Finding(Outcome.NOT_APPLICABLE, message, subject_digest, tuple(locations), values=values)


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def shown(value: object, limit: int = 60) -> str:
    """A value on one line, cut to ``limit`` characters."""
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) or isinstance(value, Mapping) else {}  # noqa: SIM101 - the first is quick


def plain(value: object) -> object:
    """A literal's value for a digest: what only running code could tell, and fractions, as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or type(value) in (bool, int, str) else repr(value)
