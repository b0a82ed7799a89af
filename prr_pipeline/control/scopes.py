"""Name a scope: what a person wrote, held against the names that there are: a slip is told and moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from prr_pipeline.control.flag_index import IndexEntry
from prr_pipeline.control.known_names import known_names, read_names
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, UnknownName
from prr_pipeline.rollout.dependencies import Graph, dependency_graph
from prr_pipeline.rollout.known_names import KnownNames, slug
from prr_pipeline.rollout.scope import EVERYTHING, Member, Scope, ScopeKind, member_of, needs_of
from prr_pipeline.rollout.state import PromotionState

_NAMES: Mapping[ScopeKind, str] = {
    ScopeKind.TEAM: "team",
    ScopeKind.SERVICE: "service",
    ScopeKind.DEPENDS_ON: "subject that a promotion depends on",
    ScopeKind.PROMOTION: "promotion",
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Every promotion that an order may be about, and who depends on whom; of the ledger, or of the index beside it."""

    members: Mapping[str, Member]
    graph: Graph
    names: KnownNames
    contexts: tuple[str, ...] = ()

    @classmethod
    def of_ledger(cls, work: Workplace, states: Mapping[str, PromotionState]) -> Crowd:
        """The promotions of the ledger, ended ones too: their names are still known."""
        members = {key: member_of(state) for key, state in states.items()}
        names = _first(lambda: known_names(work, states.values()), lambda: read_names(work.settings))
        return cls(members, dependency_graph(states), names, _roster_contexts(work))

    @classmethod
    def of_index(cls, work: Workplace, index: Mapping[str, IndexEntry]) -> Crowd:
        """The open promotions that the index lists. Asks neither ledger nor repository."""
        members = {key: Member(key, e.subject, e.context, e.dependencies) for key, e in index.items()}
        graph = {entry.subject: entry.dependencies for entry in index.values()}
        return cls(members, graph, read_names(work.settings), _roster_contexts(work))

    def resolve(self, scope: Scope) -> Scope:
        """The scope, with the context that a service belongs to. Raises `UnknownName` with the names that there are."""
        if scope.kind is ScopeKind.ALL:
            return scope
        valid = sorted(set(self._valid(scope.kind)))
        same: Callable[[str], str] = slug if scope.kind in (ScopeKind.TEAM, ScopeKind.SERVICE) else str
        known = {same(name) for name in valid}
        if scope.kind in (ScopeKind.TEAM, ScopeKind.SERVICE):
            known |= set(self.names.services.values() if scope.kind is ScopeKind.TEAM else self.names.services)
        if same(scope.name) not in known:
            raise UnknownName(_NAMES[scope.kind], scope.name, valid or sorted(known))
        if scope.kind is ScopeKind.SERVICE:
            return replace(scope, context=self.names.services.get(slug(scope.name), ""))
        return scope

    def keys_in(self, scope: Scope) -> list[str]:
        """The keys in a scope that was resolved, in the order of the members."""
        return [key for key, member in self.members.items() if scope.holds(member, self.graph)]

    def _valid(self, kind: ScopeKind) -> Iterator[str]:
        for member in self.members.values():
            if kind is ScopeKind.PROMOTION:
                yield member.key
            elif kind is ScopeKind.TEAM:
                yield member.context
            elif kind is ScopeKind.SERVICE:
                yield member.service or member.context
            else:
                yield from (Scope.named(kind, str(one)).name for one in needs_of(member, self.graph))
        if kind is ScopeKind.TEAM:
            yield from self.contexts


def scope_asked(
    everything: bool = False, service: str | None = None, team: str | None = None, depends_on: str | None = None
) -> Scope | None:
    """The scope that the options of a command name; None for none. Raises `Refused` for more than one."""
    named = {ScopeKind.SERVICE: service, ScopeKind.TEAM: team, ScopeKind.DEPENDS_ON: depends_on}
    found = [Scope.named(kind, name) for kind, name in named.items() if name is not None]
    found += [EVERYTHING] if everything else []
    if len(found) > 1:
        raise Refused(f"One order has one scope, not {' and '.join(map(str, found))}; give them one after the other.")
    return found[0] if found else None


def scope_named(text: str) -> Scope:
    """The scope as it is written in one word. Raises `UnknownName` with the forms that there are."""
    return Scope.parse(text)


def in_words(keys: Sequence[str], limit: int = 5) -> str:
    """Keys for one line: the first few, and how many more."""
    more = f" and {len(keys) - limit} more" if len(keys) > limit else ""
    return f"{', '.join(keys[:limit])}{more}" if keys else "none"


def _first(*ways: Callable[[], KnownNames]) -> KnownNames:
    """The first that answers: what else is broken is no reason to leave a scope without its names."""
    for way in ways:
        with suppress(Exception):
            return way()
    return KnownNames()


def _roster_contexts(work: Workplace) -> tuple[str, ...]:
    """The contexts that people of the roster belong to; none where it cannot be read."""
    try:
        return work.roster.contexts
    except Exception:
        return ()
