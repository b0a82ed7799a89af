"""The sentences of a silent service, one function per way in which it fails. None holds what the service sent."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import httpcore
import httpx

from prr_pipeline.platforms.http.dialling import AddressRefused
from prr_pipeline.platforms.http.origins import Origin
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.silence import Reason, SourceSilent

T = TypeVar("T")
_HOST = re.compile(r"[a-z0-9.\-]{1,100}\Z")


def place_of(url: httpx.URL) -> str:
    """An address as people may see it: without query, fragment and user."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))


def host_word(url: httpx.URL) -> str:
    """The host of an address that a service named, if it looks like one."""
    return url.host if _HOST.match(url.host) else "another host"


def silence(
    service: Service, reason: Reason, finding: str, way_out: str, until: datetime | None = None
) -> SourceSilent:
    """The fault with the service's name before it, the credential blotted out wherever it might stand."""
    return SourceSilent(reason, service.hidden(f"{service.name} {finding}"), way_out, until=until)


def translated(service: Service, origin: Origin, ask: Callable[[], T]) -> T:
    """Do it; every fault of the network becomes a `SourceSilent`."""
    try:
        return ask()
    except SourceSilent:
        raise
    except AddressRefused:
        fault = _address_refused(service, origin)
    except (httpcore.ConnectTimeout, httpcore.PoolTimeout):
        fault = _timed_out(service, origin, "did not take the connection in time")
    except httpcore.TimeoutException:
        fault = _timed_out(service, origin, "did not answer in time")
    except (httpcore.ConnectError, httpcore.ProxyError) as failed:
        fault = _untrusted(service, origin) if _is_tls(failed) else _unreachable(service, origin)
    except (httpcore.NetworkError, httpcore.ProtocolError):
        fault = silence(service, Reason.CUT_OFF, f"at {origin} broke off its answer", "ask again later")
    raise fault


def authority_unreadable(service: Service) -> SourceSilent:
    """The file with the authorities to trust is missing or none."""
    return silence(service, Reason.UNTRUSTED, "is not asked, as its CA file cannot be read", _ca(service))


def too_large(service: Service, place: str, limit: int) -> SourceSilent:
    """The body goes on beyond the cap."""
    finding = f"at {place} sent more than the {limit} bytes that are read of one answer"
    return silence(service, Reason.TOO_LARGE, finding, f"ask for less, or raise {service.section}.max_bytes")


def not_json(service: Service, place: str, why: str) -> SourceSilent:
    """The body is none that can be parsed."""
    way_out = f"see that {service.section} names the API itself and that no log-in page stands before it"
    return silence(service, Reason.NOT_JSON, f"at {place} sent no usable JSON: {why}", way_out)


def wrong_shape(service: Service, place: str, where: str) -> SourceSilent:
    """JSON, but not as the provider documents it."""
    way_out = "see that the address and its version are those of the provider's API"
    return silence(service, Reason.WRONG_SHAPE, f"at {place} sent another form than documented, {where}", way_out)


def redirected(service: Service, place: str, whereto: str) -> SourceSilent:
    """A redirect that is not followed."""
    way_out = f"correct its address in {service.section}, or add that host to {service.section}.allowed_hosts"
    return silence(service, Reason.REDIRECTED, f"at {place} redirects {whereto}, which is not allowed", way_out)


def host_not_allowed(service: Service, host: str) -> SourceSilent:
    """An address, given by a link or by us, that the settings do not allow."""
    allowed = ", ".join(sorted(map(str, service.origins)))
    finding = f"is not asked at {host}, as only {allowed} may be asked"
    return silence(service, Reason.HOST_NOT_ALLOWED, finding, f"add the host to {service.section}.allowed_hosts")


def page_missing(service: Service, place: str, finding: str) -> SourceSilent:
    """A list of which not every page can be read."""
    way_out = "ask again, as half a list is no list"
    return silence(service, Reason.PAGE_MISSING, f"at {place} gave half a list: {finding}", way_out)


def endless(service: Service, place: str, finding: str) -> SourceSilent:
    """A list that does not end within what is read."""
    way_out = f"ask for less, or raise {service.section}.max_pages"
    return silence(service, Reason.ENDLESS_PAGES, f"at {place} {finding}", way_out)


def _timed_out(service: Service, origin: Origin, how: str) -> SourceSilent:
    way_out = f"ask again later, or raise the time-outs in {service.section}"
    return silence(service, Reason.TIMED_OUT, f"at {origin} {how}", way_out)


def _unreachable(service: Service, origin: Origin) -> SourceSilent:
    way_out = f"see that the host and port in {service.section} are right and reachable from here"
    return silence(service, Reason.UNREACHABLE, f"at {origin} cannot be reached", way_out)


def _untrusted(service: Service, origin: Origin) -> SourceSilent:
    return silence(service, Reason.UNTRUSTED, f"at {origin} cannot prove by TLS that it is that host", _ca(service))


def _address_refused(service: Service, origin: Origin) -> SourceSilent:
    finding = f"is not asked at {origin}, as the name leads to an address inside this machine or its network's own"
    return silence(service, Reason.HOST_NOT_ALLOWED, finding, f"correct the host in {service.section}")


def _ca(service: Service) -> str:
    return f"see that its certificate is valid, or name your authority's file as {service.section}.ca_file"


def _is_tls(fault: BaseException | None) -> bool:
    while fault is not None:
        if isinstance(fault, ssl.SSLError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False
