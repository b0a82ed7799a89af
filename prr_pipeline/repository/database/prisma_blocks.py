"""Prisma schema files as blocks of fields and attributes, without a word of what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob

_TOKEN = re.compile(
    r"""(?P<space>[^\S\n]+|///?[^\n]*|/\*.*?\*/)
      | (?P<line>\n)
      | (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<word>[@A-Za-z0-9_][\w.@-]*)
      | (?P<sign>[{}()\[\]:,?=.-])""",
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = "([", ")]"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a text in quotes, or a sign."""

    kind: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@name(...)`` or ``@@name(...)``, its name with the at signs and its arguments as tokens."""

    name: str
    arguments: tuple[Token, ...]
    line: int

    def argument(self, *names: str) -> tuple[Token, ...] | None:
        """The argument of one of these names; the empty name is the one that stands without."""
        for each in _split(self.arguments):
            label = each[0].text if len(each) > 1 and each[1].text == ":" and each[0].kind == "word" else ""
            if label in names:
                return each[2:] if label else each
        return None

    def text(self, *names: str) -> str | None:
        """The argument if it is one text."""
        found = self.argument(*names)
        return unquoted(found[0]) if found is not None and len(found) == 1 and found[0].kind == "text" else None


@dataclass(frozen=True, slots=True)
class Field:
    """``name Type? @attribute``. ``mark`` is ``?``, ``[]`` or nothing; `Unsupported("x")` is a type."""

    name: str
    type: str
    mark: str
    attributes: tuple[Attribute, ...]
    line: int

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name, at signs included."""
        return next((each for each in self.attributes if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Block:
    """``model Name { ... }`` and the like; ``attributes`` are those with two at signs."""

    kind: str
    name: str
    fields: tuple[Field, ...]
    attributes: tuple[Attribute, ...]
    path: str
    line: int


def unquoted(token: Token) -> str:
    """What a text says."""
    return re.sub(r"\\(.)", r"\1", token.text[1:-1])


def read_blocks(blob: Blob) -> tuple[Block, ...]:
    """The models, views, types and enums of a file. Raises `Unreadable` for broken syntax."""
    return tuple(_Parser(blob.path, list(_tokens(blob))).blocks())


def _tokens(blob: Blob) -> Iterator[Token]:
    text, at, line = blob.text().replace("\r\n", "\n"), 0, 1
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _broken(blob.path, line, f"{text[at : at + 20].splitlines()[0]!r}")
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found[0], line)
        line += found[0].count("\n")
        at = found.end()
    yield Token("line", "\n", line)


def _split(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """The parts between the outermost commas."""
    depth, part = 0, list[Token]()
    for token in tokens:
        depth += (token.text in _OPEN) - (token.text in _CLOSE) if token.kind == "sign" else 0
        if token.text == "," and not depth:
            yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)


def parts_of(tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], ...]:
    """The items of a list in square brackets; of anything else, the thing itself."""
    if len(tokens) >= 2 and tokens[0].text == "[" and tokens[-1].text == "]":
        return tuple(_split(tokens[1:-1]))
    return (tokens,)


class _Parser:
    def __init__(self, path: str, tokens: list[Token]) -> None:
        self._path = path
        self._tokens = tokens
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        while (token := self._next_real()) is not None:
            name = self._take("word")
            self._sign("{")
            if token.text in ("model", "view", "type", "enum"):
                yield self._block(token, name.text)
            else:
                self._skip()

    def _block(self, head: Token, name: str) -> Block:
        fields, attributes = list[Field](), list[Attribute]()
        while True:
            token = self._next_real()
            if token is None:
                raise _broken(self._path, head.line, f"{name}, whose brace is not closed")
            if token.text == "}":
                return Block(head.text, name, tuple(fields), tuple(attributes), self._path, head.line)
            if token.text.startswith("@@"):
                attributes.append(self._attribute(token))
            elif token.kind == "word":
                fields.append(self._field(token, head.text == "enum"))
            else:
                raise _broken(self._path, token.line, repr(token.text))

    def _field(self, name: Token, value: bool) -> Field:
        kind, mark = "", ""
        if not value:
            kind = self._take("word").text
            if self._peek().text == "(":
                kind += "(" + "".join(token.text for token in self._arguments()) + ")"
            while self._peek().text in ("[", "]", "?"):
                mark += self._step().text
        attributes = list[Attribute]()
        while (ahead := self._ahead()).text.startswith("@") and not ahead.text.startswith("@@"):
            self._skip_lines()
            attributes.append(self._attribute(self._step()))
        if self._peek().kind != "line" and self._peek().text != "}":
            raise _broken(self._path, self._peek().line, repr(self._peek().text))
        return Field(name.text, kind, mark, tuple(attributes), name.line)

    def _attribute(self, name: Token) -> Attribute:
        """``@db.VarChar(40)``: a name, then maybe arguments, which may run over several lines."""
        return Attribute(name.text, self._arguments() if self._peek().text == "(" else (), name.line)

    def _arguments(self) -> tuple[Token, ...]:
        opened, depth, found = self._step(), 1, list[Token]()
        while True:
            token = self._step()
            depth += (token.text in _OPEN) - (token.text in _CLOSE) if token.kind == "sign" else 0
            if not depth:
                return tuple(found)
            if token.kind != "line":
                found.append(token)
            if self._at >= len(self._tokens):
                raise _broken(self._path, opened.line, "'(', which is not closed")

    def _skip(self) -> None:
        """The rest of a block in which no table is declared."""
        depth = 1
        while depth:
            token = self._step()
            depth += (token.text == "{") - (token.text == "}")

    def _next_real(self) -> Token | None:
        self._skip_lines()
        return self._step() if self._at < len(self._tokens) else None

    def _skip_lines(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at].kind == "line":
            self._at += 1

    def _ahead(self) -> Token:
        return next((token for token in self._tokens[self._at :] if token.kind != "line"), self._tokens[-1])

    def _peek(self) -> Token:
        return self._tokens[min(self._at, len(self._tokens) - 1)]

    def _step(self) -> Token:
        if self._at >= len(self._tokens):
            raise _broken(self._path, self._tokens[-1].line, "its end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, kind: str) -> Token:
        token = self._step()
        if token.kind != kind:
            raise _broken(self._path, token.line, repr(token.text))
        return token

    def _sign(self, text: str) -> None:
        token = self._step()
        if token.text != text:
            raise _broken(self._path, token.line, repr(token.text))


def _broken(path: str, line: int, what: str) -> Unreadable:
    return Unreadable(f"{path} is no Prisma schema that can be read: line {line} stumbles over {what}.")
