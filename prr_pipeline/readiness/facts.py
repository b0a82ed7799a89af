"""What is known from outside the repository and handed in: time, people, tools, the promotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from prr_pipeline.deferred_dataclass import dataclass

if TYPE_CHECKING:
    from prr_pipeline.readiness.migration_facts import MigrationAbsent, MigrationLint
    from prr_pipeline.readiness.model import Outcome, Reason
    from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact, DeployFacts
    from prr_pipeline.readiness.remote_facts import RemoteFacts
    from prr_pipeline.repository.tree import Blob
    from prr_pipeline.subjects import Target


@dataclass(frozen=True, slots=True)
class SpecVersion:
    """One of the two specs of a comparison. ``sha256`` is ``sha256:<hex>`` over the file's bytes."""

    version: str
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SpecChange:
    """One change that oasdiff reports. ``level``: 3 error, 2 warning, 1 info."""

    id: str
    level: int
    operation: str
    path: str
    text: str
    operation_id: str | None = None


@dataclass(frozen=True, slots=True)
class OasdiffReport:
    """All changes between two specs. ``source`` is ``ci report`` or ``oasdiff``; ``tool`` names tool and version."""

    base: SpecVersion
    head: SpecVersion
    changes: tuple[SpecChange, ...]
    source: str
    tool: str


@dataclass(frozen=True, slots=True)
class OasdiffAbsent:
    """Why there is no comparison. With no ``reason`` there is provably nothing to compare with."""

    message: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class ArtefactFact:
    """An artefact of CI. ``current``: made from the very code that is judged; another commit's proves nothing."""

    blob: Blob
    tool: str
    version: str
    created_at: datetime
    commit: str
    current: bool

    @property
    def source(self) -> str:
        """How sentences call it: ``vitest 4.0.8``, and of other code ``vitest 4.0.8 at 1a2b3c4d5e6f``."""
        return f"{self.tool} {self.version}" + ("" if self.current else f" at {self.commit[:12]}")


@dataclass(frozen=True, slots=True)
class ArtefactAbsent:
    """Why there is no such artefact, in one sentence with the way out."""

    message: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who holds the on-call lead's shift now (ids of the roster where it knows them), and when the shift changes.

    ``people`` is empty while nobody holds it; ``source`` names the rota.
    """

    people: tuple[str, ...]
    until: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class OnCallAbsent:
    """Why nobody can say who is on call, in one sentence with the way out."""

    message: str
    reason: Reason


Capacity = Literal["on_call", "owning_context", "consent_reviewer"]
"""In what capacity a person speaks: who held the on-call lead's shift, an engineer of the owning context, or one whose
role is to review consent texts."""


@dataclass(frozen=True, slots=True)
class AttestationFact:
    """A verified attestation. ``lines``: line id to the subject digest that was signed.

    ``capacities``: what the signer was (on call: when the record was taken in) and is (of the owning context).
    """

    digest: str
    lines: Mapping[str, str]
    person: str
    role: str
    statement: str
    signed_at: datetime
    expires_at: datetime
    capacities: frozenset[Capacity] = frozenset()


@dataclass(frozen=True, slots=True)
class JustificationFact:
    """A verified justification. ``lines``: line id to the subject digest that was justified."""

    digest: str
    lines: Mapping[str, str]
    reason: str
    author: str
    approver: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AlertReview:
    """One alert of the stability week. ``reviewed``: the owning context signed a review after it was booked."""

    episode: str
    title: str
    severity: str
    opened_at: datetime
    reviewed: bool


@dataclass(frozen=True, slots=True)
class AlertWatch:
    """The stability week: every alert of it that is no mere information. ``closed_at`` is None while it runs."""

    closed_at: datetime | None
    episodes: tuple[AlertReview, ...]


@dataclass(frozen=True, slots=True)
class AfterGa:
    """Since when everybody has the new version, and due dates that override the catalogue's, by line id.

    ``watch`` is None if nobody looked at the alerts.
    """

    full_at: datetime
    due_at: Mapping[str, datetime] = field(default_factory=dict)
    watch: AlertWatch | None = None

    def falls_due(self, line_id: str, days: int) -> datetime:
        """When the line falls due, so many days after full exposure unless it has a date of its own."""
        return self.due_at.get(line_id, self.full_at + timedelta(days=days))


class HistoryFacts(Protocol):
    """What git's history says at the judged commit. Answers are None where history cannot tell (a shallow clone)."""

    def last_changed_at(self, path: str) -> datetime | None:
        """When the newest commit that changed the path was made."""
        ...

    def operation_since(self, operation_id: str) -> datetime | None:
        """When the operation (a third-party endpoint by its whole name) stood in the spec, without a break since."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a judgement may know beside the snapshot. ``now`` is aware UTC."""

    now: datetime
    target: Target | None = None
    author: str | None = None
    context: str | None = None
    approvals: Mapping[str, tuple[Outcome, str]] | None = None
    """Line id to outcome and sentence, from verified sign-offs; None if nobody looked."""
    ladder: Mapping[str, object] | None = None
    """`Ladder.as_data` of the open promotion, else of the settings."""
    ladder_source: str | None = None
    """``promotion`` or ``settings``."""
    oasdiff: OasdiffReport | OasdiffAbsent | None = None
    attestations: tuple[AttestationFact, ...] = ()
    justifications: tuple[JustificationFact, ...] = ()
    history: HistoryFacts | None = None
    after_ga: AfterGa | None = None
    on_call: OnCall | OnCallAbsent | None = None
    """None if nobody looked: a rota belongs to a deployment."""
    artefacts: Mapping[str, ArtefactFact | ArtefactAbsent] = field(default_factory=dict)
    """By the name that the profile gives the artefact."""
    artefacts_complete: bool | None = None
    """Whether every artefact that the profile requires carries this commit's code digest; None if nobody looked."""
    base: BaseFact | BaseAbsent | None = None
    """The code as last released; None if nobody looked."""
    migrations: MigrationLint | MigrationAbsent | None = None
    """What squawk says of the SQL migrations that are new since the base; None if nobody ran it."""
    deploys: DeployFacts | None = None
    """What git says of what goes out; None if nobody looked."""
    remote: RemoteFacts | None = None
    """Who asks the services around the repository; None where no deployment says which."""

    @property
    def today(self) -> date:
        """The day in UTC. What a check asks so is remembered until it ends."""
        return self.now.date()

    def has_passed(self, at: datetime) -> bool:
        """Whether the instant lies behind. What a check asks so is remembered until then; ``now`` itself never is."""
        return self.now > at
