"""What the services around a repository are asked, and what they answer: provider-neutral questions and records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Literal

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.questions import Answer as Answer
from prr_pipeline.readiness.questions import Question as Question
from prr_pipeline.readiness.questions import RemoteFacts as RemoteFacts
from prr_pipeline.readiness.questions import Silence as Silence

CheckState = Literal["success", "failure", "pending", "skipped", "neutral"]
DeploymentState = Literal["success", "failure", "pending", "inactive"]


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run or commit status, its latest attempt. Skipped and neutral are no success."""

    name: str
    state: CheckState
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChecksAt(Question[tuple[CheckRun, ...]]):
    """Everything that CI said of a commit."""

    system: ClassVar[str] = "ci"
    commit: str


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's latest deciding review, or a decision at a gate. ``at`` is None where nobody tells the time.

    ``at_commit`` is the commit that was asked about where the person saw all of it. ``groups``: teams of the person.
    """

    person: str
    approved: bool
    at: datetime | None
    is_author: bool
    is_bot: bool
    at_commit: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewsOf(Question[tuple[Approval, ...]]):
    """Who reviewed the change that carries a commit."""

    system: ClassVar[str] = "reviews"
    commit: str


@dataclass(frozen=True, slots=True)
class LabelsOf(Question[tuple[str, ...]]):
    """The labels of the change that carries a commit; none if no change does."""

    system: ClassVar[str] = "reviews"
    commit: str


@dataclass(frozen=True, slots=True)
class GateApprovals(Question[tuple[Approval, ...]]):
    """Who let a commit of a service through the gate of a deployment environment, oldest decision first."""

    system: ClassVar[str] = "deployments"
    service: str
    commit: str
    environment: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment. ``superseded_at`` is when another commit replaced it; None while it is live."""

    commit: str
    state: DeploymentState
    created_at: datetime
    succeeded_at: datetime | None
    superseded_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeploymentsTo(Question[tuple[Deployment, ...]]):
    """The deployments of a commit of a service to an environment, newest first; an answer may hold other commits'."""

    system: ClassVar[str] = "deployments"
    service: str
    commit: str
    environment: str


@dataclass(frozen=True, slots=True)
class Health:
    """What a health address answered. ``version`` is what the body says is running there; None if it does not say."""

    status: int
    version: str | None


@dataclass(frozen=True, slots=True)
class HealthOf(Question[Health]):
    """Whether a service answers at a host."""

    system: ClassVar[str] = "health"
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class RecordsOf(Question[tuple[str, ...]]):
    """The address records of a host name; empty if there are none."""

    system: ClassVar[str] = "dns"
    host: str


@dataclass(frozen=True, slots=True)
class PackageVersions(Question[tuple[str, ...]]):
    """The published versions of a package; empty if there is no such package."""

    system: ClassVar[str] = "packages"
    package: str


@dataclass(frozen=True, slots=True)
class ErrorProject:
    """A project that takes error reports. ``active_keys`` is how many keys may report."""

    exists: bool
    active_keys: int
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErrorProjectOf(Question[ErrorProject]):
    """The error-reporting project of a service."""

    system: ClassVar[str] = "errors"
    service: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as it stands. ``statistic`` as the provider writes it, such as ``p99`` or ``Sum``."""

    name: str
    metric: str
    statistic: str


@dataclass(frozen=True, slots=True)
class AlarmsOf(Question[tuple[Alarm, ...]]):
    """The alarms of a service in a stage."""

    system: ClassVar[str] = "alarms"
    service: str
    stage: str


@dataclass(frozen=True, slots=True)
class AlertRouting(Question[Mapping[str, tuple[str, ...]]]):
    """Where alerts of a service go in a stage: severity to actions such as ``page`` and ``slack``."""

    system: ClassVar[str] = "paging"
    service: str
    stage: str


@dataclass(frozen=True, slots=True)
class PagingService:
    """A service as the paging system knows it."""

    exists: bool
    on_call: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PagingServiceOf(Question[PagingService]):
    """Whether the paging system knows a service, and who is on call for it."""

    system: ClassVar[str] = "paging"
    service: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident. ``acknowledged_at`` is None while nobody took it."""

    id: str
    title: str
    state: Literal["triggered", "acknowledged", "resolved"]
    opened_at: datetime
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentsOf(Question[tuple[Incident, ...]]):
    """The incidents of a service that were open within a window; an answer may hold others too."""

    system: ClassVar[str] = "paging"
    named_by: ClassVar[tuple[str, ...]] = ("service",)
    service: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OauthClient:
    """A client as the developer portal knows it."""

    exists: bool
    redirect_uris: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OauthClientOf(Question[OauthClient]):
    """A client of the developer portal by its id."""

    system: ClassVar[str] = "portal"
    client_id: str
