"""Exported literals become plain data; what only running the code could tell is marked."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from prr_pipeline.errors import UnknownName, Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.literals import UNRESOLVED, Literal, exported_literal, exported_names


def literal(source: str, name: str = "X", path: str = "a.ts") -> Literal:
    data = source.encode()
    return exported_literal(Blob(path, blob_id_of(data), data), name)


VALUES: list[tuple[str, Any]] = [
    ("{ 'a-b': 1, \"c\": 2, d: 3, 4: 5, [`e`]: 6, ['f']: 7 }", {"a-b": 1, "c": 2, "d": 3, "4": 5, "e": 6, "f": 7}),
    ("['a', \"b\", `c`]", ["a", "b", "c"]),
    (r"'\n\t\\\'\u0041\x42\u{1F600}\q'", "\n\t\\'AB😀q"),
    (r"'\ud83d\ude00'", "😀"),
    (r"'\ud83d'", "\ufffd"),
    ("'line \\\n two'", "line  two"),
    ("[1_000, 0x1f, 0b11, 0o17, 1.5, .5, 1e3, -2, +3, 10n]", [1000, 31, 3, 15, 1.5, 0.5, 1000.0, -2, 3, 10]),
    ("[true, false, null, undefined]", [True, False, None, None]),
    ("{} as const", {}),
    ("{ a: [] } satisfies Foo<Bar>", {"a": []}),
    ("({ a: 1 } as const) satisfies Foo", {"a": 1}),
    ("<const>{ a: 1 }", {"a": 1}),
    ("Object.freeze({ a: Object.freeze([1]) })", {"a": [1]}),
    ("{ /* c */ a: 1, // d\n b: 2 }", {"a": 1, "b": 2}),
    ("{ a: 1, a: 2 }", {"a": 2}),
]


@pytest.mark.parametrize(("source", "value"), VALUES, ids=[v[0][:20] for v in VALUES])
def test_a_literal_is_read_as_it_would_run(source: str, value: Any) -> None:
    """Any quotes, any number form, with type syntax looked through."""
    found = literal(f"export const X: Foo = {source};")
    assert found.value == value
    assert found.complete


def test_entries_carry_their_lines() -> None:
    """Each entry has the line of its key or item, and so has every part by pointer."""
    found = literal("// c\nexport const X = {\n  'a': { b:\n 1 },\n  c: 2,\n}\nexport const Y = [\n 1,\n {a: 2}]")
    assert (found.kind, found.line) == ("object", 2)
    assert [(e.key, e.value, e.line) for e in found.entries] == [("a", {"b": 1}, 3), ("c", 2, 5)]
    assert found.lines["/a/b"] == 3
    assert found.entry("c") is not None
    assert found.entry("z") is None


def test_constants_of_the_same_file_are_followed() -> None:
    """Through identifiers and shorthand, but not in circles."""
    source = (
        "const A = { x: 1 } as const; const B = A;\nconst L = [M]; const M = [L];\nexport const X = { A, b: B, l: L };"
    )
    found = literal(source)
    assert found.value == {"A": {"x": 1}, "b": {"x": 1}, "l": [[UNRESOLVED]]}
    assert [g.pointer for g in found.gaps] == ["/l/0/0"]


def test_what_cannot_be_resolved_is_marked_with_its_place() -> None:
    """Spreads, computed keys, calls, methods, imports and templates with parts."""
    source = (
        "import { I } from './i';\nexport const X = {\n ...I, [I]: 1, a: f(), b() {}, c: I, d: `x${1}`,\n"
        " e: [...I, 1], g: () => 1 };"
    )
    found = literal(source)
    assert not found.complete
    assert found.value == {
        "a": UNRESOLVED,
        "b": UNRESOLVED,
        "c": UNRESOLVED,
        "d": UNRESOLVED,
        "e": [1],
        "g": UNRESOLVED,
    }
    assert [(g.pointer, g.line, g.source) for g in found.gaps] == [
        ("", 3, "...I"),
        ("", 3, "[I]: 1"),
        ("/a", 3, "f()"),
        ("/b", 3, "b() {}"),
        ("/c", 3, "I"),
        ("/d", 3, "`x${1}`"),
        ("/e", 4, "...I"),
        ("/g", 4, "() => 1"),
    ]


def test_every_way_of_exporting_is_known() -> None:
    """Directly, by list, renamed, and as the default."""
    source = (
        "const a = 1;\nexport { a, a as b };\nexport const c = 2;\nexport default { d: 3 };\nexport { z } from './z';"
    )
    data = source.encode()
    assert exported_names(Blob("a.ts", blob_id_of(data), data)) == ("a", "b", "c", "default")
    assert literal(source, "b").value == 1
    assert literal(source, "default").value == {"d": 3}
    assert literal("const a = [1];\nexport default a;", "default").value == [1]


@pytest.mark.parametrize(
    "source", ["const X = {}", "export let X = {}", "export { X } from './y'", "export type X = {}", ""]
)
def test_a_name_that_is_not_an_exported_constant_is_refused(source: str) -> None:
    """The sentence lists those that are."""
    with pytest.raises(UnknownName, match=r"Unknown exported constant of a\.ts 'X'\. Valid: Other\."):
        literal(source + "\nexport const Other = 1;")


@pytest.mark.parametrize(
    "source",
    [
        "export const X = {",
        "export const X = [1",
        "export const X = ;",
        "}",
        "export const X = {a: 'b}",
        "\0",
        "x = <div/>",
    ],
)
def test_a_syntax_error_anywhere_makes_the_file_unreadable(source: str) -> None:
    """Half a tree proves nothing; the line is named."""
    with pytest.raises(Unreadable, match="has a syntax error in line 2"):
        literal("export const Y = 1;\n" + source)


def test_the_suffix_chooses_the_grammar() -> None:
    """JSX is an error in .ts, a cast in angle brackets is one in .tsx."""
    assert literal("export const X = 1; const y = <div/>;", path="a.tsx").value == 1
    assert literal("export const X = <number>1;").value == 1
    with pytest.raises(Unreadable):
        literal("export const X = <number>1;", path="a.tsx")
    with pytest.raises(Unreadable, match="is no TypeScript or JavaScript source"):
        literal("export const X = 1", path="a.py")


@pytest.mark.parametrize("opening", ["[", "(", "{a:"])
def test_deep_nesting_is_one_sentence(opening: str) -> None:
    """Neither the native parser nor ours overflows."""
    closing = {"[": "]", "(": ")", "{a:": "}"}[opening]
    with pytest.raises(Unreadable, match="more than 64 levels"):
        literal("export const X = " + opening * 3000 + "1" + closing * 3000)
    with pytest.raises(Unreadable, match="syntax error"):
        literal("export const X = " + opening * 30_000)


def test_a_large_source_is_refused() -> None:
    """The cap is two MiB."""
    with pytest.raises(Unreadable, match="at most 2,097,152 is parsed"):
        literal("//" + "x" * 2**21)


def test_facts_can_be_read_from_another_thread() -> None:
    """The cache holds native nodes that any thread may use."""
    source = "export const X = { a: 1 };"
    literal(source)
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(literal(source).value))
    thread.start()
    thread.join()
    assert found == [{"a": 1}]
