"""One walk over a syntax tree: finds the nodes that a module is made of, and which function each belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field

from ast_grep_py import Rule, SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.patterns import bound_names
from prr_pipeline.repository.typescript.syntax import COMMENTS, FUNCTIONS

CALLS = frozenset(("call_expression", "new_expression"))
_BRANCHES = frozenset(
    (
        "if_statement",
        "ternary_expression",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "switch_statement",
        "catch_clause",
    )
)
_OTHERS = frozenset(
    ("assignment_expression", "class_declaration", "throw_statement", "return_statement", "variable_declarator")
)
_RULES: list[Rule] = [
    {"kind": "expression_statement", "has": {"kind": "binary_expression"}},
    *(Rule(kind=kind) for kind in sorted(CALLS | FUNCTIONS | COMMENTS | _BRANCHES | _OTHERS)),
]
_SQL = (
    r"(select\s.+\sfrom\s|insert\s+into\s|update\s.+\sset\s|delete\s+from\s|create\s+(table|index)\s|"
    r"alter\s+table\s|drop\s+(table|index)\s|truncate\s|with\s.+\sas\s*\()"
)
_MAYBE_SQL = re.compile(r"['\"`]\s*(?:select|insert|update|delete|create|alter|drop|truncate|with)\s", re.IGNORECASE)
_READS_AS_SQL = re.compile(r"(?is)\s*" + _SQL)
_TEXT: Rule = {"any": [{"kind": "string"}, {"kind": "template_string"}]}


@dataclass(slots=True)
class Scope:
    """A function's node and its span in characters; ``returns`` are the return statements of its own body."""

    node: SgNode
    start: int
    end: int
    returns: list[SgNode] = field(default_factory=list)


@dataclass(slots=True)
class Scan:
    """What was found, each list in the order of the source."""

    calls: dict[SgNode, tuple[int, int]] = field(default_factory=dict)
    """Calls and constructors, with the offsets of start and end."""
    nested: list[SgNode] = field(default_factory=list)
    """Calls and functions, outer ones before those in them."""
    scopes: list[Scope] = field(default_factory=list)
    throws: list[SgNode] = field(default_factory=list)
    comments: list[SgNode] = field(default_factory=list)
    declared: list[tuple[SgNode, Scope]] = field(default_factory=list)
    """Declarators, functions, classes and loops inside functions, with the innermost function around each."""
    reassigned: set[str] = field(default_factory=set)
    """Variables that an assignment somewhere in the file gives another value, whatever their scope."""
    branches: list[tuple[int, int]] = field(default_factory=list)
    """Spans of what runs only sometimes, or more than once: conditions and loops."""


def scan(root: SgNode) -> Scan:
    """Everything that a module is made of, found in one native walk."""
    found, open_scopes = Scan(), list[Scope]()
    for node in root.find_all(any=_RULES):
        kind = node.kind()
        if kind in COMMENTS:
            found.comments.append(node)
            continue
        span = node.range()
        start, end = span.start.index, span.end.index
        while open_scopes and open_scopes[-1].end <= start:
            open_scopes.pop()
        around = open_scopes[-1] if open_scopes else None
        if kind in CALLS:
            found.calls[node] = start, end
            found.nested.append(node)
        elif kind in FUNCTIONS:
            _note(found, node, around, declares=kind.endswith("declaration"))
            open_scopes.append(Scope(node, start, end))
            found.scopes.append(open_scopes[-1])
            found.nested.append(node)
        elif kind == "return_statement":
            if around is not None:
                around.returns.append(node)
        elif kind == "throw_statement":
            found.throws.append(node)
        elif kind == "assignment_expression":
            found.reassigned.update(_assigned(node))
        elif kind in _BRANCHES or kind == "expression_statement":
            found.branches.append((start, end))
            _note(found, node, around, declares=kind == "for_in_statement")
        else:
            _note(found, node, around, declares=True)
    return found


def reads_as_sql(text: str) -> bool:
    """Whether a text is an SQL statement by its form."""
    return _READS_AS_SQL.match(text) is not None


def sql_texts(root: SgNode, text: str) -> list[SgNode]:
    """The strings and templates that read as an SQL statement."""
    if not _MAYBE_SQL.search(text):
        return []
    return root.find_all(all=[_TEXT, {"regex": r"(?is)^.\s*" + _SQL}])


def long_templates(root: SgNode, text: str) -> list[SgNode]:
    """The template literals that hold a line break."""
    return root.find_all(kind="template_string", regex=r"\n") if "`" in text else []


def _note(found: Scan, node: SgNode, around: Scope | None, *, declares: bool) -> None:
    if declares and around is not None:
        found.declared.append((node, around))


def _assigned(node: SgNode) -> Iterable[str]:
    left = node.field("left")
    return bound_names(left) if left is not None else ()
