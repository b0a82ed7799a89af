"""The code of a partner's client: its modules, what stands inside them, and what could not be read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.findings import unknown
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Index,
    List,
    Member,
    Name,
    Record,
    Spread,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject


@dataclass(frozen=True, slots=True)
class Part:
    """One source: its module, and what stands inside its functions."""

    module: Module
    fragments: Fragments

    @property
    def path(self) -> str:
        return self.module.path

    def at(self, line: int, snippet: str = "") -> Location:
        """A place in it."""
        return Location(self.path, line, snippet)


@dataclass(frozen=True, slots=True)
class ClientCode:
    """All sources of a client, tests apart, by path. ``pattern``: the glob that they match."""

    pattern: str
    parts: Mapping[str, Part]
    lost: tuple[Lost, ...]

    def calls(self) -> Iterator[tuple[Part, CallSite]]:
        """Every call."""
        for part in self.parts.values():
            for site in part.module.calls:
                yield part, site

    def hidden(self, judged: str) -> Finding | None:
        """Unknown, where a source could not be read; None if all were."""
        if not self.lost:
            return None
        first, places = self.lost[0], [Location(each.path, each.line) for each in self.lost]
        message = f"{first.why.rstrip('.')}, so it may hold what was not seen elsewhere in {self.pattern}; mend it."
        return unknown(Reason.UNREADABLE, message, judged, places)


def client_code(sources: Sources, subject: Subject, code: str) -> ClientCode:
    """The client's sources. ``code``: a glob with the subject's words. Raises `NotSeen` where there is none."""
    pattern = sources.fill(code, subject)
    found = sources.once("client code", pattern, lambda: _read(sources, pattern))
    if not found.parts and not found.lost:
        message = f"No source matches {pattern}, so nothing of {subject.name} can be seen; file its code there."
        raise NotSeen(Reason.NO_EVIDENCE, message)
    return found


def text_at(sources: Sources, path: str, value: Expression, at: int) -> str | None:
    """The text that an expression at an offset stands for; None if only running the code could tell."""
    if isinstance(value, Text):
        return value.value
    return text_of(sources.code(), Placed(value, path, value.line, at)) if isinstance(value, Name | Member) else None


def last_name(callee: str) -> str:
    """``post`` of ``client.http.post``."""
    return callee.rpartition(".")[2]


def original(part: Part, name: str) -> str:
    """What a dotted name calls a thing, by the name that an import of it has over there: ``setTimeout as pause``."""
    first, dot, rest = name.partition(".")
    bound = part.module.imported(first)
    known = bound[1] if bound is not None and bound[1] not in ("default", "*") else first
    return known + dot + rest


def is_named(callee: str, names: Collection[str]) -> bool:
    """Whether a callee is one of the names, or ends in one after a dot: ``crypto.timingSafeEqual``."""
    return any(callee == name or callee.endswith(f".{name}") for name in names)


def words_in(value: Expression, depth: int = 12) -> Iterator[str]:
    """Every name and member that an expression is made of."""
    if depth == 0:
        return
    if isinstance(value, Name | Member):
        yield value.name
    for part in parts_of(value):
        yield from words_in(part, depth - 1)


def parts_of(value: Expression) -> Sequence[Expression]:
    """The expressions that one is directly made of; none of a function, whose calls its module lists."""
    match value:
        case Member():
            return (value.object,)
        case Index():
            return (value.object, value.key)
        case Call():
            return (value.callee, *value.arguments)
        case List():
            return value.items
        case Record():
            return tuple(entry.value for entry in value.entries)
        case Spread():
            return (value.value,)
    return ()


def chain_of(call: Call) -> list[Call]:
    """The calls of ``a(x).b(y).c()``, the first one first."""
    links = [call]
    while isinstance(links[0].callee, Member) and isinstance(links[0].callee.object, Call):
        links.insert(0, links[0].callee.object)
    return links


def called(call: Call) -> str:
    """The last name of what a call calls."""
    return last_name(dotted(call.callee))


def _read(sources: Sources, pattern: str) -> ClientCode:
    tests = sources.profile.value("paths.test_files")
    parts: dict[str, Part] = {}
    lost: list[Lost] = []
    for path in sources.paths(pattern):
        if not path.endswith(SUFFIXES) or path.endswith(".d.ts") or (tests and matches(str(tests), path)):
            continue
        try:
            parts[path] = Part(sources.code().module(path), read_fragments(sources.blob(path)))
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
    return ClientCode(pattern, parts, tuple(lost))
