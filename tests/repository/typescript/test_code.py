"""Names and imports lead through the code as they would at run time, or are lost with their place."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript import code as code_module
from prr_pipeline.repository.typescript.code import Definition, Found, Lost, Outside
from prr_pipeline.repository.typescript.expressions import Function, Member, Name, Other
from tests.repository.typescript.fakes import code

F = "export function f() {}"
EXPORTED: list[tuple[str, dict[str, str], str, str]] = [
    ("own", {"a": F}, "f", "a.ts"),
    ("const", {"a": "export const f = () => 1"}, "f", "a.ts"),
    ("list", {"a": "function g() {}\nexport { g as f }"}, "f", "a.ts"),
    ("default", {"a": "export default function () {}"}, "default", "a.ts"),
    ("default name", {"a": "function g() {}\nexport default g"}, "default", "a.ts"),
    ("default cast", {"a": "const g = () => 1;\nexport default (g satisfies H)"}, "default", "a.ts"),
    ("export =", {"a": "function g() {}\nexport = g"}, "default", "a.ts"),
    ("re-export", {"a": "export { f } from './b'", "b": F}, "f", "b.ts"),
    ("renamed", {"a": "export { f as h } from './b'", "b": F}, "h", "b.ts"),
    ("default from", {"a": "export { default } from './b'", "b": "export default () => 1"}, "default", "b.ts"),
    ("default as", {"a": "export { default as f } from './b'", "b": "export default () => 1"}, "f", "b.ts"),
    ("as default", {"a": "export { f as default } from './b'", "b": F}, "default", "b.ts"),
    ("imported", {"a": "import { f } from './b';\nexport { f }", "b": F}, "f", "b.ts"),
    ("imported default", {"a": "import g from './b';\nexport const f = g", "b": "export default () => 1"}, "f", "b.ts"),
    ("namespace", {"a": "import * as b from './b';\nexport const f = b.f", "b": F}, "f", "b.ts"),
    ("namespace passed on", {"a": "import { n } from './b';\nexport const f = n.f",
                             "b": "export * as n from './c'", "c": F}, "f", "c.ts"),
    ("star", {"a": "export * from './b'", "b": F}, "f", "b.ts"),
    ("star chain", {"a": "export * from './b'", "b": "export * from './c'", "c": F}, "f", "c.ts"),
    ("second star", {"a": "export * from './b';\nexport * from './c'", "b": "", "c": F}, "f", "c.ts"),
    ("own before star", {"a": f"export * from './b';\n{F}", "b": F}, "f", "a.ts"),
    ("circle", {"a": "export * from './b';\nexport * from './c'", "b": "export * from './a'", "c": F}, "f", "c.ts"),
    ("star beside a package", {"a": "export * from 'zod';\nexport * from './b'", "b": F}, "f", "b.ts"),
    ("object", {"a": "const o = { f() {} };\nexport const f = o.f"}, "f", "a.ts"),
    ("object in a file", {"a": "import { o } from './b';\nexport const f = o['f']",
                          "b": "export const o = { f: () => 1 } as const"}, "f", "b.ts"),
    ("nested object", {"a": "const o = { p: { f() {} } };\nexport const f = o.p.f"}, "f", "a.ts"),
    ("destructured", {"a": "const o = { g() {} };\nexport const { g: f } = o"}, "f", "a.ts"),
    ("list item", {"a": "const o = [() => 1];\nexport const [f] = o"}, "f", "a.ts"),
    ("spread before", {"a": "const o = { f() {} };\nconst p = { ...o, g: 1 };\nexport const f = p.f"}, "f", "a.ts"),
    ("spread that lacks it", {"a": "const o = { g: 1 };\nconst p = { f() {}, ...o };\nexport const f = p.f"}, "f",
     "a.ts"),
    ("method", {"a": "class C { f() {} }\nconst c = new C();\nexport const f = c.f"}, "f", "a.ts"),
    ("static", {"a": "class C { static f = () => 1 }\nexport const f = C.f"}, "f", "a.ts"),
    ("require", {"a": "const { f } = require('./b');\nexport { f }", "b": "exports.f = () => 1"}, "f", "b.ts"),
    ("require whole", {"a": "const b = require('./b');\nexport const f = b.f", "b": "module.exports = { f() {} }"}, "f",
     "b.ts"),
    ("import =", {"a": "import b = require('./b');\nexport const f = b.f", "b": "export = { f() {} }"}, "f", "b.ts"),
    ("import", {"a": "const { default: f } = await import('./b');\nexport { f }", "b": "export default () => 1"}, "f",
     "b.ts"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "name", "path"), [each[1:] for each in EXPORTED], ids=[each[0] for each in EXPORTED])
def test_an_exported_name_leads_to_its_function(files: dict[str, str], name: str, path: str) -> None:
    """Wherever it is defined."""
    found = code({f"{file}.ts": text for file, text in files.items()}).exported("a.ts", name)
    assert isinstance(found, Found)
    assert found.path == path
    assert isinstance(found.expression, Function)


NOT_FOUND: list[tuple[str, dict[str, str], Definition]] = [
    ("absent", {"a": ""}, Lost("a.ts exports no f", "a.ts", 0)),
    ("absent behind", {"a": "\nexport { f } from './b'", "b": ""}, Lost("b.ts exports no f", "b.ts", 2)),
    ("absent in stars", {"a": "export * from './b'", "b": ""}, Lost("a.ts exports no f", "a.ts", 0)),
    ("default through a star", {"a": "export * from './b'", "b": "export { g as f }"}, Lost(
        "g is not defined at the top of the file", "b.ts", 1)),
    ("lost star", {"a": "\nexport * from './b'"}, Lost("'./b' names no file of the repository", "a.ts", 2)),
    ("package", {"a": "export { g as f } from 'zod'"}, Outside("zod", "g")),
    ("package star", {"a": "export * from 'zod'"}, Outside("zod", "f")),
    ("package member", {"a": "import z from 'zod';\nexport const f = z.a.b"}, Outside("zod", "default.a.b")),
    ("package namespace", {"a": "import * as z from 'zod';\nexport const f = z.a"}, Outside("zod", "a")),
    ("declared only", {"a": "export declare function f(): void"}, Lost(
        "f is not defined at the top of the file", "a.ts", 1)),
    ("all", {"a": "import * as f from './b';\nexport { f }", "b": ""}, Lost("all of b.ts is meant", "a.ts", 2)),
    ("circle", {"a": "export { f } from './b'", "b": "export { f } from './a'"}, Lost(
        "it leads through too many files", "a.ts", 1)),
    ("names in a circle", {"a": "export const f = g; const g = f"}, Lost("it leads through too many names", "a.ts", 1)),
    ("broken", {"a": "export { f } from './b'", "b": "export {"}, Lost(
        "b.ts has a syntax error in line 1; mend it.", "b.ts", 1)),
    ("late spread", {"a": "const o = { f() {}, ...p };\nexport const f = o.f"}, Lost(
        "what is spread there could not be followed", "a.ts", 1)),
    ("computed key", {"a": "const o = { f() {}, [p]: 1 };\nexport const f = o.f"}, Lost(
        "a computed key may replace it", "a.ts", 1)),
    ("member", {"a": "const o = {};\nexport const f = o.f"}, Lost("the member f could not be followed", "a.ts", 2)),
    ("item behind a spread", {"a": "const o = [...p, () => 1];\nexport const [, f] = o"}, Found("a.ts", Other(
        "[, f]", 2))),
    ("assigned again", {"a": "export let f = () => 1;\nf = g"}, Found("a.ts", Other("f is assigned again", 1))),
    ("conditional", {"a": "export const f = a ? b : c"}, Found("a.ts", Other(
        "a ? b : c", 1, "?", (Name("a", 1), Name("b", 1), Name("c", 1))))),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in NOT_FOUND], ids=[each[0] for each in NOT_FOUND])
def test_what_cannot_be_followed_says_why(files: dict[str, str], expected: Definition) -> None:
    """Never a guess, and never an endless search."""
    found = code({f"{file}.ts": text for file, text in files.items()}).exported("a.ts", "f")
    if isinstance(expected, Lost):
        assert isinstance(found, Lost)
        assert (found.why, found.path) == (expected.why, expected.path)
    else:
        assert found == expected


def test_stars_in_every_direction_end() -> None:
    """Twelve files that all pass each other on are each asked once."""
    everything = "\n".join(f"export * from './m{at}'" for at in range(12))
    files = {f"m{at}.ts": everything for at in range(12)}
    assert isinstance(code(files).exported("m0.ts", "f"), Lost)
    assert isinstance(code({**files, "m7.ts": F}).exported("m0.ts", "f"), Found)


def test_names_inside_a_function_mean_what_it_binds() -> None:
    """With the offset of the name; without one, only the top of the file counts."""
    source = "const h = () => 1; function f(g) { const h = () => 2; use(h, g, k) } const k = () => 3;"
    found, at = code({"a.ts": source}), source.index("use")
    inner, top = found.follow("a.ts", Name("h", 1), at), found.follow("a.ts", Name("h", 1))
    assert isinstance(inner, Found)
    assert isinstance(top, Found)
    assert inner.expression != top.expression
    assert found.follow("a.ts", Name("g", 1), at) == Lost(
        "g is a parameter or variable of the function around it", "a.ts", 1
    )
    assert isinstance(found.follow("a.ts", Name("k", 1), at), Found)


def test_an_object_in_a_function_keeps_its_names() -> None:
    """Its members are looked up where the object stands."""
    source = "const g = 1; function f() { const g = () => 2; const o = { g }; use(o) }"
    found = code({"a.ts": source}).follow("a.ts", Member(Name("o", 1), "g", 1), source.index("use"))
    assert isinstance(found, Found)
    assert isinstance(found.expression, Function)


TYPES: list[tuple[str, dict[str, str], str, str | None]] = [
    ("own", {"a": "interface T {}"}, "T", "a.ts"),
    ("imported", {"a": "import type { T } from './b'", "b": "export type T = {}"}, "T", "b.ts"),
    ("renamed", {"a": "import { type U as T } from './b'", "b": "export interface U {}"}, "T", "b.ts"),
    ("exported under another name", {"a": "import { T } from './b'", "b": "type U = {};\nexport { U as T }"}, "T",
     "b.ts"),
    ("passed on", {"a": "import { T } from './b'", "b": "export type { T } from './c'", "c": "export type T = {}"}, "T",
     "c.ts"),
    ("star", {"a": "import { T } from './b'", "b": "export type * from './c'", "c": "export type T = {}"}, "T", "c.ts"),
    ("star circle", {"a": "export * from './b'", "b": "export * from './a'"}, "T", None),
    ("outside", {"a": "import { T } from 'zod'"}, "T", None),
    ("nowhere", {"a": "import { T } from './none'"}, "T", None),
    ("unknown", {"a": ""}, "T", None),
]  # fmt: skip


@pytest.mark.parametrize(("files", "name", "path"), [each[1:] for each in TYPES], ids=[each[0] for each in TYPES])
def test_a_type_is_found_where_it_is_declared(files: dict[str, str], name: str, path: str | None) -> None:
    """Through imports, lists and stars."""
    found = code({f"{file}.ts": text for file, text in files.items()}).type_of("a.ts", name)
    assert (found[0] if found is not None else None) == path


def test_a_closure_holds_what_is_needed_at_run_time() -> None:
    """Types, and what is refused, lead no further; what is lost is told with its line."""
    found = code(
        {
            "a.ts": "import './b';\nimport type { T } from './t';\nimport z from 'zod';\nimport './none';\n"
            "import './x.json'",
            "b.ts": "export * from './c'; import './a'",
            "c.ts": "const d = () => import('./d'); import(name)",
            "d.ts": "import './stop'",
            "t.ts": "",
            "stop.ts": "import './behind'",
            "behind.ts": "",
            "x.json": "{}",
        }
    ).closure("a.ts", lambda path: path != "stop.ts")
    assert found.files == ("a.ts", "b.ts", "c.ts", "d.ts", "stop.ts", "x.json")
    assert [(each.path, each.line, each.why) for each in sorted(found.lost, key=lambda each: each.path)] == [
        ("a.ts", 4, "'./none' names no file of the repository"),
        ("c.ts", 1, "its name is computed"),
    ]
    assert [edge.statement.specifier for edge in found.edges if edge.importer == "a.ts"] == [
        "./b", "zod", "./none", "./x.json",
    ]  # fmt: skip


def test_a_file_that_cannot_be_read_is_lost_as_a_whole() -> None:
    """At line 0, and the rest of the closure stands."""
    found = code({"a.ts": "import './b'; import './c'", "b.ts": "{", "c.ts": ""}).closure("a.ts")
    assert found.files == ("a.ts", "b.ts", "c.ts")
    assert found.lost == (Lost("b.ts has a syntax error in line 1; mend it.", "b.ts", 0),)


def test_a_closure_ends_at_its_cap() -> None:
    """And says so."""
    count = code_module.CLOSURE_CAP + 5
    files = {"a.ts": "\n".join(f"import './m{at}'" for at in range(count))}
    found = code({**files, **{f"m{at}.ts": "" for at in range(count)}}).closure("a.ts")
    assert [lost.why for lost in found.lost] == ["more than 5,000 files are imported"]


def test_all_imports_of_one_file_are_edges() -> None:
    """Those of types too; a missing file is the caller's fault."""
    found = code({"a.ts": "import type { T } from './b'", "b.ts": ""})
    assert [edge.statement.kind for edge in found.edges("a.ts")] == ["type"]
    with pytest.raises(PrrError):
        found.edges("none.ts")
