"""The options of the Alertmanager source, read strictly. None of them is a secret: that is in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http.origins import base_of, proxy_of
from prr_pipeline.platforms.http.service import Limits, Service
from prr_pipeline.platforms.secret import VARIABLE
from prr_pipeline.signals.by_name import check_options

SECTION = "alerts.options"
SCHEMES = ("bearer", "basic")
SUPPRESSED = ("unknown", "firing")
NUMBERS = {
    "watchdog_limit_seconds": (180, 1, 86_400),
    "settling_seconds": (120, 0, 3_600),
    "connect_timeout_seconds": (2, 1, 60),
    "read_timeout_seconds": (3, 1, 60),
    "total_timeout_seconds": (5, 1, 60),
    "attempts": (3, 1, 10),
    "max_bytes": (16 * 1024 * 1024, 1024, 256 * 1024 * 1024),
}
"""Default, least and greatest of each number; times in whole seconds."""
_OTHERS = ("url", "matchers", "watchdogs", "suppressed", "token_variable", "token_scheme", "ca_file", "proxy")


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings ask for. ``service`` is still without its credential, whose variable is named here."""

    service: Service
    token_variable: str | None
    token_scheme: str
    matchers: tuple[str, ...]
    watchdogs: tuple[Mapping[str, str], ...]
    watchdog_limit: timedelta
    settling: timedelta
    suppressed_fires: bool


def options_from(options: Mapping[str, object], root: Path) -> Options:
    """Read them. Raises `UnknownName` for an unknown one, `PrrError` for a bad value; neither repeats a secret."""
    check_options("alert source alertmanager", options, (*NUMBERS, *_OTHERS))
    numbers = {name: _number(options, name) for name in NUMBERS}
    return Options(
        service=_service(options, root, numbers),
        token_variable=_variable(options),
        token_scheme=_one_of(options, "token_scheme", SCHEMES),
        matchers=_matchers(options),
        watchdogs=_watchdogs(options),
        watchdog_limit=timedelta(seconds=numbers["watchdog_limit_seconds"]),
        settling=timedelta(seconds=numbers["settling_seconds"]),
        suppressed_fires=_one_of(options, "suppressed", SUPPRESSED) == "firing",
    )


def _service(options: Mapping[str, object], root: Path, numbers: Mapping[str, int]) -> Service:
    url, proxy, ca_file = (_text(options, name) for name in ("url", "proxy", "ca_file"))
    if url is None:
        raise _bad("url", "is missing", "give the base address, like https://alertmanager.example.org")
    origin, path = base_of(url)
    if proxy is not None:
        proxy_of(proxy)
    limits = Limits(
        connect_s=numbers["connect_timeout_seconds"],
        read_s=numbers["read_timeout_seconds"],
        total_s=numbers["total_timeout_seconds"],
        attempts=numbers["attempts"],
        max_bytes=numbers["max_bytes"],
    )
    trusted = root / ca_file if ca_file is not None else None
    return Service("Alertmanager", SECTION, origin, path, limits=limits, proxy=proxy, ca_file=trusted)


def _number(options: Mapping[str, object], name: str) -> int:
    default, least, greatest = NUMBERS[name]
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= greatest:
        raise _bad(name, f"is {value!r}", f"give a whole number, {least}..{greatest}")
    return value


def _text(options: Mapping[str, object], name: str) -> str | None:
    value = options.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise _bad(name, "is no text", "write it in quotes, or leave it out")
    return value


def _one_of(options: Mapping[str, object], name: str, words: tuple[str, ...]) -> str:
    value = options.get(name, words[0])
    if not isinstance(value, str) or value not in words:
        raise _bad(name, f"is {value!r}", f"write one of {', '.join(words)}")
    return value


def _variable(options: Mapping[str, object]) -> str | None:
    value = _text(options, "token_variable")
    if value is not None and not VARIABLE.match(value):
        way_out = "name one such as PRR_ALERTMANAGER_TOKEN; if it is the token itself, renew that and take it out"
        raise _bad("token_variable", "is no name of an environment variable", way_out)
    return value


def _matchers(options: Mapping[str, object]) -> tuple[str, ...]:
    value = options.get("matchers", [])
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one.strip() for one in value):
        raise _bad("matchers", "is no list of texts", "write it like ['service=~\"grants|identity\"']")
    return tuple(value)


def _watchdogs(options: Mapping[str, object]) -> tuple[Mapping[str, str], ...]:
    value = options.get("watchdogs", [{"alertname": "Watchdog"}])
    found = tuple(value) if isinstance(value, list | tuple) else ()
    if not found or not all(_names_an_alert(labels) for labels in found):
        way_out = 'give one or more sets of labels, each with its alertname, like [{alertname = "Watchdog"}]'
        raise _bad("watchdogs", "does not say which alerts prove that Prometheus is heard", way_out)
    return tuple(dict(labels) for labels in found)


def _names_an_alert(labels: object) -> bool:
    if not isinstance(labels, Mapping) or not labels.get("alertname"):
        return False
    return all(isinstance(name, str) and isinstance(text, str) for name, text in labels.items())


def _bad(name: str, what: str, way_out: str) -> PrrError:
    return PrrError(f"The alertmanager option {name} {what}; {way_out}.")
