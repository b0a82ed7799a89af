"""The options of the Prometheus source, read strictly, and the reader that they make for one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http.origins import base_of, origin_of, proxy_of
from prr_pipeline.platforms.http.pace import Deadline, Pace, RealPace
from prr_pipeline.platforms.http.reader import Parameters, Reader
from prr_pipeline.platforms.http.service import Credential, Limits, Service, service_at
from prr_pipeline.platforms.secret import VARIABLE, secret_from
from prr_pipeline.signals.by_name import check_options
from prr_pipeline.signals.metrics.queries import DEFAULT_QUERIES, Queries, queries_from

T = TypeVar("T")
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PrometheusOptions:
    """``url`` is the base, without ``/api/v1``: https, or http on loopback. Times are for each read
    of a connection, and for one question with all its requests.

    ``queries`` are by metric. A token is the value of the environment variable ``token_variable``.
    """

    url: str
    queries: Mapping[str, Queries]
    allowed_hosts: tuple[str, ...] = ()
    ca_file: Path | None = None
    max_series: int = 1_000
    proxy: str | None = None
    read_timeout_seconds: int = 5
    token_variable: str | None = None
    total_timeout_seconds: int = 10
    variant_label: str = "variant"

    @classmethod
    def read(cls, options: Mapping[str, object], root: Path) -> PrometheusOptions:
        """The options as the settings hold them. Raises `UnknownName` and `PrrError`."""
        check_options("metric source prometheus", options, [field.name for field in fields(cls)])
        ca_file = _text(options, "ca_file", None)
        hosts = options.get("allowed_hosts", [])
        if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
            raise PrrError(f"The prometheus option allowed_hosts is {hosts!r}; give a list of hosts by https.")
        found = cls(
            url=_text(options, "url", None) or "",
            queries=_queries(options.get("queries", {})),
            allowed_hosts=tuple(hosts),
            ca_file=root / ca_file if ca_file else None,
            max_series=_whole(options, "max_series", 1_000, 100_000),
            proxy=_text(options, "proxy", None),
            read_timeout_seconds=_whole(options, "read_timeout_seconds", 5, 300),
            token_variable=_text(options, "token_variable", None),
            total_timeout_seconds=_whole(options, "total_timeout_seconds", 10, 600),
            variant_label=_text(options, "variant_label", None) or "variant",
        )
        found._check()
        return found

    def _check(self) -> None:
        """Raise `PrrError` for an address that may not be asked, and for a token where its variable belongs."""
        if not self.url:
            raise PrrError(
                "The prometheus option url is missing; give its address, such as https://prometheus.example."
            )
        base_of(self.url)
        for host in self.allowed_hosts:
            origin_of(host)
        if self.proxy:
            proxy_of(self.proxy)
        if self.token_variable is not None and not VARIABLE.match(self.token_variable):
            raise PrrError(
                "The prometheus option token_variable is no name of an environment variable, such as "
                "PRR_PROMETHEUS_TOKEN; if it is the token itself, renew that and take it out of the settings."
            )


class TimedReader:
    """Asks within the time of one question, however many requests that takes; each is tried once."""

    def __init__(self, service: Service, pace: Pace) -> None:
        self._service = service
        self._pace = pace
        self._deadline = Deadline.after(service.limits.total_s, pace)

    def one(self, path: str, shape: TypeAdapter[T], parameters: Parameters) -> T:
        """One answer. Raises `SourceSilent`."""
        limits = replace(self._service.limits, total_s=self._deadline.remaining_s())
        return Reader(replace(self._service, limits=limits), self._pace).one(path, shape, parameters).value


def reader_for(options: PrometheusOptions, environment: Mapping[str, str] | None, pace: Pace | None) -> TimedReader:
    """A reader for one question, at allowed hosts. Raises `SourceSilent` for a token that is not set."""
    name, variable = "Prometheus", options.token_variable
    credential = Credential(variable, "Bearer ", secret_from(variable, name, environment)) if variable else None
    read_s, total_s = float(options.read_timeout_seconds), float(options.total_timeout_seconds)
    service = replace(
        service_at(name, "metrics.options", options.url, credential),
        allowed=frozenset(origin_of(host) for host in options.allowed_hosts),
        limits=Limits(min(read_s, total_s), read_s, total_s, attempts=1, max_pages=1, max_bytes=_MOST_BYTES),
        proxy=options.proxy,
        ca_file=options.ca_file,
    )
    return TimedReader(service, pace or RealPace())


def _queries(tables: object) -> dict[str, Queries]:
    if not isinstance(tables, Mapping):
        raise PrrError("The prometheus option queries is no table; give one table for each metric.")
    return {**DEFAULT_QUERIES, **{str(metric): queries_from(str(metric), texts) for metric, texts in tables.items()}}


def _text(options: Mapping[str, object], name: str, default: str | None) -> str | None:
    value = options.get(name, default)
    if value is not None and (not isinstance(value, str) or not value):
        raise PrrError(f"The prometheus option {name} is {value!r}; give a text.")
    return value


def _whole(options: Mapping[str, object], name: str, default: int, most: int) -> int:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise PrrError(f"The prometheus option {name} is {value!r}; give a whole number, 1..{most}.")
    return value
