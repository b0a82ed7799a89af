"""Canonical JSON and digests: equal values give equal bytes, on every machine."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from prr_pipeline.errors import PrrError

_TYPE_ERROR = "Canonical JSON holds text, integers, booleans, null, lists and objects only; {path} is a {kind}."


def canonical_bytes(value: object) -> bytes:
    """Serialise like RFC 8785, narrowed: sorted keys, NFC text, integers only, no white space.

    Raises `PrrError` for floats (an exposure is an integer in basis points, a duration whole seconds)
    and for any other type.
    """
    normal = _normal(value, "$")
    return json.dumps(normal, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 over the canonical bytes, as ``sha256:<64 hex digits>``."""
    return digest_bytes(canonical_bytes(value))


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


def _normal(value: object, path: str) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        normal = {unicodedata.normalize("NFC", _key(k, path)): _normal(v, f"{path}.{k}") for k, v in value.items()}
        if len(normal) != len(value):
            raise PrrError(f"A key of {path} is there twice, in two Unicode forms of one text; keep one of them.")
        return normal
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_normal(item, f"{path}[{i}]") for i, item in enumerate(value)]
    raise PrrError(_TYPE_ERROR.format(path=path, kind=type(value).__name__))


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise PrrError(_TYPE_ERROR.format(path=f"a key of {path}", kind=type(key).__name__))
    return key
