"""Asking one service: a single thing, or a list with all its pages. There is no way to change anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import httpx
from pydantic import TypeAdapter

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Deadline, Pace
from prr_pipeline.platforms.http.reading import read_json
from prr_pipeline.platforms.http.retry import persistently
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.statuses import require_success
from prr_pipeline.platforms.http.wire import Received, Wire
from prr_pipeline.platforms.silence import Reason, SourceSilent, without_frames

T = TypeVar("T")
Parameters = Mapping[str, str | int | Sequence[str]]
NextPage = Callable[[T, Received, int], httpx.URL | None]
"""The address of the page after this one, from the page, how it came and how many there were; None after the last."""


class Reader:
    """Reads from one service. A question is one call; it has one deadline and connections of its own.

    Every method raises `SourceSilent` for anything but a whole answer of the documented form.
    """

    def __init__(self, service: Service, pace: Pace, headers: Mapping[str, str] | None = None) -> None:
        self.service = service
        self.pace = pace
        self._headers = dict(headers or {})

    def one(self, path: str, shape: TypeAdapter[T], parameters: Parameters | None = None) -> Answer[T]:
        """One thing, at a path below the service's base."""
        return self._question(path, parameters, lambda wire, url: self._page(wire, url, shape)[1])

    def one_or_none(self, path: str, shape: TypeAdapter[T]) -> Answer[T | None]:
        """One thing, or None where the service answers 404: for things whose absence is an answer."""
        return self._question(path, None, lambda wire, url: self._page_or_none(wire, url, shape))

    def pages(
        self, path: str, shape: TypeAdapter[T], after: NextPage[T], parameters: Parameters | None = None
    ) -> Answer[tuple[T, ...]]:
        """Every page of a list, in order. ``after`` tells which comes next; see the module `pages`."""
        return self._question(path, parameters, lambda wire, url: tuple(self._walk(wire, url, shape, after)))

    def raw(self, url: str) -> Answer[Received]:
        """Whatever is answered at a whole URL, with any status, in one attempt."""
        began_at = self.pace.now()
        received = self._asked(lambda wire: wire.fetch(httpx.URL(url), self._headers))
        return Answer(received, began_at, received.place)

    def _question(self, path: str, parameters: Parameters | None, ask: Callable[[Wire, httpx.URL], T]) -> Answer[T]:
        began_at = self.pace.now()
        url = httpx.URL(f"{self.service.origin}{self.service.path}{path}")
        asked = url.copy_merge_params(dict(parameters)) if parameters else url
        return Answer(self._asked(lambda wire: ask(wire, asked)), began_at, str(asked))

    def _asked(self, ask: Callable[[Wire], T]) -> T:
        def within() -> T:
            with Wire(self.service, Deadline.after(self.service.limits.total_s, self.pace)) as wire:
                return ask(wire)

        return without_frames(within)

    def _page(self, wire: Wire, url: httpx.URL, shape: TypeAdapter[T], place: str | None = None) -> tuple[Received, T]:
        def ask() -> tuple[Received, T]:
            received = wire.fetch(url, self._headers, place)
            require_success(self.service, received, self.pace.now())
            return received, read_json(self.service, received, shape)

        return persistently(ask, self.service.limits.attempts, wire.deadline)

    def _page_or_none(self, wire: Wire, url: httpx.URL, shape: TypeAdapter[T]) -> T | None:
        try:
            return self._page(wire, url, shape)[1]
        except SourceSilent as silent:
            if silent.reason is not Reason.NOT_FOUND:
                raise
            return None

    def _walk(self, wire: Wire, url: httpx.URL, shape: TypeAdapter[T], after: NextPage[T]) -> Iterator[T]:
        place = faults.place_of(url)
        seen: set[httpx.URL] = set()
        following: httpx.URL | None = url
        while following is not None:
            self._check_walk(following, seen, place)
            seen.add(following)
            received, page = self._page_of_list(wire, following, shape, place, len(seen))
            yield page
            following = after(page, received, len(seen))

    def _page_of_list(
        self, wire: Wire, url: httpx.URL, shape: TypeAdapter[T], place: str, number: int
    ) -> tuple[Received, T]:
        try:
            return self._page(wire, url, shape, place)
        except SourceSilent as silent:
            if number == 1 or silent.reason is not Reason.NOT_FOUND:
                raise
        raise faults.page_missing(self.service, place, f"page {number} is not there")

    def _check_walk(self, url: httpx.URL, seen: set[httpx.URL], place: str) -> None:
        limit = self.service.limits.max_pages
        if url in seen:
            raise faults.endless(self.service, place, f"names a page again that was read, after {len(seen)}")
        if len(seen) >= limit:
            raise faults.endless(self.service, place, f"has more than the {limit} pages that are read of one list")
