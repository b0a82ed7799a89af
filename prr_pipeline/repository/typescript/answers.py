"""Follows what a call answers to what it decides: whether the function goes on, what it returns, or nothing at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ast_grep_py import SgNode

from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.choices import leaves, operator_of
from prr_pipeline.repository.typescript.enclosing import (
    acts_between,
    asked_before,
    body_of,
    callee_of,
    calls_any,
    function_around,
    holds,
    is_first,
    is_same,
    names_in,
    refusal_of,
    returned_by,
    span_of,
    statement_around,
    throws_last,
)
from prr_pipeline.repository.typescript.fates import Fate
from prr_pipeline.repository.typescript.overwritten import overwritten
from prr_pipeline.repository.typescript.source import parse_source
from prr_pipeline.repository.typescript.syntax import FUNCTIONS, LOOKED_THROUGH, looked_through

_PASSED_ON = frozenset(("Boolean", "some"))
_ASSERTIONS = ("assert", "assert.ok", "invariant")
_UNKEPT = ("unary_expression", "binary_expression", "ternary_expression", "if_statement", "expression_statement")
_FALSY = frozenset(("false", "null", "undefined", "0", ""))
_LOSES = "lets pass what fails it"


def fates_of(blob: Blob, span: tuple[int, int], when: bool, parse: Collection[str]) -> tuple[Fate, ...]:
    """What becomes of the answer of the call at a span, if ``when`` is the one that is wanted. ``parse``: calls that
    use what must be guarded."""
    asked = _Following(parse_source(blob), span, parse)
    return tuple(asked.answer(asked.call, when)) if asked.call is not None else (Fate("untold"),)


def is_waited_for(blob: Blob, span: tuple[int, int]) -> bool:
    """Whether a promise that a call answers is not asked, or dropped, before it is kept."""
    call = _Following(parse_source(blob), span, ()).call
    node = call.parent() if call is not None else None
    while node is not None and node.kind() == "parenthesized_expression":
        node = node.parent()
    return node is None or node.kind() not in _UNKEPT


def fates_of_ending(blob: Blob, span: tuple[int, int], parse: Collection[str]) -> tuple[Fate, ...]:
    """The same of a call that throws unless all is well, whatever it answers."""
    asked = _Following(parse_source(blob), span, parse)
    return tuple(asked.ending()) if asked.call is not None else (Fate("untold"),)


class _Following:
    def __init__(self, root: SgNode, span: tuple[int, int], parse: Collection[str]) -> None:
        self._parse = parse
        self.call = next((each for each in root.find_all(kind="call_expression") if span_of(each) == span), None)

    def answer(self, node: SgNode, when: bool) -> Iterator[Fate]:
        parent = node.parent()
        kind = parent.kind() if parent is not None else ""
        if parent is None:
            yield Fate("untold")
        elif kind == "if_statement":
            yield from self._asked(parent, when)
        elif kind in LOOKED_THROUGH:
            yield from self.answer(parent, when)
        elif kind == "unary_expression":
            dropped = Fate("lost", "ignores what comes out") if parent.text().startswith("void") else Fate("untold")
            yield from self.answer(parent, not when) if parent.text().startswith("!") else (dropped,)
        elif kind == "binary_expression":
            yield from self._combined(parent, node, when)
        elif kind == "ternary_expression":
            yield from self._chosen(parent, node, when)
        elif kind == "variable_declarator":
            yield from self._named(parent, when)
        elif kind == "return_statement" or kind == "arrow_function":
            yield self._returned(parent, when)
        elif kind == "arguments":
            yield from self._given(parent, when)
        elif kind == "expression_statement" and is_same(looked_through(node), self.call):
            yield Fate("lost", "ignores what comes out")
        else:
            yield Fate("untold")

    def ending(self) -> Iterator[Fate]:
        if self.call is None:
            return
        node: SgNode = self.call
        while (parent := node.parent()) is not None and not node.kind().endswith(("_statement", "_declaration")):
            if parent.kind() in ("binary_expression", "ternary_expression") and not is_first(parent, node):
                yield Fate("lost", "is reached only sometimes")
                return
            if node.kind() in FUNCTIONS:
                break
            node = parent
        yield from self._held(node, throws=True, refusal="")

    def _combined(self, parent: SgNode, node: SgNode, when: bool) -> Iterator[Fate]:
        left, right = parent.field("left"), parent.field("right")
        other = right if left is not None and holds(left, node) else left
        operator = operator_of(parent)
        said = other.text().strip() if other is not None else ""
        if operator in ("===", "!==", "==", "!=") and said in ("true", "false"):
            yield from self.answer(parent, when == ((operator[0] == "=") == (said == "true")))
        elif (operator == "&&" and when) or (operator == "||" and not when) or operator == "??":
            yield from self.answer(parent, when)
        elif operator in ("&&", "||") and other is not None:
            again = self.call is not None and f"{callee_of(self.call)}(" in said
            if again:
                yield from self.answer(parent, when)
            elif statement_around(parent).kind() == "expression_statement" or asked_before(parent, other):
                yield Fate("untold")
            else:
                yield Fate("lost", f"asks {said} beside it, and {_LOSES}")
        else:
            yield Fate("untold")

    def _chosen(self, parent: SgNode, node: SgNode, when: bool) -> Iterator[Fate]:
        condition, first, second = (parent.field(name) for name in ("condition", "consequence", "alternative"))
        if condition is None or first is None or second is None:
            yield Fate("untold")
        elif holds(condition, node):
            good, bad = (first, second) if when else (second, first)
            if bad.text() in _FALSY:
                yield from self.answer(parent, True)
            elif bad.text() == "true" and good.text() in _FALSY:
                yield from self.answer(parent, False)
            elif calls_any(bad, self._parse):
                yield Fate("lost", f"{_LOSES}")
            elif (function := function_around(parent)) is not None and calls_any(good, self._parse):
                yield Fate("guards", function=function.range().start.index, until=condition.range().end.index)
            else:
                yield Fate("untold")
        else:
            other = second if holds(first, node) else first
            if other.text() == ("true" if when else "false"):
                yield Fate("lost", f"answers {other.text()} beside it, and {_LOSES}")
            elif other.text() in ("false", "true"):
                yield from self.answer(parent, when)
            else:
                yield Fate("untold")

    def _named(self, declarator: SgNode, when: bool) -> Iterator[Fate]:
        name, function = declarator.field("name"), function_around(declarator)
        if name is None or name.kind() != "identifier" or function is None:
            yield Fate("untold")
            return
        end = declarator.range().end.index
        uses = [each for each in names_in(function) if each.text() == name.text() and each.range().start.index >= end]
        callee = callee_of(self.call) if self.call is not None else ""
        other = next((fate for each in uses if (fate := overwritten(each, callee, when)) is not None), None)
        if other is not None:
            yield other
            return
        found = [fate for each in uses for fate in self.answer(each, when)]
        good = [each for each in found if each.kind in ("guards", "returned")]
        open_ends = [each for each in found if each.kind == "untold"]
        lost = [each for each in found if each.kind == "lost"]
        yield from good or open_ends[:1] or lost[:1] or [Fate("lost", "ignores what comes out")]

    def _given(self, arguments: SgNode, when: bool) -> Iterator[Fate]:
        call = arguments.parent()
        callee = callee_of(call) if call is not None else ""
        if call is not None and callee.rpartition(".")[2] in _PASSED_ON:
            yield from self.answer(call, when)
        elif call is not None and callee in _ASSERTIONS and when:
            yield from self._held(statement_around(call), throws=True, refusal="")
        elif callee.partition(".")[0] in ("console", "logger", "log"):
            yield Fate("lost", "only writes down what comes out")
        else:
            yield Fate("untold")

    def _returned(self, node: SgNode, when: bool) -> Fate:
        function = node if node.kind() == "arrow_function" else function_around(node)
        if function is None:
            return Fate("untold")
        up = function.parent()
        call = up.parent() if up is not None and up.kind() == "arguments" else None
        if call is not None and callee_of(call).rpartition(".")[2] in _PASSED_ON:
            return next(iter(self.answer(call, when)), Fate("untold"))
        if call is not None:
            return Fate("untold")
        wrong = "true" if when else "false"
        for each in function.find_all(kind="return_statement"):
            other = function_around(each)
            if other is not None and is_same(other, function) and returned_by(each) == wrong:
                return Fate("lost", f"may answer {wrong} without it, and {_LOSES}")
        return Fate("returned", function=function.range().start.index, when=when)

    def _asked(self, choice: SgNode, when: bool) -> Iterator[Fate]:
        function, first, second = function_around(choice), choice.field("consequence"), choice.field("alternative")
        if function is None or first is None:
            yield Fate("untold")
            return
        good, bad = (first, second) if when else (second, first)
        end, last = choice.range().end.index, function.range().end.index
        if bad is not None and calls_any(bad, self._parse):
            yield Fate("lost", _LOSES)
        elif bad is not None and leaves(body_of(bad)):
            yield from self._held(choice, throws=throws_last(bad), refusal=refusal_of(bad))
        elif acts_between(function, self._parse, end, last):
            yield Fate("lost", f"goes on, and {_LOSES}")
        elif good is not None and calls_any(good, self._parse):
            start = function.range().start.index
            yield Fate("guards", function=start, until=good.range().start.index, refusal="?")
        elif good is not None and leaves(body_of(good)) and refusal_of(good) == "true":
            tail = [
                returned_by(each)
                for each in function.find_all(kind="return_statement")
                if each.range().start.index > end
            ]
            sound = bool(tail) and all(each in _FALSY for each in tail)
            yield Fate("returned", function=function.range().start.index) if sound else Fate("untold")
        else:
            yield Fate("untold")

    def _held(self, statement: SgNode, throws: bool, refusal: str) -> Iterator[Fate]:
        """A guard holds unless it runs only sometimes, or what it throws is caught and forgotten."""
        function = function_around(statement)
        if function is None:
            yield Fate("untold")
            return
        last, until = function.range().end.index, statement.range().end.index
        for outer in statement.ancestors():
            if is_same(outer, function):
                break
            behind = acts_between(function, self._parse, outer.range().end.index, last)
            if outer.kind() in ("if_statement", "switch_statement") or outer.kind().startswith(("for_", "while_")):
                yield Fate("lost", "asks only sometimes") if behind else Fate("untold")
                return
            if outer.kind() == "catch_clause":
                yield Fate("untold")
                return
            handler = outer.field("handler") if outer.kind() == "try_statement" and throws else None
            if handler is not None and (calls_any(handler, self._parse) or (behind and not leaves(body_of(handler)))):
                yield Fate("lost", "catches the refusal, and goes on")
                return
        yield Fate("guards", function=function.range().start.index, until=until, throws=throws, refusal=refusal)
