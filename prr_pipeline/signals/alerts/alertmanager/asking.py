"""Ask Alertmanager what fires and since when it runs, within one deadline, and keep what comes of a broken answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime

import httpx
from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.http.faults import place_of, silence
from prr_pipeline.platforms.http.pace import Deadline, Pace
from prr_pipeline.platforms.http.reading import Sent, read_json, require_json_type
from prr_pipeline.platforms.http.retry import persistently
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.statuses import require_success
from prr_pipeline.platforms.http.wire import Received, Wire
from prr_pipeline.platforms.silence import Reason, SourceSilent, without_frames

ALERTS = "/api/v2/alerts"
STATUS = "/api/v2/status"
GRAVE = r'severity=~"(?i)\s*(critical|page)\s*"'
"""A matcher for what rolls back."""
_ALL_STATES = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}


class _Status(Sent):
    uptime: AwareDatetime
    """When it was started, whatever the name says."""


_FORM = TypeAdapter(_Status)

_REFUSALS = {
    400: (Reason.UNEXPECTED_STATUS, "does not understand the matchers", 'write each of {}.matchers like env="prod"'),
    401: (
        Reason.UNAUTHORIZED,
        "does not take the credential",
        "renew it, or correct {0}.token_variable or {0}.token_scheme",
    ),
    403: (Reason.FORBIDDEN, "does not let this credential read alerts", "let it, or name another in {}.token_variable"),
    404: (Reason.NOT_FOUND, "has no such API", "correct {}.url: it is the base address, without /api/v2"),
}


@dataclass(slots=True)
class Heard:
    """What came. ``body`` is the whole list, ``fragments`` what came of lists that broke off; ``fault`` is a sentence.

    ``started_at`` is when Alertmanager was started, None if there is a fault.
    """

    body: bytes | None = field(default=None, repr=False)
    fragments: list[bytes] = field(default_factory=list, repr=False)
    started_at: datetime | None = None
    fault: str = ""


def ask(service: Service, matchers: Sequence[str], pace: Pace) -> Heard:
    """The list first, then the start: one that happened in between shows. Never raises for a bad answer."""
    heard = Heard()
    try:
        without_frames(lambda: _converse(service, matchers, pace, heard))
    except SourceSilent as silent:
        heard.fault = str(silent)
    return heard


def _converse(service: Service, matchers: Sequence[str], pace: Pace, heard: Heard) -> None:
    attempts = service.limits.attempts
    with Wire(service, Deadline.after(service.limits.total_s, pace)) as wire:
        try:
            heard.body = persistently(lambda: _list(wire, matchers, pace, heard.fragments), attempts, wire.deadline)
        except SourceSilent as silent:
            if silent.reason is Reason.TOO_LARGE:
                _ask_for_the_gravest(wire, matchers, pace, heard.fragments)
            raise
        heard.started_at = persistently(lambda: _started(wire, pace), attempts, wire.deadline)


def _ask_for_the_gravest(wire: Wire, matchers: Sequence[str], pace: Pace, fragments: list[bytes]) -> None:
    """In a storm of alerts the one that rolls back may stand behind the cap."""
    with suppress(SourceSilent):
        fragments.append(_list(wire, [*matchers, GRAVE], pace, fragments))


def _url(service: Service, path: str) -> httpx.URL:
    return httpx.URL(f"{service.origin}{service.path}{path}")


def _list(wire: Wire, matchers: Sequence[str], pace: Pace, fragments: list[bytes]) -> bytes:
    """The body of the list. What comes of one that breaks off, or calls itself something else, is a fragment."""
    url = _url(wire.service, ALERTS).copy_merge_params({**_ALL_STATES, "filter": list(matchers)})
    came = bytearray()
    try:
        received = _fetched(wire, url, pace, came)
        require_json_type(wire.service, received)
    except SourceSilent:
        if came:
            fragments.append(bytes(came))
        raise
    return received.body


def _started(wire: Wire, pace: Pace) -> datetime:
    received = _fetched(wire, _url(wire.service, STATUS), pace)
    return read_json(wire.service, received, _FORM).uptime.astimezone(UTC)


def _fetched(wire: Wire, url: httpx.URL, pace: Pace, came: bytearray | None = None) -> Received:
    """The answer of that very address with status 200: whoever redirects may have dropped the matchers."""
    try:
        received = wire.fetch(url, heard=came)
    except SourceSilent as silent:
        if silent.reason is not Reason.REDIRECTED:
            raise
        received = None
    if received is None or received.url != url:
        if came:
            came.clear()
        finding = f"at {place_of(url)} redirects, which is not followed"
        raise silence(wire.service, Reason.REDIRECTED, finding, f"name the API itself as {wire.service.section}.url")
    if received.status in _REFUSALS:
        reason, finding, way_out = _REFUSALS[received.status]
        what = f"at {received.place} {finding} (status {received.status})"
        raise silence(wire.service, reason, what, way_out.format(wire.service.section))
    require_success(wire.service, received, pace.now())
    return received
