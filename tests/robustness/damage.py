"""Damage to a file's bytes: random edits of bytes, lines and values, each known by its name and a seed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.markup import SPEC_BUDGET, load_yaml
from prr_pipeline.repository.tree import Blob
from tests.robustness.junk import BITS, BOMB, JUNK, NUMBERS, OPENINGS, PAIRS

Damage = Callable[[bytes, Random, bytes], bytes]
"""The file, where chance comes from, and the bytes of another file."""
_WORDS = re.compile(rb"[A-Za-z_$][\w$]*|\d+|[^\s\w]")
_VALUES = re.compile(rb"(?<=[:=])[ \t]*[^\s,;{}\[\]][^\n,;{}\[\]]*")


def _span(data: bytes, chance: Random, most: int = 400) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, min(len(data), start + chance.randint(1, most))


def _flip(data: bytes, chance: Random, _other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 6) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _cut(data: bytes, chance: Random, _other: bytes) -> bytes:
    start, end = _span(data, chance)
    return data[:start] + data[end:]


def _insert(data: bytes, chance: Random, _other: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(BITS) * chance.choice((1, 1, 2, 50)) + data[at:]


def _double(data: bytes, chance: Random, _other: bytes) -> bytes:
    start, end = _span(data, chance, 2_000)
    return data[:end] + data[start:end] + data[end:]


def _truncate(data: bytes, chance: Random, _other: bytes) -> bytes:
    return data[: chance.randint(0, len(data))]


def _splice(data: bytes, chance: Random, other: bytes) -> bytes:
    (start, end), (begin, stop) = _span(data, chance), _span(other, chance, 2_000)
    return data[:start] + other[begin:stop] + data[end:]


def _swap_lines(data: bytes, chance: Random, _other: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def _drop_lines(data: bytes, chance: Random, _other: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start = chance.randint(0, len(lines))
    return b"".join(lines[:start] + lines[start + chance.randint(1, 5) :])


def _indent_line(data: bytes, chance: Random, _other: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((b"  ", b"\t", b"- ", b"> ", b"    ")) + lines[at]
    return b"".join(lines)


def _swap_words(data: bytes, chance: Random, other: bytes) -> bytes:
    words, others = list(_WORDS.finditer(data)), list(_WORDS.finditer(other))
    if not words:
        return data
    one, two = chance.choice(words), chance.choice(chance.choice((words, others or words)))
    return data[: one.start()] + two[0] + data[one.end() :]


def _value(data: bytes, chance: Random, _other: bytes) -> bytes:
    """What follows a colon or an equals sign becomes something else."""
    places = list(_VALUES.finditer(data))
    if not places:
        return data
    at = chance.choice(places)
    return data[: at.start()] + b" " + _written(chance.choice(JUNK)) + data[at.end() :]


def _tree(data: bytes, chance: Random, other: bytes) -> bytes:
    """Up to three nodes of JSON or YAML become something else, or are taken away."""
    try:
        tree = load_yaml(Blob("damaged.yaml", "", data), SPEC_BUDGET)
    except PrrError:
        return _value(data, chance, other)
    places = list(_places(tree))
    for parent, key in chance.sample(places, min(len(places), chance.choice((1, 1, 3)))):
        parent[key] = chance.choice(JUNK)
        if chance.random() < 0.1:
            del parent[key]
            break
    return _written(tree)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list):
            keys = list(node) if isinstance(node, dict) else range(len(node))
            yield from ((node, key) for key in keys)
            waiting += [node[key] for key in keys]


def _written(value: Any) -> bytes:
    """JSON, which is YAML and nearly TypeScript too."""
    return json.dumps(value).encode()


def _nest(data: bytes, chance: Random, _other: bytes) -> bytes:
    at, times = chance.randint(0, len(data)), chance.choice((70, 300, 3_000, 20_000))
    return data[:at] + chance.choice(OPENINGS) * times + data[at:]


def _deepen(data: bytes, chance: Random, _other: bytes) -> bytes:
    """A word becomes a valid expression of many levels or parts."""
    words = [found for found in _WORDS.finditer(data) if found[0][:1].isalnum()]
    if not words:
        return data
    at, times, (before, after) = chance.choice(words), chance.choice((40, 200, 2_000, 20_000)), chance.choice(PAIRS)
    return data[: at.start()] + before * times + at[0] + after * times + data[at.end() :]


def _long_line(data: bytes, chance: Random, _other: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice((b"x", b"a ", b"`", b"*a", b"<", b"\\", b"|", b"'", b"{}")) * 60_000 + data[at:]


def _whole(_data: bytes, chance: Random, other: bytes) -> bytes:
    return chance.choice((b"", b"\n", b"\xef\xbb\xbf", b"\0", b"\xff\xfe", other, BOMB, *map(_written, JUNK)))


def _bomb(data: bytes, chance: Random, _other: bytes) -> bytes:
    return chance.choice((BOMB + data, data + b"\n" + BOMB, b"---\n" + BOMB + b"---\n" + data))


def _big_number(data: bytes, chance: Random, _other: bytes) -> bytes:
    numbers = list(re.finditer(rb"\d+(?:\.\d+)?", data))
    if not numbers:
        return data
    at = chance.choice(numbers)
    return data[: at.start()] + chance.choice(NUMBERS) + data[at.end() :]


DAMAGES: Mapping[str, Damage] = {
    "flip": _flip, "cut": _cut, "insert": _insert, "double": _double, "truncate": _truncate, "splice": _splice,
    "swap lines": _swap_lines, "drop lines": _drop_lines, "indent": _indent_line, "swap words": _swap_words,
    "value": _value, "tree": _tree, "nest": _nest, "deepen": _deepen, "long line": _long_line, "whole": _whole,
    "bomb": _bomb, "number": _big_number,
}  # fmt: skip
