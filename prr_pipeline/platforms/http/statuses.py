"""What a status code says: an answer, or why there is none."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.platforms.http.faults import silence
from prr_pipeline.platforms.http.rate_limits import again_at, is_rate_limited
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.wire import Received
from prr_pipeline.platforms.silence import Reason


def require_success(service: Service, received: Received, now: datetime) -> None:
    """Return for 200. Raises `SourceSilent` for any other status, with the reason and the way out."""
    status, place = received.status, received.place
    if status == 200:
        return
    until = again_at(received.headers, now)
    if is_rate_limited(status, received.headers):
        out = "ask again then, and less often"
        raise silence(service, Reason.RATE_LIMITED, f"at {place} is rate limited (status {status})", out, until)
    if status >= 500:
        out = "ask again later"
        raise silence(service, Reason.SERVER_ERROR, f"at {place} is out of order (status {status})", out, until)
    reason, finding, way_out = _refusal(service, status)
    raise silence(service, reason, f"at {place} {finding}", way_out)


def _refusal(service: Service, status: int) -> tuple[Reason, str, str]:
    known = service.credential
    whose = f"the token in {known.variable}" if known else "the caller"
    if status == 401:
        way_out = f"renew {whose}" if known else f"give {service.section} credentials as docs/platforms.md says"
        return Reason.UNAUTHORIZED, f"refused {whose} (status 401)", way_out
    if status == 403:
        way_out = f"give {whose} the rights that docs/platforms.md lists for {service.section}"
        return Reason.FORBIDDEN, f"does not let {whose} read this (status 403)", way_out
    if status == 404:
        way_out = f"correct the name in {service.section} or in the question, or let {whose} see it"
        return Reason.NOT_FOUND, "knows no such thing, or does not show it (status 404)", way_out
    finding = f"answered with the unexpected status {status}"
    return Reason.UNEXPECTED_STATUS, finding, f"see that {service.section} names the API itself"
