"""What stands inside functions beside calls: texts, members given, comparisons, choices, elements."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.expressions import Member, Name, Text, dotted
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Fragments


def read(text: str, path: str = "a.tsx") -> Fragments:
    """The fragments of a source."""
    data = text.encode()
    return read_fragments(Blob(path, blob_id_of(data), data))


@pytest.mark.parametrize("suffix", ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"])
def test_every_grammar_is_read(suffix: str) -> None:
    """Each has nodes that another has not."""
    found = read('const a = { b: "c" };\nif (x === a.b) { throw a; }\n', f"a.{suffix}")
    assert [(each.name, each.line) for each in found.given] == [("b", 1)]
    assert [each.line for each in found.comparisons] == [2]


def test_texts_are_those_of_values_and_pages() -> None:
    """Not those of types and comments."""
    found = read('type T = "typed";\nconst a = "plain"; // "said"\nconst P = () => <p title="t">Hello\n  you {a}</p>;')
    assert sorted(str(each.value.value) for each in found.texts if isinstance(each.value, Text)) == [
        "Hello you",
        "plain",
        "t",
    ]


def test_members_are_given_in_objects_and_by_assignment() -> None:
    """Names of patterns and types are none."""
    found = read(
        'const { p } = q;\nconst o = { a: 1, "b": 2, c };\no.d = 3;\no["e"] = 4;\nlet f: { g: string };\nf = o;'
    )
    assert [each.name for each in found.given] == ["a", "b", "c", "d", "e"]
    assert isinstance(found.given[2].value, Name)


def test_comparisons_have_both_sides() -> None:
    """Equality alone; an order is none."""
    found = read("x.y === z;\na != b;\nc < d;")
    sides = [(each.operator, dotted(each.left), dotted(each.right)) for each in found.comparisons]
    assert sides == [("===", "x.y", "z"), ("!=", "a", "b")]


CHOICES = [
    ("switch (x) { case 1: a(); break; default: b(); }", 1),
    ("switch (x) { case 1: a(); break; default: }", None),
    ("switch (x) { case 1: a(); }", None),
    ("if (x === 1) { a(); } else { b(); }", 1),
    ("if (x === 1) a(); else if (x === 2) c();\nelse\n  b();", 3),
    ("if (x === 1) { a(); }", None),
    ("function f() { if (x === 1) return 1;\n  throw x; }", 2),
    ("function f() { if (x === 1) { return 1; }\n  const y = 2;\n  return g(x); }", 3),
    ("function f() { if (x === 1) { a(); }\n  throw x; }", None),
    ("function f() { switch (x) { case 1: return 1; case 2: { return 2; } }\n  throw x; }", 2),
    ('const t = x === 1 ? "one" : "more";', 1),
    ("const t = x === 1 ? 1 : 2;", None),
]


@pytest.mark.parametrize(("source", "line"), CHOICES, ids=[each[0][:60] for each in CHOICES])
def test_a_choice_tells_where_all_else_goes(source: str, line: int | None) -> None:
    """The line of its last branch, or of what is left to it; None where that does nothing."""
    assert [each.fallback for each in read(source).choices] == [line]


def test_a_chain_is_one_choice() -> None:
    """With all that its conditions compare; an ``if`` within a branch is another."""
    found = read("if (a === b) { if (c === d) {} } else if (e === f && g !== h) {}").choices
    assert [[dotted(side) for side in each.compared] for each in found] == [
        ["a", "b", "e", "f", "g", "h"],
        ["c", "d"],
    ]


def test_elements_have_tag_and_attributes() -> None:
    """Whatever their form."""
    found = read('const P = () => <Kit.Button onClick={go} label="x" disabled {...rest}><br /></Kit.Button>;').elements
    button, line_break = found
    assert (isinstance(button.tag, Member), dotted(button.tag)) == (True, "Kit.Button")
    assert list(button.attributes) == ["onClick", "label", "disabled", "..."]
    assert isinstance(button.attributes["onClick"], Name)
    assert (button.attributes["disabled"], dotted(line_break.tag)) == (None, "br")


def test_calls_whose_value_nobody_takes_are_known() -> None:
    """Awaited or not."""
    text = "verify(a);\nawait verify(b);\nconst c = verify(d);\nif (verify(e)) {}"
    assert sorted(read(text).discarded) == [text.index("verify(a)"), text.index("verify(b)")]


def test_fallbacks_are_left_sides() -> None:
    """Of ``??`` and ``||``, not of ``&&``."""
    assert [dotted(each.value) for each in read("a ?? b;\nc || d;\ne && f;").fallbacks] == ["a", "c"]


def test_deep_nesting_ends() -> None:
    """A source of many levels is read, or refused in a sentence."""
    deep = "if (x === 1) {" * 300 + "return;" + "}" * 300
    assert len(read(f"function f() {{ {deep} }}").choices) == 300
    chain = "if (x === 1) { return; } " + "else if (x === 1) { return; } " * 300
    assert len(read(f"function f() {{ {chain} throw x; }}").choices) == 1


def test_a_broken_source_is_refused() -> None:
    """Half a tree proves nothing; it is refused each time."""
    for _ in range(2):
        with pytest.raises(Unreadable, match=r"a\.tsx has a syntax error in line 1"):
            read("const a = ;")


def test_returned_and_assigned_values_are_read() -> None:
    """A plain ``return`` has none; a member that is set is given, not assigned."""
    found = read("function f() { let a = 1; a = b; a += c; this.d = 2; if (a) return; return a; }", "a.ts")
    assert [each.value for each in found.returned] == [Name("a", 1)]
    assert [(each.name, each.value) for each in found.assigned] == [("a", Name("b", 1)), ("a", Name("c", 1))]


@pytest.mark.parametrize(
    ("code", "branches", "leaves"),
    [
        ("if (a) return;", ["return;"], True),
        ("if (a) { b(); return; }", ["{ b(); return; }"], True),
        ("if (a) { b(); }", ["{ b(); }"], False),
        ("if (a) { b(); } else throw c;", ["{ b(); }", "else throw c;"], True),
        ("const d = a ? b : c;", ["b", "c"], False),
        ("a && b();", ["b()"], False),
        ("a || b();", ["b()"], False),
    ],
)
def test_conditions_tell_what_runs_by_the_answer(code: str, branches: list[str], leaves: bool) -> None:
    """And whether what follows does, too."""
    text = f"function f() {{ {code} }}"
    (found,) = read(text, "a.ts").conditions
    assert dotted(found.asked) == "a"
    assert ([text[start:end] for start, end in found.branches], found.leaves) == (branches, leaves)
    assert text[found.start : found.end].strip("()") == "a"


def test_what_is_guarded_and_what_is_gone_through() -> None:
    """A ``try`` without a ``catch`` guards nothing; a loop names what each part is called."""
    text = "for (const [at, job] of JOBS.slice(1)) run(job);\ntry { a(); } catch (e) { b(); }\ntry { c(); } finally {}"
    found = read(text, "a.ts")
    [loop], [guarded] = found.loops, found.tries
    assert (loop.names, loop.line, text[loop.start : loop.end]) == (("at", "job"), 1, "run(job);")
    assert text[guarded.start : guarded.end] == "{ a(); }"
    assert text[slice(*guarded.catch)] == "catch (e) { b(); }"
