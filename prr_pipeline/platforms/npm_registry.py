"""What a registry of npm packages says: whether a version is published, since when, with which digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.service import Service


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that can be installed. ``integrity`` is the digest of its archive, such as ``sha512-...``."""

    package: str
    version: str
    integrity: str
    published_at: datetime


class _Archive(Sent):
    integrity: str


class _Version(Sent):
    name: str
    version: str
    dist: _Archive


class _Package(Sent):
    name: str
    versions: dict[str, _Version] = Field(default_factory=dict)
    time: dict[str, AwareDatetime | dict[str, Any]]


class NpmRegistry:
    """A registry to ask about. 404 is an answer: there is no such package, for this token at least."""

    def __init__(self, service: Service, pace: Pace) -> None:
        self.service = service
        self.reader = Reader(service, pace)

    def versions(self, package: str) -> Answer[tuple[str, ...] | None]:
        """The versions of a package that can be installed, in the registry's order; None if there is no package.

        Raises `SourceSilent`.
        """
        found = self.reader.one_or_none(f"/{segment(package)}", TypeAdapter(_Package))
        if found.value is not None and found.value.name != package:
            raise faults.wrong_shape(self.service, found.address, "as it speaks of another package")
        return found.turned(lambda sent: tuple(sent.versions) if sent else None)

    def version(self, package: str, version: str) -> Answer[PublishedVersion | None]:
        """A version of a package; None if the package or the version is not published, or no longer.

        A scoped name is one segment (``@scope%2Fname``). Raises `SourceSilent`.
        """
        found = self.reader.one_or_none(f"/{segment(package)}", TypeAdapter(_Package))
        if found.value is None or version not in found.value.versions:
            return found.turned(lambda _: None)
        sent, published_at = found.value.versions[version], found.value.time.get(version)
        place = found.address
        if sent.name != package or sent.version != version:
            raise faults.wrong_shape(self.service, place, "as it speaks of another package")
        if not isinstance(published_at, datetime):
            raise faults.wrong_shape(self.service, place, "as the version has no time of publication")
        record = PublishedVersion(package, version, sent.dist.integrity, published_at)
        return found.turned(lambda _: record)
