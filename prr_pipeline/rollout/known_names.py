"""Names that alerts are known by: what proves that an alert is about somebody else. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import lru_cache

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class KnownNames:
    """``operations`` are folded names; ``services`` lead from a service's or context's slug to its context's slug.

    A name that is not in here proves nothing: knowing too few makes alerts count for more subjects.
    """

    operations: frozenset[str] = frozenset()
    services: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, operations: Iterable[str] = (), contexts: Iterable[str] = (), services: Mapping[str, str] | None = None
    ) -> KnownNames:
        """From names as they are written; empty ones are no names. ``services`` are names with their contexts."""
        owned = {slug(name): slug(context) for name, context in (services or {}).items()}
        own = {slug(name): slug(name) for name in (*contexts, *(services or {}).values())}
        kept = {name: context for name, context in {**owned, **own}.items() if name and context}
        return cls(frozenset(same for name in operations if (same := folded(name))), kept)

    def and_also(self, other: KnownNames) -> KnownNames:
        """Both together; where they give a service to different contexts, ``other`` is believed."""
        return KnownNames(self.operations | other.operations, {**self.services, **other.services})

    def has_operation(self, name: str) -> bool:
        """Whether an operation of that name is known, in any case."""
        return folded(name) in self.operations

    def as_data(self) -> dict[str, object]:
        """For storage; `from_data` reads it."""
        return {"operations": sorted(self.operations), "services": dict(sorted(self.services.items()))}

    @classmethod
    def from_data(cls, data: object) -> KnownNames:
        """What `as_data` gave. Anything else proves nothing: no names at all."""
        match data:
            case {"operations": list(operations), "services": dict(services)}:
                names = (*operations, *services, *services.values())
                if all(isinstance(name, str) for name in names):
                    return cls(frozenset(operations), services)
        return cls()


@lru_cache(maxsize=1 << 16)
def slug(name: str) -> str:
    """The form in which contexts are compared: lower case, spaces and underscores as hyphens."""
    return re.sub(r"[\s_-]+", "-", folded(name))


@lru_cache(maxsize=1 << 16)
def folded(name: str) -> str:
    """The form in which names are compared: any case, however it is composed, nothing around it."""
    return unicodedata.normalize("NFC", name).casefold().strip()
