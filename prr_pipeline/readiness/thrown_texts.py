"""Texts for people that are written where an error is made, in the code that a route needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Record,
    Spread,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.resolution import SUFFIXES

_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[,;:.]?\s+[^\W\d_]+")
"""Two words, in any script that has letters: a code, a key or a path is one."""
_NESTED = 6
_HOPS = 4


@dataclass(frozen=True, slots=True)
class Thrown:
    """A place where text is written into an error, or one that cannot be told; ``text`` is what stands there."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ThrownTexts:
    """What was found in the files that a route needs; ``lost`` are the places where somebody else might write text."""

    files: tuple[str, ...]
    texts: tuple[Thrown, ...]
    lost: tuple[Thrown, ...]


def thrown_texts(sources: Sources, path: str, classes: frozenset[str], plain: frozenset[str]) -> ThrownTexts:
    """Look at every throw, and at every plain error that is made, in the file and in what it imports.

    An error of one of ``classes`` carries a code and no text. A ``plain`` one (`Error` and its like) carries text by
    its nature, whether it is thrown where it is made or later. A caught error that is thrown again is passed on.
    """
    key = f"{path} {sorted(classes)} {sorted(plain)}"
    return sources.once("thrown texts", key, lambda: _Search(sources, classes, plain).from_file(path))


class _Search:
    def __init__(self, sources: Sources, classes: frozenset[str], plain: frozenset[str]) -> None:
        self._sources = sources
        self._code = sources.code()
        self._classes, self._plain = classes, plain
        self._texts: set[Thrown] = set()
        self._lost: set[Thrown] = set()

    def from_file(self, path: str) -> ThrownTexts:
        closure = self._sources.closure(path)
        self._lost |= {Thrown(each.path, each.line, each.why) for each in closure.lost}
        for each in closure.files:
            if each.endswith(SUFFIXES):
                self._file(each)
        order = lambda found: (found.path, found.line, found.text)  # noqa: E731
        return ThrownTexts(closure.files, tuple(sorted(self._texts, key=order)), tuple(sorted(self._lost, key=order)))

    def _file(self, path: str) -> None:
        try:
            module = self._code.module(path)
        except PrrError as fault:
            self._lost.add(Thrown(path, 0, str(fault)))
            return
        for throw in module.throws:
            self._value(path, throw.value, throw.line, _HOPS)
        for site in module.calls:
            if _last(site.callee) in self._plain:
                self._plain_error(path, site.call, site.line)

    def _value(self, path: str, value: Expression, line: int, hops: int) -> None:
        """What a throw throws: an error made there or by a function of the code, or one that was caught."""
        if isinstance(value, Name | Member):
            return
        if not isinstance(value, Call):
            self._no_error(path, value, line)
            return
        name = _last(dotted(value.callee))
        if name in self._plain:
            self._plain_error(path, value, line)
        elif name in self._classes:
            self._arguments(path, value, line)
        else:
            self._arguments(path, value, line)
            self._made_by(path, value, line, hops)

    def _no_error(self, path: str, value: Expression, line: int) -> None:
        """A text, an object with texts, or something computed, thrown as it is."""
        texts = list(_texts(value, 0))
        self._texts |= {Thrown(path, line, _shown(text)) for text in texts}
        if not texts:
            self._lost.add(Thrown(path, line, "its value is computed"))

    def _made_by(self, path: str, call: Call, line: int, hops: int) -> None:
        """A function of the code makes the error: what it returns counts as thrown here."""
        found = self._code.follow(path, call.callee)
        why = None
        if call.new or not isinstance(found, Found) or not isinstance(found.expression, Function):
            kind = "the class" if call.new else "what is made by"
            why = (
                found.why if isinstance(found, Lost) and not call.new else f"{kind} {dotted(call.callee)} is not known"
            )
        elif found.expression.returns is None or hops <= 0:
            why = f"what {dotted(call.callee)} makes could not be followed"
        else:
            self._value(found.path, found.expression.returns, found.expression.returns.line, hops - 1)
        if why is not None:
            self._lost.add(Thrown(path, line, why))

    def _plain_error(self, path: str, call: Call, line: int) -> None:
        """Any text in it is for people, one word too."""
        texts = [text for argument in call.arguments for text in _texts(argument, 0)]
        self._texts |= {Thrown(path, line, _shown(text)) for text in texts if _shown(text).strip()}

    def _arguments(self, path: str, call: Call, line: int) -> None:
        """The code and its parameters: words in a row are a sentence that no catalog holds."""
        for argument in call.arguments:
            for text in _texts(argument, 0):
                if _PROSE.search(_shown(text)):
                    self._texts.add(Thrown(path, text.line or line, _shown(text)))


def _texts(value: Expression, depth: int) -> Iterator[Text]:
    """The strings in an argument, and in the lists and objects that it is made of."""
    if isinstance(value, Text):
        yield value
    if depth > _NESTED:
        return
    if isinstance(value, List):
        parts: tuple[Expression, ...] = value.items
    elif isinstance(value, Record):
        parts = tuple(entry.value for entry in value.entries)
    elif isinstance(value, Spread):
        parts = (value.value,)
    else:
        parts = ()
    for part in parts:
        yield from _texts(part, depth + 1)


def _shown(text: Text) -> str:
    return text.value if text.value is not None else " … ".join(text.parts)


def _last(callee: str) -> str:
    return callee.rpartition(".")[2]
