"""Which hosts may be asked: origins from the settings, and the addresses that a name may never lead to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

_PORTS = {"https": 443, "http": 80}
_METADATA = {ip_address("fd00:ec2::254"), ip_address("100.100.100.200")}
"""Where clouds hand credentials to whoever asks, beyond the link-local addresses."""


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Scheme, host in lower case, and port: what an allow-list holds."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _PORTS.get(self.scheme) == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine by its very name, as in tests and side-cars."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def origin_of(url: str) -> Origin:
    """The origin of a URL to ask. Raises `PrrError`, without the URL in its sentence where that may hold a secret."""
    origin = proxy_of(url)
    if origin.scheme == "http" and not origin.is_loopback:
        raise PrrError(f"The address {origin} is not encrypted; only loopback may be asked by http, so use https.")
    return origin


def proxy_of(url: str) -> Origin:
    """The origin of a proxy, which may be spoken to by http: what goes through it is encrypted. Raises `PrrError`."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise PrrError("An address is no URL; write it like https://api.example.org.") from None
    if parts.username is not None or parts.password is not None:
        raise PrrError("An address holds a name or password before its host; give the credential by its variable.")
    if parts.scheme not in _PORTS or not host or not host.isascii():
        raise PrrError("An address is no http or https URL with a host; write it like https://api.example.org.")
    return Origin(parts.scheme, host, _PORTS[parts.scheme] if port is None else port)


def base_of(url: str) -> tuple[Origin, str]:
    """The origin and path of a base URL, the path without its last slash. Raises `PrrError` for a query or fragment."""
    origin = origin_of(url)
    parts: SplitResult = urlsplit(url)
    if parts.query or parts.fragment:
        raise PrrError(f"The base address at {origin} has a query or a fragment; leave it out.")
    return origin, parts.path.rstrip("/")


def may_connect(address: str, origin: Origin) -> bool:
    """Whether a name may lead to this address: never to link-local ones and the like, to loopback only by its name."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return origin.is_loopback
    return not _is_special(found)


def _is_special(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA
    return special or (isinstance(address, IPv4Address) and address.is_reserved)
