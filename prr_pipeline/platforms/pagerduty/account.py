"""One PagerDuty account, and what its answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import TypeAdapter

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.pages import ByOffset
from prr_pipeline.platforms.http.reader import Parameters, Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.silence import SourceSilent

T = TypeVar("T")
P = TypeVar("P", bound="SentPage")
HEADERS = {"Accept": "application/json"}
PER_PAGE = 100


class Reference(Sent):
    """Something named by its id; ``summary`` is its name for people."""

    id: str
    type: str
    summary: str | None = None

    @property
    def name(self) -> str:
        """The name for people, or the id."""
        return self.summary or self.id


class SentPage(Sent):
    """What every page of a list says of itself."""

    limit: int
    offset: int
    more: bool


class PagerDuty:
    """An account to ask about. Ids are the account's own, so a 404 says that there is no such thing."""

    def __init__(self, service: Service, pace: Pace) -> None:
        self.service = service
        self.reader = Reader(service, pace, HEADERS)

    def listed(
        self, path: str, shape: TypeAdapter[P], parameters: Parameters, entries: Callable[[P], list[T]]
    ) -> Answer[tuple[T, ...]]:
        """Every entry of a list, from every page of it."""
        asked = {**parameters, "limit": PER_PAGE}
        pages = self.reader.pages(path, shape, ByOffset(self.service), asked)
        return pages.turned(lambda found: tuple(one for page in found for one in entries(page)))

    def odd(self, answer: Answer[object], where: str) -> SourceSilent:
        """The fault of an answer that contradicts itself or the question."""
        return faults.wrong_shape(self.service, answer.address.partition("?")[0], where)
