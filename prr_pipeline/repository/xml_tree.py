"""XML reports of CI as plain elements. No entity is ever declared or expanded, and nothing outside is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from xml.parsers import expat

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob

XML_NODE_CAP = 2_000_000
"""Most elements of one report."""
XML_DEPTH_CAP = 100
_TEXT_CAP = 4_000
"""Characters of an element's own text that are kept unless all of it is asked for: messages are shown in part."""


@dataclass(slots=True)
class Element:
    """One element. ``tag`` is without its namespace prefix; ``text`` is the start of its own text."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str:
        """The attribute's value; empty where it is absent."""
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> Iterator[Element]:
        """The children of those tags."""
        return (child for child in self.children if child.tag in tags)


def read_xml(blob: Blob, *, whole_text: bool = False) -> Element:
    """The root element. ``whole_text`` keeps all text of an element, not its start alone.

    Raises `Unreadable` for broken XML, a document type with a subset of its own (where entities would be declared), and
    beyond the caps.
    """
    parser = expat.ParserCreate()
    build = _Builder(blob.path, parser, None if whole_text else _TEXT_CAP)
    parser.StartElementHandler = build.start
    parser.EndElementHandler = build.end
    parser.CharacterDataHandler = build.text
    parser.StartDoctypeDeclHandler = build.document_type
    parser.EntityDeclHandler = build.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(blob.data, True)
    except expat.ExpatError as fault:
        why = expat.errors.messages.get(fault.code, "not well formed")
        raise Unreadable(f"{blob.path} is no XML ({why}, line {fault.lineno}).") from None
    except (LookupError, ValueError) as fault:
        raise Unreadable(f"{blob.path} is no XML that can be read ({type(fault).__name__}).") from None
    if build.root is None:
        raise Unreadable(f"{blob.path} holds no XML element.")
    return build.root


class _Builder:
    def __init__(self, path: str, parser: expat.XMLParserType, cap: int | None) -> None:
        self._cap = cap
        self._texts: list[list[str]] = []
        self.root: Element | None = None
        self._parser = parser
        self._path = path
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > XML_NODE_CAP or len(self._open) >= XML_DEPTH_CAP:
            limit = f"{XML_NODE_CAP:,} elements or {XML_DEPTH_CAP} levels"
            raise Unreadable(f"{self._path} has more than {limit}; split the report.")
        element = Element(name.rpartition(":")[2], attributes, self._parser.CurrentLineNumber)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())[: self._cap]

    def text(self, text: str) -> None:
        kept = self._texts[-1]
        if self._cap is None or len(kept) < self._cap:
            kept.append(text)

    def document_type(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        """A reference to a DTD is harmless, since nothing is loaded; declarations in the document are not."""
        if has_subset:
            raise Unreadable(f"{self._path} declares a document type of its own; a report needs none, remove it.")

    def entity(self, name: str, *_: object) -> None:
        raise Unreadable(f"{self._path} declares the entity {name[:40]!r}; a report needs none, remove it.")
