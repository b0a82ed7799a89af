"""Where a partner's client may send people back to: by environment, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from prr_pipeline.canonical import digest
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.discovery import at_key
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import load_yaml_with_lines
from prr_pipeline.subjects import Subject

_STRANGE = re.compile(r"[\s\\<>\"{}|^`]")
_NAMES = ("localhost", "local", "internal", "home.arpa")
"""Names, and ends of names, that mean a machine or a network of one's own."""
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}", re.ASCII)


class RedirectsAreSafe(Parameters):
    """``key`` of the declaration: environment to a list of URIs. ``dev_exception``: what the first environment may
    begin with beside ``schemes``. ``forbidden``: parts that no URI may have, of ``fragment`` and ``query``."""

    file: str
    key: str
    environments: list[str]
    schemes: list[str]
    dev_exception: str | None = None
    forbidden: list[str]


@check("redirects_are_safe", RedirectsAreSafe, version=3)
def redirects_are_safe(sources: Sources, _facts: Facts, subject: Subject, parameters: RedirectsAreSafe) -> Finding:
    """Each environment has a redirect URI, and none of them can be taken over or read on the way."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; declare the client there with its {parameters.key}."
        return unmet(message, digest([path]), [Location(path)])
    data, lines = load_yaml_with_lines(sources.blob(path))
    given = at_key(data, parameters.key)
    if given is not None and not isinstance(given, Mapping):
        raise Unreadable(f"{parameters.key} of {path} is no mapping from environment to a list of URIs.")
    table = given if isinstance(given, Mapping) else {}
    judged = digest([path, sorted([str(name), [str(uri) for uri in _uris(table, name)]] for name in table)])
    faults = [fault for name in parameters.environments for fault in _faults(table, name, parameters)]
    unknown_names = sorted(str(name) for name in table if name not in parameters.environments)
    faults += [f"{name} is no environment ({', '.join(parameters.environments)})" for name in unknown_names]
    pointer = "/" + parameters.key.replace(".", "/")
    place = Location(path, lines.line(pointer) if given is not None else 1, parameters.key)
    if faults:
        return unmet(f"{path}: {listed(faults)}.", judged, [place])
    count = sum(len(_uris(table, name)) for name in parameters.environments)
    return met(f"{path} has {count} redirect URIs for {listed(parameters.environments)}.", judged, [place])


def _uris(table: Mapping[object, object], name: object) -> list[object]:
    value = table.get(name)
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _faults(table: Mapping[object, object], name: str, parameters: RedirectsAreSafe) -> Iterator[str]:
    uris = _uris(table, name)
    if not uris:
        yield f"{name} has no redirect URI"
    for uri in uris:
        why = _fault(uri, name == parameters.environments[0], parameters)
        if why is not None:
            yield f"{str(uri)[:80]} of {name} {why}"


def _fault(uri: object, is_first: bool, parameters: RedirectsAreSafe) -> str | None:
    parts = _split(uri)
    if parts is None or not parts.hostname:
        return "is no absolute URI"
    if _STRANGE.search(str(uri)):
        return "holds a character that no URI has"
    if "%" in parts.netloc and "[" not in parts.netloc:
        return "hides its host behind %"
    if {".", ".."} & set(parts.path.split("/")):
        return "does not say its path outright"
    local = _is_local(parts.hostname)
    exception = parameters.dev_exception
    allowed = exception is not None and _begins(parts, exception)
    if allowed and not is_first:
        return "is local, and so whoever sits at the machine"
    if not allowed and (parts.scheme not in parameters.schemes or local):
        return f"is not {' or '.join(parameters.schemes)}" if parts.scheme not in parameters.schemes else "is local"
    if not is_first and _is_private(parts.hostname):
        return "is no public address"
    if "*" in str(uri):
        return "holds a wildcard"
    if parts.username or parts.password:
        return "holds a name or password"
    return _forbidden(parts, parameters.forbidden)


def _is_local(host: str) -> bool:
    """Whether a host is the machine itself, however it is written: ``localhost.``, ``0x7f000001``."""
    address = _address(host)
    return _is_under(host, "localhost") or (address is not None and (address.is_loopback or address.is_unspecified))


def _is_private(host: str) -> bool:
    address = _address(host)
    return any(_is_under(host, name) for name in _NAMES) or (address is not None and not address.is_global)


def _is_under(host: str, name: str) -> bool:
    bare = host.rstrip(".")
    return bare == name or bare.endswith(f".{name}")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a browser makes of a host; None for a name. Octal, hexadecimal and short forms are addresses."""
    bare = host.rstrip(".").partition("%")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return _number(bare) if _NUMBER.fullmatch(bare) else None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _number(host: str) -> IPv4Address | None:
    """The address of ``127.1``, ``0x7f000001`` or ``0177.0.0.1``: the last part fills what is left of its 32 bits."""
    bases = [16 if part.startswith("0x") else 8 if part.startswith("0") else 10 for part in host.split(".")]
    try:
        parts = [int(part.removeprefix("0x") or "0", base) for part, base in zip(host.split("."), bases, strict=True)]
    except ValueError:
        return None
    *first, last = parts
    if any(part > 255 for part in first) or last >= 256 ** (4 - len(first)):
        return None
    return IPv4Address(last + sum(part << 8 * (3 - at) for at, part in enumerate(first)))


def _forbidden(parts: SplitResult, forbidden: Sequence[str]) -> str | None:
    return next((f"has a {part}" for part in forbidden if getattr(parts, part, "")), None)


def _begins(parts: SplitResult, exception: str) -> bool:
    wanted = urlsplit(exception)
    return (parts.scheme, parts.hostname) == (wanted.scheme, wanted.hostname)


def _split(uri: object) -> SplitResult | None:
    """The parts of an URI; None for what is no URI, such as one whose port is no number."""
    if not isinstance(uri, str):
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts
