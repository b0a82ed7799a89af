"""What Cloudflare says of a zone: the DNS records of a host."""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.http.pages import ByNumber, require_total
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.service import Service


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One record. ``content`` is its address or target; a proxied one is answered by Cloudflare itself."""

    name: str
    type: str
    content: str
    is_proxied: bool


class _Record(Sent):
    name: str
    type: str
    content: str = ""
    proxied: bool = False


class _Info(Sent):
    page: int
    total_pages: int
    total_count: int


class _Page(Sent):
    success: Literal[True]
    result: list[_Record]
    result_info: _Info

    @property
    def page(self) -> int:
        return self.result_info.page

    @property
    def total_pages(self) -> int:
        return self.result_info.total_pages


class _Zone(Sent):
    name: str


class _OneZone(Sent):
    success: Literal[True]
    result: _Zone


class Cloudflare:
    """One zone to ask about, by its id."""

    def __init__(self, service: Service, zone: str, pace: Pace) -> None:
        self.service = service
        self.reader = Reader(service, pace)
        self._path = f"/zones/{segment(zone)}"

    def records(self, host: str) -> Answer[tuple[DnsRecord, ...]]:
        """The records of exactly that host, by type and content; none is an answer. Raises `SourceSilent`.

        A zone that does not exist is silence: it is a fault of the settings, not of the host.
        """
        name = host.rstrip(".").lower()
        asked: dict[str, str | int] = {"name.exact": name, "per_page": 100}
        pages = self.reader.pages(f"{self._path}/dns_records", TypeAdapter(_Page), ByNumber(self.service), asked)
        sent = [one for page in pages.value for one in page.result]
        require_total(self.service, pages.address, len(sent), max(one.result_info.total_count for one in pages.value))
        if any(one.name.lower() != name for one in sent):
            raise faults.wrong_shape(self.service, pages.address.partition("?")[0], "as it speaks of another host")
        found = [DnsRecord(one.name, one.type, one.content, one.proxied) for one in sent]
        return pages.turned(lambda _: tuple(sorted(found, key=lambda one: (one.type, one.content))))

    def name(self) -> Answer[str]:
        """The zone's name: the smallest question, to see whether Cloudflare answers."""
        return self.reader.one(self._path, TypeAdapter(_OneZone)).turned(lambda found: found.result.name)
