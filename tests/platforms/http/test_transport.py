"""TLS that proves the host, and the one proxy that the settings name."""

from __future__ import annotations

import dataclasses
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import TypeAdapter

from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import CANARY, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, closed_port, sent

ANY = TypeAdapter(dict[str, int])


def ask(asked: Service) -> dict[str, int]:
    """A small thing."""
    return Reader(asked, FakePace()).one("/x", ANY).value


class Tunnel(BaseHTTPRequestHandler):
    """A proxy that only connects, and keeps what it was told in the clear."""

    told: ClassVar[list[str]] = []

    def do_CONNECT(self) -> None:
        self.told.append(f"{self.requestline}\n{self.headers}")
        host, _, port = self.path.rpartition(":")
        with suppress(ConnectionError), socket.create_connection((host, int(port))) as other:
            self.send_response(200)
            self.end_headers()
            ends = {self.connection: other, other: self.connection}
            while ends:
                for one in select.select(list(ends), [], [], 5)[0]:
                    data = one.recv(4096)
                    if not data:
                        return
                    ends[one].sendall(data)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def tunnel() -> Iterator[str]:
    """The address of such a proxy."""
    Tunnel.told.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Tunnel)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_of_nobody_is_not_trusted(encrypted: str, caplog: pytest.LogCaptureFixture) -> None:
    """Encryption without proof is none; there is no switch for it."""
    silent = silence_of(lambda: ask(service(encrypted)), caplog)
    assert silent.reason is Reason.UNTRUSTED
    assert "platforms.shop.ca_file" in silent.way_out


def test_a_certificate_counts_for_its_host_alone(
    encrypted: str, certificate: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the connection goes to the same address: what is proved is the name of the settings."""
    asked = dataclasses.replace(service(encrypted.replace("127.0.0.1", "localhost")), ca_file=certificate)
    assert silence_of(lambda: ask(asked), caplog).reason is Reason.UNTRUSTED


def test_an_authority_of_ones_own_is_trusted(encrypted: str, certificate: Path) -> None:
    """By its file in the settings."""
    assert ask(dataclasses.replace(service(encrypted), ca_file=certificate)) == {"a": 1}


def test_an_authority_that_cannot_be_read_is_said_so(
    encrypted: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Instead of falling back to others."""
    asked = dataclasses.replace(service(encrypted), ca_file=tmp_path / "none.pem")
    assert silence_of(lambda: ask(asked), caplog).reason is Reason.UNTRUSTED


def test_the_proxy_of_the_settings_is_used(server: LocalService) -> None:
    """It alone; the service itself is then not called."""
    with LocalService() as proxy:
        proxy.otherwise = lambda asked: sent({"a": 2})
        asked = dataclasses.replace(service(server.url), proxy=proxy.url)
        assert ask(asked) == {"a": 2}
    assert server.asked == []


def test_a_proxy_sees_the_host_and_nothing_else(encrypted: str, certificate: Path, tunnel: str) -> None:
    """The certificate is verified through it, and the token goes within the encryption."""
    asked = dataclasses.replace(service(encrypted), ca_file=certificate, proxy=tunnel)
    assert ask(asked) == {"a": 1}
    [told] = Tunnel.told
    assert told.startswith(f"CONNECT {encrypted.removeprefix('https://')} ")
    assert CANARY not in told


def test_a_certificate_of_nobody_is_not_trusted_through_a_proxy(
    encrypted: str, tunnel: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The proxy could be the one that answers."""
    asked = dataclasses.replace(service(encrypted), proxy=tunnel)
    assert silence_of(lambda: ask(asked), caplog).reason is Reason.UNTRUSTED


def test_a_proxy_that_is_not_there_is_unreachable(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """The service is not asked past it."""
    asked = dataclasses.replace(service(server.url), proxy=f"http://127.0.0.1:{closed_port()}")
    assert silence_of(lambda: ask(asked), caplog).reason is Reason.UNREACHABLE
    assert server.asked == []
