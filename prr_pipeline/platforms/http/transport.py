"""The transport: verified TLS, no proxy but the one set, connections of one question alone."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import certifi
import httpcore
import httpx

from prr_pipeline.platforms.http.dialling import Dialler
from prr_pipeline.platforms.http.origins import proxy_of
from prr_pipeline.platforms.http.pace import Deadline
from prr_pipeline.platforms.http.service import Service

for _name in ("httpx", "httpcore"):
    # They write addresses and headers of answers into the log, and those may hold what a service signed or echoed.
    logging.getLogger(_name).setLevel(logging.WARNING)


class GuardedTransport(httpx.BaseTransport):
    """Carries requests of one question to one service. Raises `httpcore`'s exceptions, from the body too."""

    def __init__(self, service: Service, deadline: Deadline) -> None:
        origins = service.origins | ({proxy_of(service.proxy)} if service.proxy else frozenset())
        dialler = Dialler(deadline, origins)
        context = trust(service.ca_file) if any(one.scheme == "https" for one in origins) else None
        proxy = httpcore.Proxy(service.proxy) if service.proxy else None
        self._pool = httpcore.ConnectionPool(context, proxy, max_connections=1, network_backend=dialler)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The body as it comes."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@cache
def trust(ca_file: Path | None) -> ssl.SSLContext:
    """The authorities that are trusted: the well-known ones, or those of a file alone. Raises `OSError`."""
    return ssl.create_default_context(cafile=ca_file or certifi.where())
