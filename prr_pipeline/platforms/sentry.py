"""What Sentry says of a project: that it exists, which of its keys are active, which environments it knows."""

from __future__ import annotations

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.pages import ByCursor
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.service import Service


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A key that a program reports errors with. Neither its address (DSN) nor its secret is ever read."""

    id: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class SentryProject:
    """A project with its keys by id and its environments by name, hidden ones left out."""

    slug: str
    name: str
    keys: tuple[ClientKey, ...]
    environments: tuple[str, ...]


class _Project(Sent):
    slug: str
    name: str


class _Key(Sent):
    id: str
    name: str
    isActive: bool


class _Environment(Sent):
    name: str


class _Organisation(Sent):
    slug: str


class Sentry:
    """One organisation to ask about."""

    def __init__(self, service: Service, organisation: str, pace: Pace) -> None:
        self.service = service
        self.reader = Reader(service, pace)
        self._organisation = segment(organisation)

    def project(self, slug: str) -> Answer[SentryProject | None]:
        """A project, None if the organisation has none of that slug. Raises `SourceSilent`."""
        path = f"/api/0/projects/{self._organisation}/{segment(slug)}/"
        found = self.reader.one_or_none(path, TypeAdapter(_Project))
        if found.value is None:
            return found.turned(lambda _: None)
        walk = ByCursor(self.service)
        keys = self.reader.pages(f"{path}keys/", TypeAdapter(list[_Key]), walk)
        environments = self.reader.pages(f"{path}environments/", TypeAdapter(list[_Environment]), walk)
        project = SentryProject(
            found.value.slug,
            found.value.name,
            tuple(sorted((_record(key) for page in keys.value for key in page), key=lambda key: key.id)),
            tuple(sorted(one.name for page in environments.value for one in page)),
        )
        return found.joined(lambda _: project, keys, environments)

    def name(self) -> Answer[str]:
        """The organisation's slug: the smallest question, to see whether Sentry answers."""
        found = self.reader.one(f"/api/0/organizations/{self._organisation}/", TypeAdapter(_Organisation))
        return found.turned(lambda one: one.slug)


def _record(key: _Key) -> ClientKey:
    return ClientKey(key.id, key.name, key.isActive)
