"""Canonical JSON and digests: equal values give equal bytes, on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import orjson

from prr_pipeline.errors import PrrError

_TYPE_ERROR = "Canonical JSON holds text, integers, booleans, null, lists and objects only; {path} is a {kind}."


class HalfCharacter(PrrError):
    """A text holds a lone surrogate, which UTF-8 cannot hold."""


def canonical_bytes(value: object) -> bytes:
    """Serialise like RFC 8785, narrowed: sorted keys, NFC text, integers only, no white space.

    Raises `PrrError` for floats (an exposure is an integer in basis points, a duration whole seconds), for any other
    type; `HalfCharacter` for text that UTF-8 cannot hold.
    """
    try:
        normal = _normal(value)
    except _Refused:
        raise PrrError(_fault(value, "$") or "") from None
    try:
        return orjson.dumps(normal, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, or nested deeply: the same bytes, more slowly
        import json

        text = json.dumps(normal, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError as fault:
        near = ascii(text[max(0, fault.start - 20) : fault.start + 1])
        raise HalfCharacter(
            f"Canonical JSON holds whole characters only; half of one (a surrogate) ends {near}."
        ) from None


def digest(value: object) -> str:
    """SHA-256 over the canonical bytes, as ``sha256:<64 hex digits>``."""
    return digest_bytes(canonical_bytes(value))


def digest_texts(value: object) -> str:
    """As `digest`, and quicker, of lists and objects that hold nothing but text: the caller knows that."""
    plain = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return digest_bytes(plain) if plain.isascii() else digest(value)


def digest_bytes(data: bytes) -> str:
    """SHA-256 over raw bytes, as ``sha256:<64 hex digits>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def instant_text(at: datetime) -> str:
    """An aware instant as UTC text with microseconds, e.g. ``2026-01-31T12:00:00.000000Z``."""
    if at.tzinfo is None:
        raise PrrError(f"The instant {at.isoformat()} has no time zone; give an aware one.")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """The aware UTC instant written in ISO 8601. Raises `PrrError` when it has no zone or is no instant."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise PrrError(f"{text!r} is not an instant; write it like 2026-01-31T12:00:00Z.") from None
    raise PrrError(f"The instant {text!r} has no time zone; add Z for UTC.")


class _Refused(Exception):
    """Something that canonical JSON cannot hold; where it stands is looked for only then."""


def _normal(value: object) -> object:
    """The value with all text in one form. The plain kinds come first: nearly everything is one of them."""
    if isinstance(value, str):
        return value if value.isascii() else _composed(value)
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, list | tuple):
        return [_normal(item) for item in value]
    if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 - the first is quick
        normal = {_key(key): _normal(each) for key, each in value.items()}
        if len(normal) != len(value):
            raise _Refused
        return normal
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_normal(item) for item in value]
    raise _Refused


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise _Refused
    return key if key.isascii() else _composed(key)


def _composed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


def _fault(value: object, path: str) -> str | None:
    """The sentence about the first thing that cannot be held; ``path`` leads to the value."""
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                return _TYPE_ERROR.format(path=f"a key of {path}", kind=type(key).__name__)
        inner = ((each, f"{path}.{key}") for key, each in value.items())
        twice = len({_key(key) for key in value}) != len(value)
        own = f"A key of {path} is there twice, in two Unicode forms of one text; keep one of them." if twice else None
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        inner, own = ((each, f"{path}[{at}]") for at, each in enumerate(value)), None
    else:
        held = value is None or isinstance(value, str | int)
        return None if held else _TYPE_ERROR.format(path=path, kind=type(value).__name__)
    return next((fault for each, place in inner if (fault := _fault(each, place))), own)
