"""Names that an export lists, as an object or as a list."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.listed_names import listed_names
from prr_pipeline.readiness.sources import NotSeen, Sources
from tests.readiness.checks.platform import loop
from tests.readiness.fakes import FakeSnapshot

FILE = "list.ts"
NAMES = 'export const E = { A: "a.done.v1", B: "b.done.v1" } as const;\nexport const more = [E.B];\n'


@pytest.mark.parametrize(
    ("code", "names", "lost"),
    [
        ('{ "a.done.v1": {}, "b.done.v1": true }', ["a.done.v1", "b.done.v1"], 0),
        ("{ A: E.A, ...E }", ["a.done.v1", "b.done.v1"], 0),
        ("E", ["a.done.v1", "b.done.v1"], 0),
        ('{ "a.done.v1": "read:things" }', ["a.done.v1"], 0),
        ('[E.A, "b.done.v1"]', ["a.done.v1", "b.done.v1"], 0),
        ("[E.A, ...more] as const", ["a.done.v1", "b.done.v1"], 0),
        ("[{ event: E.A }, { name: E.B, scope: 1 }]", ["a.done.v1", "b.done.v1"], 0),
        ("[E.A, E.C, ...all(), made()]", ["a.done.v1"], 3),
        ("[{ scope: 1 }]", [], 1),
        ("{ [made()]: 2, ...all() }", [], 2),
        ("[]", [], 0),
    ],
)
def test_names_are_told_and_what_hides_some_is_counted(code: str, names: list[str], lost: int) -> None:
    """Constants and spreads are followed; what only running tells is lost."""
    files = {FILE: f'import {{ E, more }} from "./names";\nexport const LIST = {code};\n', "names.ts": NAMES}
    found = listed_names(Sources(FakeSnapshot(files), loop()), FILE, "LIST")
    assert (sorted(found.entries), len(found.lost)) == (names, lost)
    assert all(found.location(name).line for name in names)


@pytest.mark.parametrize("code", ["export const OTHER = [];", "export const LIST = make();"])
def test_what_is_neither_object_nor_list_is_not_seen(code: str) -> None:
    """The sentence says what to write."""
    with pytest.raises(NotSeen, match="write it out there"):
        listed_names(Sources(FakeSnapshot({FILE: code}), loop()), FILE, "LIST")
