"""Which names speak of what must not be seen, and what is found of it."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.spoken import pieces, speaks_of
from prr_pipeline.repository.typescript.expressions import Call, Member, Text

HEADERS = "headers"


@dataclass(frozen=True, slots=True)
class Words:
    """``names`` speak of what must not be seen; a name that begins or ends with a ``harmless`` word does not.

    ``wrapper`` hides what it is given. ``prefixes`` are the beginnings of texts that must not be seen.
    """

    names: Sequence[str]
    harmless: Sequence[str] = ()
    wrapper: str | None = None
    prefixes: Sequence[str] = ()

    def speak(self, name: str) -> bool:
        """Whether a name, such as ``patient.email``, is of what must not be seen."""
        return speaks_of(name, self.names) and not self.spare(name)

    def spare(self, name: str) -> bool:
        """Whether a name is that of an id, a number of things or the like: ``patientId``, ``order.items.length``."""
        last = pieces(name.rpartition(".")[2])
        return bool(last) and (last[0] in self.harmless or last[-1] in self.harmless)


@dataclass(frozen=True, slots=True)
class Exposed:
    """One value: how it is written, and its line. Not ``certain``: its source cannot be looked into."""

    written: str
    line: int
    certain: bool = True


def one_header(call: Call) -> str | None:
    """The header that a call asks for by its name: ``answer.headers.get("Retry-After")``."""
    of, given = call.callee.object if isinstance(call.callee, Member) else None, call.arguments[:1]
    is_of_headers = isinstance(of, Member) and of.name == HEADERS
    return given[0].value if is_of_headers and given and isinstance(given[0], Text) else None
