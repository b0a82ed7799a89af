"""One request and its whole answer, through allowed redirects, under a cap of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

import httpx

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.origins import Origin, origin_of
from prr_pipeline.platforms.http.pace import Deadline
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.transport import GuardedTransport

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_HEADERS = {"User-Agent": "prr-pipeline", "Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, whole. ``place`` is the address that was asked, as people may see it; a service never chose it."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    url: httpx.URL = field(repr=False)
    place: str


class Wire:
    """The requests of one question. Close it after use, best by ``with``."""

    def __init__(self, service: Service, deadline: Deadline) -> None:
        self.service = service
        self.deadline = deadline
        try:
            self._transport = GuardedTransport(service, deadline)
        except OSError:
            raise faults.authority_unreadable(service) from None
        timeout = httpx.Timeout(service.limits.read_s, connect=service.limits.connect_s)
        self._extensions = {"timeout": timeout.as_dict()}

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def fetch(
        self,
        url: httpx.URL,
        headers: Mapping[str, str] | None = None,
        place: str | None = None,
        heard: bytearray | None = None,
    ) -> Received:
        """GET an address. Redirects are followed within the allowed hosts. Raises `SourceSilent`.

        ``place`` is what sentences call it; it is given for an address that a service chose, as it may hold anything.
        ``heard`` takes what comes of the body of a status 200, for whom even a broken answer tells something.
        """
        shown = place or faults.place_of(url)
        for _ in range(_MAX_REDIRECTS + 1):
            received = self._send("GET", url, headers or {}, b"", shown, heard)
            target = received.headers.get("location")
            if received.status not in _REDIRECTS or target is None:
                return received
            url = self._followed(received, target)
        raise faults.redirected(self.service, shown, "further again and again")

    def enquire(self, url: str, headers: Mapping[str, str], body: bytes) -> Received:
        """POST a question, for protocols that know no other way to ask. The caller proves that it only asks.

        The headers are sent as they are, without the service's credential. A redirect is not followed.
        """
        address = httpx.URL(url)
        received = self._send("POST", address, headers, body, faults.place_of(address))
        if received.status in _REDIRECTS:
            raise faults.redirected(self.service, received.place, "elsewhere")
        return received

    def _send(
        self,
        method: Literal["GET", "POST"],
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes,
        place: str,
        heard: bytearray | None = None,
    ) -> Received:
        origin = self._allowed(url)
        request = httpx.Request(method, url, headers=_HEADERS, content=body or None, extensions=dict(self._extensions))
        request.headers.update(headers)
        known = self.service.credential
        if known and method == "GET" and origin == self.service.origin:
            request.headers["Authorization"] = known.prefix + known.secret.reveal()
        return faults.translated(self.service, origin, lambda: self._received(request, place, heard))

    def _received(self, request: httpx.Request, place: str, heard: bytearray | None) -> Received:
        # The transport alone: httpx's client would read redirects and keep cookies.
        response = self._transport.handle_request(request)
        try:
            if response.headers.get("content-encoding", "identity") != "identity":
                raise faults.not_json(self.service, place, "it came compressed, which was not asked for")
            body = self._body(response, place, heard if response.status_code == 200 else None)
        finally:
            response.close()
        return Received(response.status_code, response.headers, body, request.url, place)

    def _body(self, response: httpx.Response, place: str, heard: bytearray | None) -> bytes:
        limit = self.service.limits.max_bytes
        body = bytearray() if heard is None else heard
        for part in response.iter_raw():
            body += part
            if len(body) > limit:
                raise faults.too_large(self.service, place, limit)
        return bytes(body)

    def _followed(self, received: Received, target: str) -> httpx.URL:
        try:
            url = received.url.join(target)
            allowed = origin_of(str(url)) in self.service.origins
        except (PrrError, httpx.InvalidURL, ValueError):
            raise faults.redirected(self.service, received.place, "to what is no address of ours") from None
        if not allowed:
            raise faults.redirected(self.service, received.place, f"to {faults.host_word(url)}")
        return url

    def _allowed(self, url: httpx.URL) -> Origin:
        try:
            origin = origin_of(str(url))
        except PrrError:
            raise faults.host_not_allowed(self.service, "an address that is none") from None
        if origin not in self.service.origins:
            raise faults.host_not_allowed(self.service, str(origin))
        return origin
