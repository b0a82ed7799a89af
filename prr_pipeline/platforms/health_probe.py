"""What a deployed service says of itself at its health address: status, version and when."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, UnknownName
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.origins import base_of
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.wire import Received
from prr_pipeline.platforms.silence import without_frames

SERVICE = "{service}"
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Health:
    """One look. Any status is an answer, 503 too. ``version`` is None where the body tells none."""

    status: int
    version: str | None

    @property
    def is_healthy(self) -> bool:
        """Whether the status is 200."""
        return self.status == 200


class HealthProbe:
    """Health addresses per stage, as the settings give them; no other is ever asked.

    An address may hold ``{service}`` once: the service's name goes there, as a label of a host or a part of the path.
    ``version_path`` leads to the version in a JSON body, such as ``build.version``; empty reads none. Of ``service``
    the limits and the way are taken, not the host; no credential is ever sent.
    """

    def __init__(self, addresses: Mapping[str, str], version_path: str, service: Service, pace: Pace) -> None:
        self._addresses = dict(addresses)
        self._version_path = version_path
        self._service = service
        self._pace = pace

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that have an address."""
        return tuple(self._addresses)

    def address(self, stage: str) -> str:
        """The address of a stage as the settings give it. Raises `UnknownName`."""
        if stage not in self._addresses:
            raise UnknownName("stage with a health address", stage, self._addresses)
        return self._addresses[stage]

    def probe(self, stage: str, service: str) -> Answer[Health]:
        """Ask once, without a second attempt: what it says now is the answer.

        Raises `UnknownName` for a stage, `Refused` for a name that is no label of a host, `SourceSilent` where no
        whole answer comes, a redirect leads elsewhere, or a healthy body has no readable version.
        """
        address = self.address(stage)
        if not _LABEL.match(service):
            raise Refused(f"{service[:40]!r} is no label of a host; only lower-case letters, digits and hyphens are.")
        url = address.replace(SERVICE, service)
        origin, _ = base_of(url)
        asked = replace(self._service, name=f"The health address of {stage}", origin=origin, path="", credential=None)
        reader = Reader(asked, self._pace)
        return without_frames(
            lambda: reader.raw(url).turned(lambda found: Health(found.status, self._version(asked, found)))
        )

    def _version(self, service: Service, received: Received) -> str | None:
        if not self._version_path:
            return None
        try:
            found: object = json.loads(received.body)
            for key in self._version_path.split("."):
                found = found[key] if isinstance(found, dict) else None
        except (ValueError, RecursionError, KeyError):
            found = None
        if isinstance(found, str) and 0 < len(found) <= 200:
            return found
        if received.status == 200:
            raise faults.not_json(service, received.place, f"it has no text at {self._version_path}")
        return None
