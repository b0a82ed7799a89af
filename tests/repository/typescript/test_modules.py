"""A source becomes plain data, whatever form it is written in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Field,
    Function,
    Index,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.module_reader import read_module
from prr_pipeline.repository.typescript.reader import CHAIN_CAP
from tests.repository.typescript.fakes import module

IMPORTS: list[tuple[str, str, dict[str, str], str]] = [
    ('import a from "x"', "value", {"a": "default"}, "x"),
    ("import a, { b as c } from 'x';", "value", {"a": "default", "c": "b"}, "x"),
    ('import a, * as b from "x"', "value", {"a": "default", "b": "*"}, "x"),
    ('import * as b from "x"', "value", {"b": "*"}, "x"),
    ('import { default as b } from "x"', "value", {"b": "default"}, "x"),
    ('import { "a-b" as c } from "x"', "value", {"c": "a-b"}, "x"),
    ('import "x"', "side effect", {}, "x"),
    ('import {} from "x"', "value", {}, "x"),
    ('import type { A, B as C } from "x"', "type", {"A": "A", "C": "B"}, "x"),
    ('import type A from "x"', "type", {"A": "default"}, "x"),
    ('import { type A, type B } from "x"', "type", {"A": "A", "B": "B"}, "x"),
    ('import { type A, b } from "x"', "value", {"A": "A", "b": "b"}, "x"),
    ('import x from "./x.json" with { type: "json" }', "value", {"x": "default"}, "./x.json"),
    ('import x = require("x")', "value", {"x": "*"}, "x"),
    ('import type X = require("x")', "type", {"X": "*"}, "x"),
    (r'import a from "\x78"', "value", {"a": "default"}, "x"),
    ('const a = require("x")', "dynamic", {"a": "*"}, "x"),
    ('const { a, b: c } = require("x")', "dynamic", {"a": "a", "c": "b"}, "x"),
    ('const { default: a } = await import("x")', "dynamic", {"a": "default"}, "x"),
    ('async function f() { await import("x") }', "dynamic", {}, "x"),
    ("const a = () => import(`x`)", "dynamic", {}, "x"),
    ("f(require(name))", "dynamic", {}, ""),
    ("import(`./${name}`)", "dynamic", {}, ""),
    ('export * from "x"', "re-export", {}, "x"),
    ('export * as ns from "x"', "re-export", {}, "x"),
    ('export { default } from "x"', "re-export", {"default": "default"}, "x"),
    ('export { a, b as c } from "x"', "re-export", {"a": "a", "c": "b"}, "x"),
    ('export type { A } from "x"', "type", {"A": "A"}, "x"),
    ('export { type A } from "x"', "type", {"A": "A"}, "x"),
    ('export type * from "x"', "type", {}, "x"),
]


@pytest.mark.parametrize(("source", "kind", "names", "specifier"), IMPORTS, ids=[each[0] for each in IMPORTS])
def test_every_form_of_import_is_told_once(source: str, kind: str, names: dict[str, str], specifier: str) -> None:
    """With what it binds, its kind, and its line."""
    (found,) = module(f"\n{source}").imports
    assert (found.kind, found.names, found.specifier, found.line) == (kind, names, specifier, 2)


EXPORTS: list[tuple[str, dict[str, tuple[str, str | None]]]] = [
    ("export const a = 1, b = 2", {"a": ("a", None), "b": ("b", None)}),
    ("export function f() {}", {"f": ("f", None)}),
    ("export async function* f() {}", {"f": ("f", None)}),
    ("export function f(a: string): void;\nexport function f(a: any) {}", {"f": ("f", None)}),
    ("export class A {}", {"A": ("A", None)}),
    ("@dec() export class A {}", {"A": ("A", None)}),
    ("export abstract class A {}", {"A": ("A", None)}),
    ("export enum A { B }", {"A": ("A", None)}),
    ("export namespace A { const b = 1 }", {"A": ("A", None)}),
    ("export interface A {}", {"A": ("A", None)}),
    ("export type A = 1", {"A": ("A", None)}),
    ("export declare function f(): void", {"f": ("f", None)}),
    ("export declare const a: string", {"a": ("a", None)}),
    ("export const { a, b: c, ...d } = e", {"a": ("a", None), "c": ("c", None), "d": ("d", None)}),
    ("export const [a, b] = e", {"a": ("a", None), "b": ("b", None)}),
    ("const a = 1; export { a, a as b, a as default }", dict.fromkeys(("a", "b", "default"), ("a", None))),
    ("export default 1", {"default": ("default", None)}),
    ("export default function () {}", {"default": ("default", None)}),
    ("export default function f() {}", {"default": ("f", None)}),
    ("export default class {}", {"default": ("default", None)}),
    ("export default a satisfies B", {"default": ("default", None)}),
    ("export default interface A {}", {"default": ("A", None)}),
    ("export = a", {"export=": ("export=", None)}),
    ("module.exports = a", {"export=": ("export=", None)}),
    ("exports.a = 1; module.exports.b = 2", {"a": ("a", None), "b": ("b", None)}),
    ("export { a as b } from 'x'", {"b": ("a", "x")}),
    ("export { default } from 'x'", {"default": ("default", "x")}),
    ("export * as a from 'x'", {"a": ("*", "x")}),
    ("export * from 'x'", {}),
    ("export {}", {}),
    ("declare module 'x' { export const a: number }", {}),
]


@pytest.mark.parametrize(("source", "exports"), EXPORTS, ids=[each[0] for each in EXPORTS])
def test_every_form_of_export_is_told(source: str, exports: dict[str, tuple[str, str | None]]) -> None:
    """By its outer name, with the local one or the module that it comes from."""
    found = module(source).exports
    assert {name: (each.name, each.specifier) for name, each in found.items()} == exports


def test_star_exports_stand_apart() -> None:
    """They export no name of their own."""
    found = module('export * from "./a";\nexport * from "./b"').star_exports
    assert [(each.specifier, each.line) for each in found] == [("./a", 1), ("./b", 2)]


def value(source: str, path: str = "a.ts") -> Expression:
    return module(f"const x = {source}", path).definitions["x"]


VALUES: list[tuple[str, Expression]] = [
    ("a.b", Member(Name("a", 1), "b", 1)),
    ("a?.b", Member(Name("a", 1), "b", 1)),
    ("a!.b", Member(Name("a", 1), "b", 1)),
    ("a['b']", Member(Name("a", 1), "b", 1)),
    ("a?.[`b`]", Member(Name("a", 1), "b", 1)),
    ("a[0]", Member(Name("a", 1), "0", 1)),
    ("a[b]", Index(Name("a", 1), Name("b", 1), 1)),
    ("a.#b", Member(Name("a", 1), "#b", 1)),
    ("(a as B)", Name("a", 1)),
    ("<B>a", Name("a", 1)),
    ("await a satisfies B", Name("a", 1)),
    ("this", Name("this", 1)),
    ("f<A, B>(a, /* c */ ...b)", Call(Name("f", 1), (Name("a", 1), Spread(Name("b", 1), 1)), 1)),
    ("f?.(a)", Call(Name("f", 1), (Name("a", 1),), 1)),
    ("new A", Call(Name("A", 1), (), 1, new=True)),
    ("new A.B<C>(1)", Call(Member(Name("A", 1), "B", 1), (Other("1", 1),), 1, new=True)),
    ("f(a)(b)", Call(Call(Name("f", 1), (Name("a", 1),), 1), (Name("b", 1),), 1)),
    ("f`a`", Call(Name("f", 1), (Text("a", ("a",), 1),), 1, tag=True)),
    ("f<A>`a${b}c`", Call(Name("f", 1), (Text(None, ("a", "c"), 1, ("a", Name("b", 1), "c")),), 1, tag=True)),
    ("f<A, B[]>`a`", Call(Name("f", 1), (Text("a", ("a",), 1),), 1, tag=True)),
    ("f<A<B>>`a`", Call(Name("f", 1), (Text("a", ("a",), 1),), 1, tag=True)),
    ("f<'a' | 'b'>`a`", Call(Name("f", 1), (Text("a", ("a",), 1),), 1, tag=True)),
    ("`${a.b}x`", Text(None, ("x",), 1, (Member(Name("a", 1), "b", 1), "x"))),
    ("a + 'b'", Other("a + 'b'", 1, "+", (Name("a", 1), Text("b", ("b",), 1)))),
    (
        "a < b && c > `a`",
        Other(
            "a < b && c > `a`",
            1,
            "&&",
            (
                Other("a < b", 1, "<", (Name("a", 1), Name("b", 1))),
                Other("c > `a`", 1, ">", (Name("c", 1), Text("a", ("a",), 1))),
            ),
        ),
    ),
    ("a ? b : c", Other("a ? b : c", 1, "?", (Name("a", 1), Name("b", 1), Name("c", 1)))),
    (
        "class A { private b: C<D> = e; f; get g() {} }",
        Class("A", (), 1, 1, (Field("b", "C<D>", Name("e", 1), 1), Field("f", "", None, 1))),
    ),
    ("[a, ...b]", List((Name("a", 1), Spread(Name("b", 1), 1)), 1)),
    (r"'a\x62'", Text("ab", ("ab",), 1)),
]


@pytest.mark.parametrize(("source", "expected"), VALUES, ids=[each[0] for each in VALUES])
def test_an_expression_is_read_by_what_it_means(source: str, expected: Expression) -> None:
    """Type syntax, quotes, optional chaining and comments leave no trace."""
    if source == "<B>a":
        assert value(source) == expected
        return
    assert value(source) == expected
    assert value(source, "a.tsx") == expected


def test_an_object_keeps_its_entries_in_order() -> None:
    """With literal keys told, and spreads, computed keys and accessors marked as such."""
    record = value("{ a, 'b': 1, [`c`]: 2, [d]: 3, ...e, f() { return g }, get h() { return i }, async *j() {}, 4: 5 }")
    assert isinstance(record, Record)
    assert [entry.key for entry in record.entries] == ["a", "b", "c", None, None, "f", "h", "j", "4"]
    kinds = [type(entry.value).__name__ for entry in record.entries]
    assert kinds == ["Name", "Other", "Other", "Other", "Spread", "Function", "Other", "Function", "Other"]
    assert record.get("a") == Name("a", 1)
    assert record.get("z") is None


PARAMETERS: list[tuple[str, list[tuple[str | None, tuple[str, ...], dict[str, str], bool]]]] = [
    ("a => 1", [("a", ("a",), {}, False)]),
    ("(a: A<B>, b?: C, c = d) => 1", [("a", ("a",), {}, False), ("b", ("b",), {}, False), ("c", ("c",), {}, False)]),
    ("(...a: A[]) => 1", [("a", ("a",), {}, True)]),
    (
        "({ a, b: c, d = e, f: { g }, ...h }: A) => 1",
        [(None, ("a", "c", "d", "g", "h"), {"a": "a", "c": "b"}, False)],
    ),
    ("([a, b = c]) => 1", [(None, ("a", "b"), {"a": "0"}, False)]),
    ("([, a]) => 1", [(None, ("a",), {}, False)]),
    ("function (this: A, a) {}", [("this", (), {}, False), ("a", ("a",), {}, False)]),
]


@pytest.mark.parametrize(("source", "expected"), PARAMETERS, ids=[each[0] for each in PARAMETERS])
def test_parameters_are_told_by_the_names_that_they_bind(source: str, expected: Any) -> None:
    """Patterns have no name of their own; default values bind nothing."""
    for path in ("a.ts", "a.tsx"):
        found = value(source, path)
        assert isinstance(found, Function)
        assert [(each.name, each.binds, each.members, each.rest) for each in found.parameters] == expected


def test_defaults_of_javascript_parameters_bind_nothing() -> None:
    """The grammar of JavaScript writes them as patterns."""
    found = value("(a = b, [c = d], { e = f }) => 1", "a.js")
    assert isinstance(found, Function)
    assert [(each.name, each.binds) for each in found.parameters] == [("a", ("a",)), (None, ("c",)), (None, ("e",))]


RETURNS: list[tuple[str, Expression | None]] = [
    ("() => a", Name("a", 1)),
    ("() => ({ a })", None),
    ("() => { return a }", Name("a", 1)),
    ("function () { const f = () => { return b }; return a }", Name("a", 1)),
    ("function () { if (c) return b; return a }", None),
    ("() => { f() }", None),
    ("() => { return }", None),
    ("() => { class A { m() { return b } } return a }", Name("a", 1)),
]


@pytest.mark.parametrize(("source", "expected"), RETURNS, ids=[each[0] for each in RETURNS])
def test_what_a_function_returns_is_told_if_one_place_says_it(source: str, expected: Expression | None) -> None:
    """Returns of functions inside it are not its own."""
    found = value(source)
    assert isinstance(found, Function)
    if source == "() => ({ a })":
        assert isinstance(found.returns, Record)
    else:
        assert found.returns == expected


def test_a_class_has_its_methods_and_functions_in_fields() -> None:
    """Accessors and plain fields are no methods."""
    found = value(
        "class A { constructor() {} @d() m() {} h = async () => 1; get g() { return 1 } s = 1; static t() {} }"
    )
    assert isinstance(found, Class)
    assert [method.name for method in found.methods] == ["constructor", "m", "h", "t"]


DEFINITIONS: list[tuple[str, dict[str, str]]] = [
    ("const { GET, b: POST } = handlers", {"GET": "handlers.GET", "POST": "handlers.b"}),
    ("const [a, b] = c", {"a": "c.0", "b": "c.1"}),
    ("const { a = 1, ...b } = c", {"a": "(...)", "b": "(...)"}),
    ("let a = b", {"a": "b"}),
    ("let a = b; a = c", {"a": "(...)"}),
    ("let a = b; function f() { [a] = c }", {"a": "(...)", "f": "(...)"}),
    ("var a = b", {"a": "b"}),
    ("const a = b; const f = (a) => { a.x = 1 }", {"a": "b", "f": "(...)"}),
]


@pytest.mark.parametrize(("source", "expected"), DEFINITIONS, ids=[each[0] for each in DEFINITIONS])
def test_a_definition_is_the_only_value_of_its_name(source: str, expected: dict[str, str]) -> None:
    """What is taken from a pattern is a member; what is assigned again is nobody's guess."""
    assert {name: dotted(found) for name, found in module(source).definitions.items()} == expected


def test_calls_are_listed_with_their_places() -> None:
    """Outer ones first; also in JSX, decorators, templates, defaults and classes."""
    source = "@d()\nclass A { x = f(`${g()}`) }\nconst y = (z = h()) => <a b={i()}>{j(k.l?.())}</a>;\nm[n]();"
    found = module(source, "a.tsx").calls
    assert [(site.callee, site.line) for site in found] == [
        ("d", 1), ("f", 2), ("g", 2), ("h", 3), ("i", 3), ("j", 3), ("k.l", 3), ("(...)", 4),
    ]  # fmt: skip
    assert all(source[site.start : site.end].endswith(")") for site in found)


def test_offsets_count_characters() -> None:
    """A letter outside the basic plane is one character, as in the text."""
    source = "const a = '😀'; function f() { g() }\nthrow e;"
    found = module(source)
    assert [source[site.start : site.end] for site in found.calls] == ["g()"]
    function = found.definitions["f"]
    assert isinstance(function, Function)
    assert source[function.start : function.end] == "function f() { g() }"
    assert found.calls_in(function) == found.calls
    assert found.throws_in(function) == ()
    assert [(each.value, each.line) for each in found.throws] == [(Name("e", 2), 2)]


def test_calls_and_throws_belong_to_every_function_around_them() -> None:
    """Those of functions within count for the outer one too."""
    found = module("function f() { a(); const g = () => { b(); throw new E('x') } }\nc()")
    outer = found.definitions["f"]
    assert isinstance(outer, Function)
    assert [site.callee for site in found.calls_in(outer)] == ["a", "b", "E"]
    assert len(found.throws_in(outer)) == 1


IDLE: list[tuple[str, set[int]]] = [
    ("\n\nconst a = 1\n", {1, 2, 4}),
    ("a();\r\n\r\n// c\r\nb();", {2, 3}),
    ("/* a\n b\n */ f();\n/* c */ // d\n g(); /* e */", {1, 2, 4}),
    ("const a = '// no';\nconst b = `\n\n// no\n`;\n// yes", {6}),
    ("const a = `x`;\n\n`y`", {2}),
    ("f(`\n\n${\n\ng()}`)", set()),
    ("/* 😀 */ f()\n/* 😀 */", {2}),
    ("#!/usr/bin/env node\nf()", {1}),
    ("", {1}),
    ("\t \n", {1, 2}),
]


@pytest.mark.parametrize(("source", "idle"), IDLE, ids=[each[0] for each in IDLE])
def test_idle_lines_hold_nothing_but_comments(source: str, idle: set[int]) -> None:
    """What looks like a comment in a string or template is text, blank lines in it too."""
    assert module(source).idle_lines == idle


def test_lines_of_a_function_are_counted_with_or_without_idle_ones() -> None:
    """The first and the last line count."""
    found = module("\nfunction f() {\n  // c\n\n  return 1;\n}\n")
    function = found.definitions["f"]
    assert isinstance(function, Function)
    assert (found.lines_of(function, idle=True), found.lines_of(function, idle=False)) == (5, 3)


SQL: list[tuple[str, int]] = [
    ("q('SELECT a FROM b')", 1),
    ("q(`\n  select a\n  from b where c = ${d}`)", 1),
    ("q<A>`insert into a values (1)`", 1),
    ('q("UPDATE a SET b = 1")', 1),
    ("q('delete from a'); q('DELETE FROM a WHERE b')", 2),
    ("q('create table a (b int)'); q('drop index a')", 2),
    ("q('with a as (select 1) select 1')", 1),
    ("q('select a plan from us today')", 1),
    ("q('Select one'); q('Updates are set'); q('from a select b')", 0),
    ("// 'select a from b '\n", 0),
]


@pytest.mark.parametrize(("source", "count"), SQL, ids=[each[0] for each in SQL])
def test_texts_that_read_as_sql_are_listed(source: str, count: int) -> None:
    """By how the text begins, in any quotes."""
    assert len(module(source).sql) == count


def test_types_have_members_and_bases() -> None:
    """Interfaces of one name are one; intersections are taken apart."""
    source = (
        "interface A extends B<C>, D { 'a-b': string; c?: E; m(): F }\ninterface A { g: H }\n"
        "export type I = { j: K } & (L & { m: N });\ntype O = P | Q;"
    )
    types = module(source).types
    assert types["A"].members == {"a-b": "string", "c": "E", "m": "F", "g": "H"}
    assert (types["A"].extends, types["A"].line) == (("B<C>", "D"), 1)
    assert types["I"].members == {"j": "K", "m": "N"}
    assert types["I"].extends == ("L",)
    assert types["O"].extends == ("P | Q",)


def test_locals_are_told_by_offset() -> None:
    """The innermost function counts; parameters, loops and what is bound twice have no value."""
    source = (
        "const a = 1; function f(a) { const b = c; for (const d of e) { g(d) } { const h = 1 } { const h = 2 } } k()"
    )
    found = module(source)
    inside, outside = source.index("g(d)"), source.index("k()")
    assert found.local("a", outside) is None
    assert [found.local(name, inside) is not None for name in "abdh"] == [True] * 4
    values = {name: found.local(name, inside) for name in "abdh"}
    assert {name: local.value if local else 0 for name, local in values.items()} == {
        "a": None, "b": Name("c", 1), "d": None, "h": None,
    }  # fmt: skip
    function = found.function_at(inside)
    assert function is not None
    assert function.name == "f"
    assert found.function_at(outside) is None


def test_calls_in_conditions_and_loops_are_conditional() -> None:
    """And those behind a logical operator; a try block runs plainly."""
    source = "a(); if (x) b(); for (;;) c(); x && d(); try { e() } finally {} x ? f() : g();"
    found = module(source)
    conditional = {site.callee for site in found.calls if found.is_conditional(site.start, site.end)}
    assert conditional == {"b", "c", "d", "f", "g"}


def test_long_chains_and_deep_nesting_end() -> None:
    """Beyond the cap the rest is other, and nothing overflows."""
    chain = module("const x = a" + ".b()" * (CHAIN_CAP * 20))
    assert len(chain.calls) == CHAIN_CAP * 20
    for opening, closing in (("[", "]"), ("(", ")"), ("{ a: ", "}"), ("f(", ")"), ("() => ", "")):
        deep = module(f"const x = {opening * 400}1{closing * 400}")
        assert "x" in deep.definitions
    assert "x" in module("const x = " + "a." * 3000 + "b").definitions


@pytest.mark.parametrize(
    "source", ["const a = ", "import {", "export type from", "f(", "`${", "a b", "class A {", "<a></b>"]
)
def test_a_syntax_error_is_one_sentence(source: str) -> None:
    """With the line."""
    with pytest.raises(Unreadable, match=r"^a\.ts has a syntax error in line \d+; mend it\.$"):
        module(source)


def test_jsx_needs_its_suffix() -> None:
    """As for the compiler."""
    source = "const a = <b c={d()}>{e}</b>;"
    assert [site.callee for site in module(source, "a.tsx").calls] == ["d"]
    with pytest.raises(Unreadable):
        module(source, "a.ts")


SEED = b"""import a, { type B } from "./b";\r\nexport { c as default } from '@d/e';
/* x */ export const GET = pipe(withA<B>`q${1}`, async ({ f, ...g }: H) => { throw new I("j", { k: [l, ...m] }) });
declare namespace N { const o: string }\nexport type * from "p";\nclass Q { @r() s = () => t?.u["v"] as const; }
interface W extends X { y(): Z }\nexport default function* aa() { if (bb) return `cc\n\ndd`; }
"""


@settings(max_examples=300, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 6), st.binary(max_size=4)), max_size=6),
    suffix=st.sampled_from((".ts", ".tsx", ".js")),
)
@example(edits=[], suffix=".ts")
@example(edits=[(0, 0, b"\n\n\n")], suffix=".ts")
def test_any_edit_gives_a_module_or_one_sentence(edits: list[tuple[int, int, bytes]], suffix: str) -> None:
    """Whatever bytes stand there, nothing but `Unreadable` is raised, and a second reading says the same."""
    data = SEED
    for at, length, put in edits:
        data = data[:at] + put + data[at + length :]
    answers = []
    for path in (f"a{suffix}", f"b/a{suffix}"):
        try:
            found = read_module(Blob(path, blob_id_of(data), data))
            answers.append(
                (found.imports, found.exports, found.definitions, found.calls, found.idle_lines, found.locals)
            )
        except Unreadable as fault:
            answers.append(str(fault).removeprefix(path))  # type: ignore[arg-type]
    assert answers[0] == answers[1]
