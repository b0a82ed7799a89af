"""Who answers a check's questions: the client of the service that knows, else the folder of recorded answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from prr_pipeline.clock import Clock
from prr_pipeline.control import forge_answers, running_answers
from prr_pipeline.control.platform_clients import PlatformClients
from prr_pipeline.control.recorded_answers import RecordedAnswers
from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.answer import Answer as Told
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.silence import SourceSilent
from prr_pipeline.readiness import remote_facts as asked
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence
from prr_pipeline.settings import Settings

T = TypeVar("T")
NOBODY = None
"""No client can tell; the folder of recorded answers may."""


class ServiceAnswers:
    """Asks the services that the settings name. A question that none of them can tell goes to the recorded answers.

    Raises nothing: whatever goes wrong is a `Silence`, in one sentence without secrets.
    """

    def __init__(self, settings: Settings, environment: Mapping[str, str] | None, pace: Pace, clock: Clock) -> None:
        self._named = settings.platforms
        self._pace = pace
        self._clock = clock
        self._clients = PlatformClients(settings, environment, self._pace)
        folder = settings.platforms.recorded
        self._recorded = RecordedAnswers(settings.path(folder)) if folder is not None else None

    def ask(self, question: Question[T]) -> Answer[T] | Silence:
        """The answer, or why there is none. How old it is, is real; when that was, the deployment's clock says."""
        try:
            told = _ASKERS[type(question)](self, question)
        except SourceSilent as silent:
            return Silence(str(silent), Reason.SOURCE_SILENT)
        except PrrError as fault:
            return Silence(str(fault), Reason.UNREADABLE)
        if isinstance(told, Silence):
            return told
        if told is not NOBODY:
            age = self._pace.now() - told[1].read_at
            return Answer(told[1].value, self._clock.now() - age, told[0])
        if self._recorded is not None:
            return self._recorded.ask(question)
        return Silence(_nobody(question), Reason.NOT_DECLARED)

    def _github(self, ask: Callable[[GitHub], Told[Any]]) -> _Said:
        client, named = self._clients.github(), self._named.github
        if client is None or named is None:
            return NOBODY
        return f"GitHub {named.owner}/{named.repository}", ask(client)

    def _checks(self, question: asked.ChecksAt) -> _Said:
        return self._github(lambda client: forge_answers.checks_at(client, question.commit))

    def _reviews(self, question: asked.ReviewsOf) -> _Said:
        return self._github(lambda client: forge_answers.reviews_at(client, question.commit))

    def _labels(self, question: asked.LabelsOf) -> _Said:
        return self._github(lambda client: forge_answers.labels_at(client, question.commit))

    def _deployments(self, question: asked.DeploymentsTo) -> _Said | Silence:
        environment = self._environment(question.service, question.environment)
        if isinstance(environment, Silence):
            return environment
        return self._github(lambda client: forge_answers.deployments_to(client, question.commit, environment))

    def _gate(self, question: asked.GateApprovals) -> _Said | Silence:
        environment = self._environment(question.service, question.environment)
        if isinstance(environment, Silence):
            return environment
        return self._github(lambda client: forge_answers.gate_approvals(client, question.commit, environment))

    def _environment(self, service: str, environment: str) -> str | Silence:
        """What GitHub calls the environment. Whether it is one per service cannot be guessed."""
        named = self._named.github
        if named is None:
            return environment
        if named.environments is None:
            return Silence(
                "Nothing says what GitHub calls a deployment environment; set platforms.github.environments, such as "
                '"{service}-{environment}", or "{environment}" where each deployment is of all services.',
                Reason.NOT_DECLARED,
            )
        return _filled(named.environments, service, environment)

    def _paging(self, question: asked.PagingServiceOf) -> _Said:
        client, named = self._clients.pagerduty(), self._named.pagerduty
        if client is None or named is None:
            return NOBODY
        name = _filled(named.service, question.service)
        return "PagerDuty", running_answers.paging_service(client, name, self._pace.now())

    def _incidents(self, question: asked.IncidentsOf) -> _Said:
        client, named = self._clients.pagerduty(), self._named.pagerduty
        if client is None or named is None:
            return NOBODY
        name = _filled(named.service, question.service)
        return "PagerDuty", running_answers.incidents_of(client, name, question.since, question.until)

    def _alarms(self, question: asked.AlarmsOf) -> _Said | Silence:
        named = self._named.cloudwatch
        if named is None:
            return NOBODY
        prefix = _filled(named.alarm_prefix or "", question.service, question.stage)
        tags = {key: _filled(value, question.service, question.stage) for key, value in named.alarm_tags.items()}
        if not prefix and not tags:
            return Silence(
                "Nothing says which alarms are of which service; set platforms.cloudwatch.alarm_prefix, such as "
                '"{service}-{stage}-", or alarm_tags.',
                Reason.NOT_DECLARED,
            )
        client = self._clients.cloudwatch()
        return ("CloudWatch", running_answers.alarms_of(client, prefix, tags)) if client is not None else NOBODY

    def _errors(self, question: asked.ErrorProjectOf) -> _Said:
        client, named = self._clients.sentry(), self._named.sentry
        if client is None or named is None:
            return NOBODY
        slug = _filled(named.project, question.service)
        return "Sentry", running_answers.error_project(client, slug)

    def _packages(self, question: asked.PackageVersions) -> _Said:
        client = self._clients.npm_registry()
        if client is None:
            return NOBODY
        return "The npm registry", running_answers.package_versions(client, question.package)

    def _health(self, question: asked.HealthOf) -> _Said:
        client = self._clients.health_probe()
        if client is None:
            return NOBODY
        return "The health address", running_answers.health_of(client, question.host, question.path)

    def _records(self, question: asked.RecordsOf) -> _Said:
        """A resolver knows what the world sees; a zone is asked where there is none."""
        resolver, zone = self._clients.resolver(), self._clients.cloudflare()
        if resolver is not None:
            # It keeps a time of its own: whether the run has any left is asked for it.
            self._pace.monotonic_s()
            found = resolver.records(question.host)
            return "DNS", found.turned(lambda one: (*one.aliases, *one.addresses))
        told = running_answers.records_in_zone(zone, question.host) if zone is not None else None
        return ("Cloudflare", told) if told is not None else NOBODY

    def _unserved(self, _question: Question[Any]) -> _Said:
        """Where alerts go besides people, and what a developer portal knows, no client can tell."""
        return NOBODY


_Said = tuple[str, Told[Any]] | None
"""Who told, and what; None where no client can tell."""
_ASKERS: dict[type[Question[Any]], Callable[[ServiceAnswers, Any], _Said | Silence]] = {
    asked.ChecksAt: ServiceAnswers._checks,
    asked.ReviewsOf: ServiceAnswers._reviews,
    asked.LabelsOf: ServiceAnswers._labels,
    asked.DeploymentsTo: ServiceAnswers._deployments,
    asked.GateApprovals: ServiceAnswers._gate,
    asked.PagingServiceOf: ServiceAnswers._paging,
    asked.IncidentsOf: ServiceAnswers._incidents,
    asked.AlertRouting: ServiceAnswers._unserved,
    asked.AlarmsOf: ServiceAnswers._alarms,
    asked.ErrorProjectOf: ServiceAnswers._errors,
    asked.PackageVersions: ServiceAnswers._packages,
    asked.HealthOf: ServiceAnswers._health,
    asked.RecordsOf: ServiceAnswers._records,
    asked.OauthClientOf: ServiceAnswers._unserved,
}
_SECTIONS: Mapping[type[Question[Any]], str] = {
    asked.ChecksAt: "github",
    asked.ReviewsOf: "github",
    asked.LabelsOf: "github",
    asked.DeploymentsTo: "github",
    asked.GateApprovals: "github",
    asked.PagingServiceOf: "pagerduty",
    asked.IncidentsOf: "pagerduty",
    asked.AlarmsOf: "cloudwatch",
    asked.ErrorProjectOf: "sentry",
    asked.PackageVersions: "npm_registry",
    asked.HealthOf: "health_probe",
    asked.RecordsOf: "resolver] or [platforms.cloudflare",
}


def _nobody(question: Question[Any]) -> str:
    section = _SECTIONS.get(type(question))
    way_out = f"add [platforms.{section}] to prr.toml, or name" if section else "name"
    return f"No service was asked about {question.system}: {way_out} recorded answers (platforms.recorded)."


def _filled(pattern: str, service: str, stage: str = "") -> str:
    """A pattern of the settings with its words in it."""
    return pattern.replace("{service}", service).replace("{stage}", stage).replace("{environment}", stage)
