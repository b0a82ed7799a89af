"""Scopes: which promotions an order is about: all, those of a team or a service, or what depends on something."""

from __future__ import annotations

from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.dependencies import Graph, closure
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject, SubjectKind, parse_promotion_key


class ScopeKind(StrEnum):
    """The five kinds of scope, as they are written before the colon; a promotion's key stands alone."""

    ALL = "all"
    SERVICE = "service"
    TEAM = "team"
    DEPENDS_ON = "depends-on"
    PROMOTION = "promotion"


_NAMED = (ScopeKind.SERVICE, ScopeKind.TEAM, ScopeKind.DEPENDS_ON)
_FORMS = ("all", "service:<name>", "team:<name>", "depends-on:<subject>", "a promotion's key such as createGrant:ga")


@dataclass(frozen=True, slots=True)
class Member:
    """What a scope looks at of one promotion: as the ledger holds it, or as the index beside it tells."""

    key: str
    subject: Subject
    context: str
    dependencies: tuple[Subject, ...]

    @property
    def service(self) -> str | None:
        """The service that the subject itself names, as a slug; None for one that names none, as an operation."""
        if self.subject.kind is SubjectKind.SERVICE:
            return slug(self.subject.name)
        if self.subject.kind is SubjectKind.THIRD_PARTY_ENDPOINT:
            return slug(self.subject.name.partition("/")[0])
        return None


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope. ``context`` is the slug of the bounded context that a service belongs to, where that is known."""

    kind: ScopeKind
    name: str = ""
    context: str = ""

    def __str__(self) -> str:
        if self.kind is ScopeKind.ALL:
            return "all"
        return self.name if self.kind is ScopeKind.PROMOTION else f"{self.kind}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> Scope:
        """Read what `str` writes. Raises `UnknownName` with the forms that there are, `PrrError` for a bad name."""
        kind, colon, name = text.strip().partition(":")
        if not colon:
            if kind == ScopeKind.ALL:
                return EVERYTHING
            raise UnknownName("scope", text, _FORMS)
        if kind in _NAMED and not _is_key_of_three(text):
            return cls.named(ScopeKind(kind), name)
        try:
            return cls.of_promotion(text.strip())
        except PrrError:
            raise UnknownName("scope", text, _FORMS) from None

    @classmethod
    def named(cls, kind: ScopeKind, name: str) -> Scope:
        """The scope of a team, a service, or of what depends on a subject. Raises `PrrError` for no name."""
        if not name.strip():
            raise PrrError(f"The scope {kind}: names nothing; write it like {kind}:<name>.")
        if kind is ScopeKind.DEPENDS_ON:
            return cls(kind, _written(Subject.parse(name.strip())))
        return cls(kind, name.strip())

    @classmethod
    def of_promotion(cls, key: str) -> Scope:
        """The scope of one promotion alone. Raises `PrrError` for what is no key."""
        parse_promotion_key(key)
        return cls(ScopeKind.PROMOTION, key)

    def holds(self, member: Member, graph: Graph) -> bool:
        """Whether the promotion is in this scope. ``graph`` says who depends on whom, see `dependency_graph`."""
        if self.kind is ScopeKind.ALL:
            return True
        if self.kind is ScopeKind.PROMOTION:
            return member.key == self.name
        if self.kind is ScopeKind.TEAM:
            return slug(member.context) == slug(self.name)
        if self.kind is ScopeKind.SERVICE:
            return self._serves(member)
        return self.subject in needs_of(member, graph)

    def covers(self, other: Scope) -> bool:
        """Whether all of the other scope is in this one, as far as their names tell."""
        return self.kind is ScopeKind.ALL or (self.kind, self._folded) == (other.kind, other._folded)

    @property
    def subject(self) -> Subject:
        """What the promotions of a ``depends-on`` scope need."""
        return Subject.parse(self.name)

    @property
    def _folded(self) -> str:
        """The name as it is compared."""
        return slug(self.name) if self.kind in (ScopeKind.TEAM, ScopeKind.SERVICE) else self.name

    def _serves(self, member: Member) -> bool:
        """By the service that the subject names; one that names none belongs to every service of its context."""
        if member.service is not None:
            return member.service == slug(self.name)
        return slug(member.context) in {slug(self.name), self.context} - {""}


EVERYTHING = Scope(ScopeKind.ALL)


def member_of(state: PromotionState) -> Member:
    """A promotion of the ledger as a scope sees it."""
    return Member(state.key, state.subject, state.context, state.dependencies)


def needs_of(member: Member, graph: Graph) -> set[Subject]:
    """Everything that a promotion depends on, directly or not: by its own list and by the graph."""
    found = set(closure(graph, member.subject))
    for one in member.dependencies:
        if one not in found:
            found.update((one, *closure(graph, one)))
    return found - {member.subject}


def _written(subject: Subject) -> str:
    return subject.name if subject.kind is SubjectKind.OPERATION and " " not in subject.name else str(subject)


def _is_key_of_three(text: str) -> bool:
    """Whether it is the key of a service's promotion (``service:identity:ga``), and no scope."""
    try:
        parse_promotion_key(text.strip())
    except PrrError:
        return False
    return text.count(":") == 2
