"""Connections that end with the question's deadline and lead only to addresses that may be asked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from prr_pipeline.platforms.http.origins import Origin, may_connect
from prr_pipeline.platforms.http.pace import Deadline


class AddressRefused(httpcore.ConnectError):
    """A name leads to an address that is never asked, such as a link-local one."""


class DeadlineStream(httpcore.NetworkStream):
    """A connection each of whose reads and writes ends at the deadline, so that bytes that drip do not prolong it."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, within(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, within(self._deadline, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = within(self._deadline, timeout)
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Dialler(httpcore.NetworkBackend):
    """Resolves a name once, refuses addresses that may not be asked, and connects to those very addresses.

    What was checked is what is connected to, so a name that changes its address in between gains nothing. ``proxy``,
    if any, is a host that settings name: it resolves the others, and only its own address can be checked.
    """

    def __init__(
        self, deadline: Deadline, origins: frozenset[Origin], resolve: Callable[[str, int], list[str]] | None = None
    ) -> None:
        self._deadline = deadline
        self._resolve = resolve or system_addresses
        self._loopback = {origin.host for origin in origins if origin.is_loopback}
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception | None = None
        for address in self._addresses(host, port):
            if fault is not None and self._deadline.remaining_s() <= 0:
                break
            seconds = within(self._deadline, timeout)
            try:
                stream = self._inner.connect_tcp(address, port, seconds, local_address, socket_options)
                return DeadlineStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                fault = failed
        raise fault or httpcore.ConnectError("The name leads to no address.")

    def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a name. One that may not be asked spoils them all: the name is not what it seems."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError("The name does not resolve.") from None
        origin = Origin("https", host if host in self._loopback else "name.invalid", port)
        if not all(may_connect(address, origin) for address in addresses):
            raise AddressRefused("The name leads to an address that is never asked.")
        return addresses


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives, in its order and its own time. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def within(deadline: Deadline, timeout: float | None) -> float:
    """The time that one step may take: its own limit, at most what the question has left.

    Raises `httpcore.ReadTimeout` where nothing is left, whatever the step: the time went on answers.
    """
    remaining = deadline.remaining_s()
    if remaining <= 0:
        raise httpcore.ReadTimeout("The question's deadline has passed.")
    return remaining if timeout is None else min(timeout, remaining)
