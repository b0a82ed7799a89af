"""Which page of a list comes next, in each of the ways in which providers tell it."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.origins import origin_of
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.wire import Received


class Offset(Protocol):
    """A page that says where it starts, how long pages are, and whether there is more."""

    @property
    def offset(self) -> int: ...
    @property
    def limit(self) -> int: ...
    @property
    def more(self) -> bool: ...


class Numbered(Protocol):
    """A page that says its number and how many there are."""

    @property
    def page(self) -> int: ...
    @property
    def total_pages(self) -> int: ...


class ByLink:
    """GitHub: the header `Link` names the next page until the last. It must lie on the service's own host."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self, page: Any, received: Received, number: int) -> httpx.URL | None:
        return self._next(received)

    def _next(self, received: Received) -> httpx.URL | None:
        target = _links(received).get("next", {}).get("url")
        if target is None:
            return None
        try:
            url = received.url.join(target)
            own = origin_of(str(url)) == self._service.origin
        except (PrrError, httpx.InvalidURL, ValueError):
            own = False
        if not own:
            raise faults.host_not_allowed(self._service, "another host, which a page names as the next one")
        return url


class ByCursor(ByLink):
    """Sentry: there is always a next link; its mark `results` says whether anything is there."""

    def __call__(self, page: Any, received: Received, number: int) -> httpx.URL | None:
        results = _links(received).get("next", {}).get("results")
        return self._next(received) if results != "false" else None


class ByOffset:
    """PagerDuty: `more` says whether to ask again, from `offset` plus `limit`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self, page: Offset, received: Received, number: int) -> httpx.URL | None:
        if not page.more:
            return None
        if page.limit < 1:
            raise faults.endless(self._service, received.place, "says that there is more, in pages without length")
        return received.url.copy_set_param("offset", page.offset + page.limit)


class ByNumber:
    """Cloudflare: pages are numbered, and each says how many there are."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self, page: Numbered, received: Received, number: int) -> httpx.URL | None:
        if page.page != number:
            raise faults.page_missing(self._service, received.place, f"page {number} was asked, another one came")
        return received.url.copy_set_param("page", number + 1) if number < page.total_pages else None


def require_total(service: Service, place: str, found: int, announced: int) -> None:
    """Raise `SourceSilent` when a list is shorter than the service says."""
    if found < announced:
        raise faults.page_missing(service, place, f"{announced} entries were announced and {found} came")


def _links(received: Received) -> dict[str | None, dict[str, str]]:
    """The `Link` header by relation, as httpx reads it."""
    return httpx.Response(200, headers={"Link": received.headers.get("link", "")}).links
