"""Read the fields of a signed record strictly: each of its exact type and form, none left over."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from prr_pipeline.canonical import HalfCharacter, canonical_bytes, instant_text, parse_instant
from prr_pipeline.errors import PrrError, Unreadable

MAX_RECORD_BYTES = 256 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_NO_FLOAT = "{what} holds the number {text}; a record holds whole numbers only."


def read_canonical(data: bytes, what: str) -> Mapping[str, Any]:
    """The object in ``data``, which must be its own canonical form: what a person saw is what was signed.

    Raises `Unreadable` for more than `MAX_RECORD_BYTES`, broken JSON, a duplicate key or any other spelling.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise Unreadable(f"{what} has {len(data)} bytes; the limit is {MAX_RECORD_BYTES}.")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            names = [name for name, _ in items]
            twice = next(name for name in names if names.count(name) > 1)
            raise Unreadable(f"{what} holds the key {twice!r} twice; remove one and sign again.")
        return found

    def number(text: str) -> NoReturn:
        raise Unreadable(_NO_FLOAT.format(what=what, text=text[:40]))

    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_float=number, parse_constant=number)
        canonical = canonical_bytes(value)
    except (ValueError, RecursionError, HalfCharacter) as fault:
        raise Unreadable(f"{what} is not JSON ({type(fault).__name__}).") from None
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is not a JSON object.")
    if canonical != data:
        raise Unreadable(
            f"{what} is not in canonical form, so what it shows may not be what was signed; write it again."
        )
    return value


class Fields:
    """The fields of one object, taken one by one; `close` refuses what nobody took."""

    def __init__(self, data: object, what: str) -> None:
        if not isinstance(data, Mapping):
            raise Unreadable(f"{what} is not a JSON object.")
        self._data = dict(data)
        self.what = what

    def rest(self) -> Mapping[str, Any]:
        """Every field that was not taken yet."""
        rest, self._data = self._data, {}
        return rest

    def close(self) -> None:
        """Raise `Unreadable` when a field is left that this version does not know."""
        if self._data:
            names = ", ".join(repr(name) for name in sorted(self._data))
            raise Unreadable(
                f"{self.what} holds the unknown field {names}; this version does not know what it would mean."
            )

    def value(self, name: str) -> Any:
        """The field as it stands, of any type."""
        if name not in self._data:
            raise Unreadable(f"{self.what} lacks the field {name!r}.")
        return self._data.pop(name)

    def text(self, name: str) -> str:
        """A text that is not blank."""
        value = self.value(name)
        if not isinstance(value, str) or not value.strip():
            self.refuse(name, value, "a text that is not blank")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or null."""
        value = self.value(name)
        if value is None:
            return None
        self._data[name] = value
        return self.text(name)

    def matching(self, name: str, form: re.Pattern[str], shape: str) -> str:
        """A text of the form that ``shape`` says in words."""
        value = self.text(name)
        if not form.match(value):
            self.refuse(name, value, shape)
        return value

    def digest(self, name: str) -> str:
        """A digest, ``sha256:`` and 64 hex digits."""
        return self.matching(name, _DIGEST, "a digest like sha256:<64 hex digits>")

    def positive(self, name: str) -> int:
        """A whole number from 1."""
        value = self.value(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.refuse(name, value, "a whole number from 1")
        return value

    def instant(self, name: str) -> datetime:
        """An instant in the one form that `instant_text` writes."""
        value = self.text(name)
        try:
            at = parse_instant(value)
        except (PrrError, OverflowError):
            at = None
        if at is None or instant_text(at) != value:
            self.refuse(name, value, "an instant like 2026-01-31T12:00:00.000000Z")
        return at

    def sorted_texts(self, name: str) -> tuple[str, ...]:
        """A list of different texts in ascending order."""
        value = self.value(name)
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self.refuse(name, value, "a list of texts")
        if sorted(set(value)) != value:
            self.refuse(name, value, "a list in ascending order without repeats")
        return tuple(value)

    def refuse(self, name: str, value: object, shape: str) -> NoReturn:
        """Raise `Unreadable`: the field is not of that shape."""
        raise Unreadable(f"The field {name!r} of {_small(self.what)} is {str(value)[:60]!r}; it must be {shape}.")


def _small(what: str) -> str:
    return what[0].lower() + what[1:]
