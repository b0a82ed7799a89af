"""Parses TypeScript and JavaScript sources, and finds what a file exports."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ast_grep_py import SgNode, SgRoot

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob

SOURCE_CAP = 2 * 2**20
"""Largest source that is parsed, in bytes."""
_LANGUAGES = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
              ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript"}  # fmt: skip
_AFTER_TYPES = re.compile(r">\s*`")
_TYPES = re.compile(r"<(?:[\w$\s.,<>\[\]{}():;?'\"-]|=>|&(?!&)|\|(?!\|))+>")
_TYPES_CAP = 2_000
_TAG_END = re.compile(r"[\w$)\]!]")


@dataclass(frozen=True, slots=True)
class Exports:
    """Exported name -> its value's node; ``constants`` holds all top-level ones by their local names."""

    values: Mapping[str, SgNode]
    constants: Mapping[str, SgNode]


def parse_source(blob: Blob) -> SgNode:
    """The root of the syntax tree, in the grammar that the suffix names.

    Raises `Unreadable` for another suffix, a source above the cap, or any syntax error: half a tree proves nothing.
    """
    suffix = "." + blob.path.rpartition(".")[2].lower()
    if suffix not in _LANGUAGES:
        raise Unreadable(f"{blob.path} is no TypeScript or JavaScript source ({', '.join(sorted(_LANGUAGES))}).")
    if len(blob.data) > SOURCE_CAP:
        raise Unreadable(f"{blob.path} has {len(blob.data):,} bytes; a source of at most {SOURCE_CAP:,} is parsed.")
    text = blob.text()
    root = _native_parse(blob.path, text, _LANGUAGES[suffix])
    if any(text[found.start() - 1] != "=" for found in _AFTER_TYPES.finditer(text)):
        text = _without_tag_types(root, text)
        root = _native_parse(blob.path, text, _LANGUAGES[suffix])
    broken = _broken(root)
    if broken is not None:
        raise Unreadable(f"{blob.path} has a syntax error in line {broken.range().start.line + 1}; mend it.")
    return root


def parse_expression(blob: Blob) -> SgNode:
    """The one value of a file in JSON with comments. Raises `Unreadable` for anything else."""
    if len(blob.data) > SOURCE_CAP:
        raise Unreadable(f"{blob.path} has {len(blob.data):,} bytes; at most {SOURCE_CAP:,} are parsed.")
    root = _native_parse(blob.path, f"({blob.text()}\n)", "javascript")
    inner = root.find(kind="parenthesized_expression")
    if inner is None or _broken(root) is not None:
        raise Unreadable(f"{blob.path} is no JSON; mend it.")
    return inner


def _native_parse(path: str, text: str, language: str) -> SgNode:
    """Parse in native code, whose panics are no ordinary exceptions."""
    try:
        return SgRoot(text, language).root()
    except BaseException as fault:
        if type(fault).__name__ == "PanicException" or isinstance(fault, Exception):
            raise Unreadable(f"{path} cannot be parsed ({type(fault).__name__}).") from None
        raise


def _broken(root: SgNode) -> SgNode | None:
    """A part that is no valid syntax, or a token that the parser made up to go on, which has no width.

    No node is asked for its parent: in a tree of many thousand levels the native code finds none and ends the process.
    """
    if root.kind() == "ERROR":
        return root
    found = root.find_all(any=[{"kind": "ERROR"}, {"regex": "^$"}])
    odd = [node for node in found if node.kind() == "ERROR" or (node.is_leaf() and node.kind() != root.kind())]
    stars = _type_stars(root) if odd else frozenset()
    return next((node for node in odd if node.range().start.index not in stars), None)


def _type_stars(root: SgNode) -> frozenset[int]:
    """Where the word of the valid ``export type * from`` stands, which the grammar does not know."""
    statements = root.find_all(kind="export_statement")
    errors = (part for each in statements for part in each.children() if part.kind() == "ERROR")
    return frozenset(part.range().start.index for part in errors if part.text() == "type")


def _without_tag_types(root: SgNode, text: str) -> str:
    """The source with blanks for the type arguments of tagged templates, which the grammar takes for comparisons."""
    written = list(text)
    for template in root.find_all(kind="template_string"):
        end = _before(text, template.range().start.index)
        start = _opening(text, end)
        if (
            start is None
            or not _TYPES.fullmatch(text, start, end)
            or not _TAG_END.match(text, _before(text, start) - 1)
        ):
            continue
        written[start:end] = (each if each in "\r\n" else " " for each in text[start:end])
    return "".join(written)


def _before(text: str, at: int) -> int:
    """``at``, or the end of the text before it that is not white space."""
    while at > 0 and text[at - 1].isspace():
        at -= 1
    return at


def _opening(text: str, end: int) -> int | None:
    """Where the ``<`` lies that the ``>`` just before ``end`` closes."""
    depth = 0
    for at in range(end - 1, max(end - _TYPES_CAP, 0) - 1, -1):
        if text[at] == ">" and text[at - 1] != "=":
            depth += 1
        elif text[at] == "<":
            depth -= 1
        if depth == 0:
            return at if text[at] == "<" else None
    return None


def read_exports(root: SgNode) -> Exports:
    """The constants at the top level of a source, and those that it exports."""
    constants: dict[str, SgNode] = {}
    values: dict[str, SgNode] = {}
    aliases: dict[str, str] = {}
    for statement in root.children():
        if statement.kind() == "export_statement":
            values.update(_declared(statement.field("declaration")))
            default = statement.field("value")
            if default is not None:
                values["default"] = default
            if statement.field("source") is None:
                aliases.update(_specifiers(statement))
        constants.update(_declared(statement))
    constants.update({name: node for name, node in values.items() if name != "default"})
    values.update({alias: constants[name] for alias, name in aliases.items() if name in constants})
    return Exports(values, constants)


def _declared(statement: SgNode | None) -> dict[str, SgNode]:
    """The constants of one ``const`` statement that have a plain name and a value."""
    if statement is None or statement.kind() != "lexical_declaration":
        return {}
    keyword = statement.field("kind")
    if keyword is None or keyword.text() != "const":
        return {}
    found = {}
    for declarator in statement.children():
        if declarator.kind() == "variable_declarator":
            name, value = declarator.field("name"), declarator.field("value")
            if name is not None and value is not None and name.kind() == "identifier":
                found[name.text()] = value
    return found


def _specifiers(statement: SgNode) -> dict[str, str]:
    """Exported name -> local name, of ``export { a, b as c }``."""
    found = {}
    for clause in statement.children():
        for specifier in clause.children() if clause.kind() == "export_clause" else ():
            if specifier.kind() == "export_specifier":
                name, alias = specifier.field("name"), specifier.field("alias")
                if name is not None:
                    found[(alias or name).text().strip("'\"")] = name.text()
    return found
