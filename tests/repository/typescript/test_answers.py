"""What becomes of what a call answers."""

from __future__ import annotations

import hashlib

import pytest

from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.answers import fates_of, fates_of_ending, is_waited_for
from prr_pipeline.repository.typescript.module_reader import read_module

BODIES = [
    ("if (!ask()) return null; JSON.parse(raw);", "guards"),
    ("if (!ask()) throw new Error(); JSON.parse(raw);", "guards"),
    ("if (ask()) { JSON.parse(raw); }", "guards"),
    ("return ask();", "returned"),
    ("const ok = ask(); return ok && true;", "returned"),
    ("ask();", "lost"),
    ("const ok = ask(); JSON.parse(raw);", "lost"),
    ("if (ask()) return null; JSON.parse(raw);", "lost"),
    ("try { if (!ask()) throw new Error(); } catch {} JSON.parse(raw);", "lost"),
    ("return ask() || true;", "lost"),
    ("let ok = ask(); ok = true; if (!ok) return null; JSON.parse(raw);", "lost"),
    ("let ok = ask(); ok = false; if (!ok) return null; JSON.parse(raw);", "guards"),
    ("let ok = ask(); ok &&= more(); if (!ok) return null; JSON.parse(raw);", "guards"),
    ("let ok = ask(); ok = more(); if (!ok) return null; JSON.parse(raw);", "untold"),
    ("keep(ask());", "untold"),
    ("state.ok = ask();", "untold"),
]


def asked(body: str) -> tuple[Blob, tuple[int, int]]:
    """A source with one function of that body, and where it calls ``ask``."""
    source = f"function f(raw) {{ {body} }}".encode()
    blob = Blob("a.ts", hashlib.sha1(source, usedforsecurity=False).hexdigest(), source)
    site = next(each for each in read_module(blob).calls if each.callee == "ask")
    return blob, (site.start, site.end)


@pytest.mark.parametrize(("body", "kind"), BODIES)
def test_an_answer_guards_is_returned_or_is_lost(body: str, kind: str) -> None:
    """Or goes where nobody looks."""
    assert [each.kind for each in fates_of(*asked(body), True, ("JSON.parse",))] == [kind]


def test_a_call_that_throws_guards_unless_it_is_caught() -> None:
    """By a ``catch`` that goes on."""
    assert [each.kind for each in fates_of_ending(*asked("ask(); JSON.parse(raw);"), ("JSON.parse",))] == ["guards"]
    caught = asked("try { ask(); } catch {} JSON.parse(raw);")
    assert [each.kind for each in fates_of_ending(*caught, ("JSON.parse",))] == ["lost"]


def test_a_promise_must_be_waited_for() -> None:
    """Asking it itself is asking nothing."""
    assert is_waited_for(*asked("if (!(await ask())) return;"))
    assert not is_waited_for(*asked("if (!ask()) return;"))
