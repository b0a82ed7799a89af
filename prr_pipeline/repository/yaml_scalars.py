"""What a YAML scalar means: the core schema of YAML 1.2, so that ``no`` and ``on`` stay text."""

from __future__ import annotations

import math
import re

from prr_pipeline.errors import Unreadable

Scalar = str | int | float | bool | None

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INT_64 = range(-(2**63), 2**64)
_NUMBER_CAP = 400
_FITTING = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}
_CORE = "tag:yaml.org,2002:"


def resolve(text: str, plain: bool, tag: str | None) -> Scalar:
    """The value of a scalar. Integers beyond 64 bits become floats, as in JSON; infinities and NaN stay text.

    Raises `Unreadable` for a tag that is not of the core schema, or a text that its tag does not fit.
    """
    kind = core_kind(tag)
    if kind is None:
        return _plain(text) if plain else text
    if kind == "str":
        return text
    value = _plain(text)
    if type(value) not in _FITTING.get(kind, ()):
        raise Unreadable(f"the text {text[:40]!r} does not fit its tag !!{kind}")
    return float(value) if kind == "float" and isinstance(value, int) else value


def core_kind(tag: str | None) -> str | None:
    """``str``, ``int``, ``map``...; None without a tag. Raises `Unreadable` for any tag outside the core schema."""
    if tag is None:
        return None
    if tag == "!":
        return "str"
    kind = tag.removeprefix(_CORE).removeprefix("!!")
    if kind == tag or kind not in ("str", "int", "float", "bool", "null", "map", "seq"):
        raise Unreadable(f"the tag {tag[:60]!r} is not of YAML's core schema")
    return kind


def _plain(text: str) -> Scalar:
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if len(text) <= _NUMBER_CAP:
        if _INT.fullmatch(text):
            return _integer(text)
        if _FLOAT.fullmatch(text):
            return _finite(text)
    return text


def _integer(text: str) -> Scalar:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    value = int(text[2:], base) if base != 10 else int(text)
    return value if value in _INT_64 else _finite(str(value), text)


def _finite(number: str, text: str | None = None) -> Scalar:
    value = float(number)
    return value if math.isfinite(value) else text or number
