"""Parses TypeScript and JavaScript sources, and finds what a file exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ast_grep_py import SgNode, SgRoot

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob

SOURCE_CAP = 2 * 2**20
"""Largest source that is parsed, in bytes."""
_LANGUAGES = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
              ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript"}  # fmt: skip


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
    root = _native_parse(blob.path, blob.text(), _LANGUAGES[suffix])
    broken = root.find(kind="ERROR") or _missing_token(root)
    if broken is not None or root.kind() == "ERROR":
        line = (broken or root).range().start.line + 1
        raise Unreadable(f"{blob.path} has a syntax error in line {line}; mend it.")
    return root


def parse_expression(blob: Blob) -> SgNode:
    """The one value of a file in JSON with comments. Raises `Unreadable` for anything else."""
    if len(blob.data) > SOURCE_CAP:
        raise Unreadable(f"{blob.path} has {len(blob.data):,} bytes; at most {SOURCE_CAP:,} are parsed.")
    root = _native_parse(blob.path, f"({blob.text()}\n)", "javascript")
    inner = root.find(kind="parenthesized_expression")
    if inner is None or root.find(kind="ERROR") is not None or _missing_token(root) is not None:
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


def _missing_token(root: SgNode) -> SgNode | None:
    """A token that the parser made up to go on: it has no width."""
    made_up = (node for node in root.find_all(regex="^$") if node.is_leaf() and node.parent() is not None)
    return next((node for node in made_up if not _is_generic_tag(node)), None)


def _is_generic_tag(node: SgNode) -> bool:
    """Whether it is the ``!`` that the grammar makes up in the valid tag`text` with type arguments."""
    parent = node.parent()
    if node.kind() != "!" or parent is None or parent.kind() != "non_null_expression":
        return False
    following = parent.next()
    return following is not None and following.kind() == "template_string"


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
