"""What the domain name system says of a host: that it has an address or an alias, or that it has not."""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.silence import Reason, SourceSilent

_TYPES = ("CNAME", "A", "AAAA")


@dataclass(frozen=True, slots=True)
class HostRecords:
    """What stands under a name: its aliases (CNAME targets) and addresses, sorted. All empty: there is no record."""

    host: str
    aliases: tuple[str, ...]
    addresses: tuple[str, ...]

    @property
    def exists(self) -> bool:
        """Whether there is any record."""
        return bool(self.aliases or self.addresses)


class Resolver:
    """Asks name servers: those given (addresses, with a port), else the machine's own."""

    def __init__(
        self, pace: Pace, servers: Iterable[str] = (), port: int = 53, timeout_s: float = 2.0, total_s: float = 6.0
    ) -> None:
        self._pace = pace
        self._servers = tuple(servers)
        self._port = port
        self._timeout_s = timeout_s
        self._total_s = total_s

    def records(self, host: str) -> Answer[HostRecords]:
        """The records of a host. That the name does not exist is an answer; a failing or slow server is silence.

        Raises `SourceSilent`, and `Refused` for what is no host name.
        """
        name = _absolute(host)
        began_at = self._pace.now()
        resolver = self._resolver()
        found = {kind: self._ask(resolver, name, kind) for kind in _TYPES}
        addresses = tuple(sorted((*found["A"], *found["AAAA"])))
        plain = name.to_text(omit_final_dot=True)
        return Answer(HostRecords(plain, tuple(found["CNAME"]), addresses), began_at, f"dns:{plain}")

    def _resolver(self) -> dns.resolver.Resolver:
        try:
            resolver = dns.resolver.Resolver(configure=not self._servers)
        except dns.resolver.NoResolverConfiguration:
            raise SourceSilent(
                Reason.UNREACHABLE, "This machine names no name server", "set platforms.resolver.servers"
            ) from None
        if self._servers:
            resolver.nameservers = list(self._servers)
            resolver.port = self._port
        resolver.timeout, resolver.lifetime, resolver.cache = self._timeout_s, self._total_s, None
        return resolver

    def _ask(self, resolver: dns.resolver.Resolver, name: dns.name.Name, kind: str) -> list[str]:
        try:
            answer = resolver.resolve(name, kind, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.Timeout:
            fault = self._silent(Reason.TIMED_OUT, name, "did not answer in time")
        except dns.resolver.NoNameservers:
            fault = self._silent(Reason.SERVER_ERROR, name, "failed or refused to answer")
        except (dns.exception.DNSException, OSError):
            fault = self._silent(Reason.CUT_OFF, name, "gave no usable answer")
        else:
            kinds = answer.rrset or ()
            return sorted(item.to_text().rstrip(".") for item in kinds)
        raise fault

    def _silent(self, reason: Reason, name: dns.name.Name, how: str) -> SourceSilent:
        servers = ", ".join(self._servers) or "of this machine"
        finding = f"The name servers ({servers}) {how} when asked for {name.to_text(omit_final_dot=True)}"
        return SourceSilent(reason, finding, "ask again later, or name other servers in platforms.resolver.servers")


def _absolute(host: str) -> dns.name.Name:
    try:
        name = dns.name.from_text(host.rstrip(".").lower())
    except (dns.exception.DNSException, UnicodeError):
        raise Refused(f"{host[:60]!r} is no host name; write it like api.example.org.") from None
    if len(name.labels) < 2 or not host.isascii() or not host.isprintable() or " " in host:
        raise Refused(f"{host[:60]!r} is no host name; write it like api.example.org.")
    return name
