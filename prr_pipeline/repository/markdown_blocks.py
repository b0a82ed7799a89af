"""Reads markdown-it tokens into sections, tables, fences, links, tasks and list items."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable

_NESTING_CAP = 60
_OPENED_CAP = 200
_UNCLOSED_CAP = 20
_TASK = re.compile(r"\[([ xX])\](?:\s+|$)")
_TAG = re.compile(r"</?[A-Za-z][\w.:-]*(?:\s[^<>]*)?/?>|<>|</>")
_TARGET = re.compile(r"""\s(?:href|src|to)=(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (level 1..6) and all text up to the next heading of its own or a higher level."""

    heading: str
    level: int
    line: int
    body: str
    words: int


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; as many cells as the header."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header row; ``line`` is the header's, from 1."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A code fence. ``language`` is the first word after it, in lower case; ``line`` that of the fence's opening."""

    language: str
    info: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image, in Markdown or as ``href``, ``src`` or ``to`` of a tag."""

    target: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class ListItem:
    """The first paragraph of a list item; ``depth`` counts from 1."""

    text: str
    line: int
    depth: int


@dataclass(frozen=True, slots=True)
class Task:
    """A list item with a box."""

    checked: bool
    text: str
    line: int


def tokens_of(path: str, text: str, mdx: bool) -> list[Token]:
    """CommonMark with tables. HTML blocks are off, so what lies within tags is parsed like anything else;
    indented code is off in MDX, as there. Raises `Unreadable` where nesting would make the parser drop text."""
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING_CAP}).enable("table").disable("html_block")
    if mdx:
        parser.disable("code")
    parser.core.ruler.before("inline", "caps", partial(_refuse_costly, path))
    try:
        tokens = parser.parse(text)
    except (RecursionError, IndexError, ValueError) as fault:
        raise Unreadable(f"{path} cannot be parsed as Markdown ({type(fault).__name__}).") from None
    if any(token.level >= _NESTING_CAP - 2 for token in tokens):
        raise Unreadable(f"{path} nests lists or quotes deeper than {_NESTING_CAP - 2}; it is not read.")
    return tokens


def _refuse_costly(path: str, state: StateCore) -> None:
    """Brackets and declarations that nothing closes cost the parser their number squared."""
    for token in state.tokens:
        if token.type == "inline":
            text = token.content
            opened = text.count("[") + text.count("<!") + text.count("<?")
            if opened > _OPENED_CAP or opened - text.count("]") > _UNCLOSED_CAP:
                line = token.map[0] + 1 if token.map else 1
                raise Unreadable(f"{path} has too many opening brackets in the paragraph at line {line}; split it.")


class Reader:
    """One pass over the tokens. Every list is in document order."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tables: list[Table] = []
        self.fences: list[Fence] = []
        self.links: list[Link] = []
        self.tasks: list[Task] = []
        self.list_items: list[ListItem] = []
        self._headings: list[tuple[str, int, int, int]] = []
        self._texts: list[str] = []
        self._line = 1
        self._depth = 0
        self._item: int | None = None
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._heading: Token | None = None
        for token in tokens:
            self._read(token)

    @property
    def text(self) -> str:
        return "\n".join(self._texts)

    def sections(self) -> tuple[Section, ...]:
        """The sections under headings that stand in no list or quote."""
        found = []
        ends = [len(self._texts)] * 7
        for heading, level, line, start in reversed(self._headings):
            body = "\n".join(self._texts[start : ends[level]])
            found.append(Section(heading, level, line, body, len(body.split())))
            ends[level:] = [start - 1] * (7 - level)
        return tuple(reversed(found))

    def _read(self, token: Token) -> None:
        if token.map and token.type != "inline":
            self._line = token.map[0] + 1
        if token.type in ("fence", "code_block"):
            self._fence(token)
        elif token.type == "inline":
            self._inline(token)
        elif token.type == "heading_open" and token.level == 0:
            self._heading = token
        elif token.type == "list_item_open":
            self._depth += 1
            self._item = self._line
        elif token.type == "list_item_close":
            self._depth -= 1
            self._item = None
        elif token.type.startswith(("table_", "tr_")):
            self._table(token)

    def _fence(self, token: Token) -> None:
        self._texts.append(token.content)
        if token.type == "fence":
            words = token.info.split()
            language = words[0].partition("{")[0].lower() if words else ""
            self.fences.append(Fence(language, token.info.strip(), token.content, self._line))

    def _inline(self, token: Token) -> None:
        if token.map:
            self._line = token.map[0] + 1
        text = _TAG.sub(" ", _visible(token.children or [])).strip()
        self.links.extend(_links(token, self._line))
        self._texts.append(text)
        self._cells.append(text)
        if self._heading is not None:
            level = int(self._heading.tag[1:])
            self._headings.append((text, level, self._line, len(self._texts)))
            self._heading = None
        if self._item is not None:
            self._list_item(token, text, self._item)
            self._item = None

    def _list_item(self, token: Token, text: str, line: int) -> None:
        self.list_items.append(ListItem(text, line, self._depth))
        box = _TASK.match(token.content)
        if box:
            self.tasks.append(Task(box[1] != " ", _TASK.sub("", text, count=1).strip(), line))

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            self._rows = []
        elif token.type == "tr_open":
            self._cells = []
        elif token.type == "tr_close":
            self._rows.append(Row(tuple(self._cells), self._line))
        elif token.type == "table_close" and self._rows:
            header = self._rows[0]
            self.tables.append(Table(header.cells, tuple(self._rows[1:]), header.line))


def _visible(children: Sequence[Token]) -> str:
    """The text of inline tokens: no emphasis marks, no tags; a line break is a space."""
    parts = []
    for child in children:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(_visible(child.children or []))
    return "".join(parts)


def _links(token: Token, line: int) -> Iterator[Link]:
    children = token.children or []
    for index, child in enumerate(children):
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "link_open":
            end = next((i for i in range(index, len(children)) if children[i].type == "link_close"), len(children))
            yield Link(str(child.attrs.get("href", "")), _visible(children[index:end]), line)
        elif child.type == "image":
            yield Link(str(child.attrs.get("src", "")), _visible(child.children or []), line)
        elif child.type in ("html_inline", "text"):
            yield from tag_links([(line, child.content)])


def tag_links(tags: Iterable[tuple[int, str]]) -> Iterator[Link]:
    """The links that tags carry, given as (line, text)."""
    for line, text in tags:
        for tag in _TAG.finditer(text):
            for target in _TARGET.finditer(tag[0]):
                yield Link(target[1] or target[2] or "", "", line)
