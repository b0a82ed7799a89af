"""One repository on GitHub or GitHub Enterprise, and the people that its answers name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.pages import ByLink
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.silence import SourceSilent

T = TypeVar("T")
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Person:
    """An account. People are compared by ``id``: a ``login`` can be renamed and taken by somebody else."""

    id: int
    login: str
    is_bot: bool


class SentUser(Sent):
    """An account as GitHub sends it."""

    id: int
    login: str
    type: str

    def person(self) -> Person:
        """The account as a record. Apps and whatever else is no user count as bots."""
        return Person(self.id, self.login, self.type != "User")


class _SentRepository(Sent):
    full_name: str


class GitHub:
    """A repository to ask about. A 404 is silence everywhere: GitHub also gives it for what a token may not see."""

    def __init__(self, service: Service, owner: str, repository: str, pace: Pace) -> None:
        self.service = service
        self.reader = Reader(service, pace, HEADERS)
        self.owner = owner
        self._path = f"/repos/{segment(owner)}/{segment(repository)}"

    def path(self, tail: str) -> str:
        """A path below the repository."""
        return self._path + tail

    def pages(
        self, path: str, shape: TypeAdapter[T], parameters: Mapping[str, str | int] | None = None
    ) -> Answer[tuple[T, ...]]:
        """Every page at a path."""
        asked = {**(parameters or {}), "per_page": PER_PAGE}
        return self.reader.pages(path, shape, ByLink(self.service), asked)

    def listed(
        self, path: str, shape: TypeAdapter[list[T]], parameters: Mapping[str, str | int] | None = None
    ) -> Answer[tuple[T, ...]]:
        """Every entry of a list that comes as bare arrays."""
        return self.pages(path, shape, parameters).turned(lambda pages: tuple(one for page in pages for one in page))

    def odd(self, answer: Answer[object], where: str) -> SourceSilent:
        """The fault of an answer that contradicts itself or the question."""
        return faults.wrong_shape(self.service, answer.address.partition("?")[0], where)

    def name(self) -> Answer[str]:
        """The repository's full name: the smallest question, to see whether GitHub answers."""
        return self.reader.one(self._path, TypeAdapter(_SentRepository)).turned(lambda found: found.full_name)
