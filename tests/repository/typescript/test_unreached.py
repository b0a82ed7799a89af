"""What no run of a source reaches."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.fragment_reader import read_fragments


@pytest.mark.parametrize(
    ("code", "dead"),
    [
        ("return 1; a();", ["a();"]),
        ("throw b; a(); c();", ["a(); c();"]),
        ("if (x) { return 1; } a();", []),
        ("if (x) { return 1; } else { throw b; } a();", ["a();"]),
        ("if (x) { return 1; } else if (y) return 2; a();", []),
        ("{ return 1; } a();", ["a();"]),
        ("switch (x) { case 1: return 1; } a();", []),
        ("try { return 1; } finally { a(); }", []),
        ("for (const x of y) { continue; a(); }", ["a();"]),
        ("if (false) a();", ["a();"]),
        ("if (true) a(); else b();", ["else b();"]),
        ("false && a(); true || b(); x && c();", ["a()", "b()"]),
        ("const y = false ? a() : b();", ["a()"]),
        ("return 1; // said", []),
    ],
)
def test_what_stands_behind_a_way_out_is_not_reached(code: str, dead: list[str]) -> None:
    """Nor a branch of a condition that is written out; what only some runs reach is reached."""
    text = f"function f() {{ {code}\n}}"
    data = text.encode()
    found = read_fragments(Blob("a.ts", blob_id_of(data), data)).unreached
    assert [text[start:end] for start, end in found] == dead
