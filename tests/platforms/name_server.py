"""A tiny name server on loopback UDP that answers as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Answerer = Callable[[dns.message.Message], bytes | None]


class NameServer:
    """Answers each question with bytes, or with nothing. Use it in a ``with`` statement."""

    def __init__(self, answer: Answerer) -> None:
        self._answer = answer
        self.asked: list[tuple[str, str]] = []

    def __enter__(self) -> NameServer:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        self._socket.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._socket.getsockname()[1]
        return port

    def _serve(self) -> None:
        while not self._ends.is_set():
            with suppress(TimeoutError):
                data, sender = self._socket.recvfrom(4096)
                query = dns.message.from_wire(data)
                question = query.question[0]
                self.asked.append((question.name.to_text(), dns.rdatatype.to_text(question.rdtype)))
                answer = self._answer(query)
                if answer is not None:
                    self._socket.sendto(answer, sender)


def records(*lines: tuple[str, str, str]) -> Answerer:
    """A server that holds records (name, type, content); other names do not exist, other types are empty."""

    def answer(query: dns.message.Message) -> bytes:
        reply = dns.message.make_response(query)
        question = query.question[0]
        name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
        aliases = {owner: content for owner, type_, content in lines if type_ == "CNAME"}
        if kind != "CNAME" and name in aliases:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", aliases[name]))
            name = aliases[name]
        found = [content for owner, type_, content in lines if (owner, type_) == (name, kind)]
        if found:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
        elif name not in {owner for owner, _, _ in lines}:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    return answer


def failing(code: dns.rcode.Rcode) -> Answerer:
    """A server that always answers with that code."""

    def answer(query: dns.message.Message) -> bytes:
        reply = dns.message.make_response(query)
        reply.set_rcode(code)
        return reply.to_wire()

    return answer
