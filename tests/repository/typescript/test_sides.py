"""What is known of an answer on each side of a condition."""

from __future__ import annotations

import hashlib

import pytest

from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.module_reader import read_module
from prr_pipeline.repository.typescript.sides import Known, answer_of, declared_in, sides_of

CONDITIONS: list[tuple[str, Known, Known]] = [
    ("isNew", True, False),
    ("!isNew", False, True),
    ("!!isNew", True, False),
    ("isNew === false", False, True),
    ("false !== isNew", True, False),
    ("isNew.length > 0", True, False),
    ("0 < isNew.length", True, False),
    ("isNew.rowCount === 0", False, True),
    ("isNew[0] == null", False, True),
    ("Boolean(isNew)", True, False),
    ("isOld", False, True),
    ("isNew && other", True, None),
    ("!isNew && other", False, None),
    ("!isNew || other", None, True),
    ("isNew || other", None, False),
    ("isNew && isNew", True, False),
    ("isNew.kind", "?", "?"),
    ("check(isNew)", "?", "?"),
]


def blob_of(body: str) -> tuple[Blob, tuple[int, int], tuple[int, int]]:
    """A source with one function of that body, with the spans of the function and of its call of ``ask``."""
    source = f"const f = async (raw) => {{ {body} }};".encode()
    blob = Blob("a.ts", hashlib.sha1(source, usedforsecurity=False).hexdigest(), source)
    module = read_module(blob)
    site = next(each for each in module.calls if each.callee == "ask")
    return blob, (module.functions[0].start, module.functions[0].end), (site.start, site.end)


@pytest.mark.parametrize(("asked", "true", "false"), CONDITIONS)
def test_a_condition_tells_of_the_answer(asked: str, true: Known, false: Known) -> None:
    """On the side where it holds, and on the other."""
    blob, _, answer = blob_of(f"const isNew = await ask(); const isOld = !isNew; if ({asked}) return; go();")
    first = next(each for each in read_fragments(blob).conditions if each.leaves)
    sides = sides_of(blob, (first.start, first.end), answer, {"isNew", "isOld"})
    assert sides is not None
    assert [each.known for each in sides] == [true, false]
    assert [each.leaves for each in sides] == [True, False]


@pytest.mark.parametrize(
    ("body", "known"), [("return ask();", True), ("return !ask();", False), ("ask(); return 1; return 2;", "?")]
)
def test_what_a_function_gives_tells_of_the_answer(body: str, known: Known) -> None:
    """If it gives it at once."""
    blob, function, answer = blob_of(body)
    assert answer_of(blob, function, answer, set()) == known


def test_the_names_that_a_function_declares_are_told() -> None:
    """With how their first values are written."""
    blob, function, answer = blob_of("let isNew = true; const rest = await ask();")
    assert [(each.name, each.said) for each in declared_in(blob, function)] == [("isNew", "true"), ("rest", "ask()")]
    assert declared_in(blob, function)[1].span[1] == answer[1]
