"""A service on a loopback port that answers as it is told, keeps what it was asked, and proves that it is ours."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PROOF = "X-Local-Service"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str] = field(repr=False)
    """Not in the repr: a token stands there, and tests look for it in every trace."""
    port: int = 0
    """The caller's, the same for one connection."""

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return dict(reversed(self.query)).get(name)


@dataclass(frozen=True)
class Reply:
    """What to answer. ``promised`` is a length above the body's own, so that the body is cut off."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json; charset=utf-8"
    promised: int | None = None
    hangs: bool = False
    drips: bool = False


def sent(value: object, *headers: tuple[str, str], status: int = 200) -> Reply:
    """A value as JSON."""
    return Reply(status, json.dumps(value).encode(), headers)


Answerer = Callable[[Asked], Reply]


@dataclass
class LocalService:
    """Answers by path. ``otherwise`` overrules all paths while it is set. Use it in a ``with`` statement."""

    routes: dict[str, Answerer] = field(default_factory=dict)
    otherwise: Answerer | None = None
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> LocalService:
        self._token = secrets.token_hex(16)
        self._closing = threading.Event()
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self._prove()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def at(self, path: str, *replies: Reply) -> None:
        """Answer a path with these in turn, the last one for ever."""
        left = list(replies)
        self.routes[path] = lambda asked: left.pop(0) if len(left) > 1 else left[0]

    def answer(self, asked: Asked) -> Reply:
        """What is answered to a request."""
        self.asked.append(asked)
        if self.otherwise is not None:
            return self.otherwise(asked)
        route = self.routes.get(asked.path)
        return route(asked) if route else sent({"message": "Not Found"}, status=404)

    def wait_for_end(self, seconds: float | None = None) -> bool:
        """Hold a thread until the service ends, or that long; whether it ended."""
        return self._closing.wait(seconds)

    def _prove(self) -> None:
        """Another program on this port would not know the token."""
        connection = http.client.HTTPConnection("127.0.0.1", self._server.server_port, timeout=5)
        try:
            connection.request("HEAD", "/")
            assert connection.getresponse().getheader(PROOF) == self._token
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 for one `LocalService`."""

    service: LocalService
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header(PROOF, self.service._token)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        parts = urlsplit(self.path)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        self._say(
            self.service.answer(Asked(self.command, parts.path, query, dict(self.headers), self.client_address[1]))
        )

    do_POST = do_GET

    def _say(self, reply: Reply) -> None:
        if reply.hangs:
            self.service.wait_for_end()
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(reply.promised or len(reply.body)))
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        try:
            self._write(reply)
        except OSError:
            self.close_connection = True

    def _write(self, reply: Reply) -> None:
        if reply.drips:
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                if self.service.wait_for_end(0.02):
                    break
            self.close_connection = True
            return
        self.wfile.write(reply.body)
        if reply.promised is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing: tests read ``asked``."""


def closed_port() -> int:
    """A port on which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    return port
