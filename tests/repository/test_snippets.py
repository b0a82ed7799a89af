"""Code fences parse, or it is said where they do not."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.snippets import LANGUAGES, SNIPPET_CAP, snippet_fault

GOOD = {
    "ts": "const a: number = await b<string>(1);",
    "typescript": "type A = { b: string };",
    "tsx": "const a = <Grant id={1} />;",
    "js": "const { a } = await b({ c: 1 });",
    "go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("a")\n}',
    "python": "from matter import Matter\n\nMatter().grants.create(quantity=1)",
    "ruby": "require 'matter'\nMatter.new.create(quantity: 1)",
    "java": "Grant grant = client.grants().create(1);",
    "csharp": "var grant = await client.Grants.CreateAsync(1);",
    "php": "<?php\n$grant = $client->grants->create(1);",
    "rust": "fn main() { client.create(1); }",
    "kotlin": "val grant = client.grants.create(1)",
    "swift": "let grant = client.grants.create(1)",
    "bash": "curl -X POST https://api.example.org/grants -d '{\"quantity\": 1}'",
    "json": '{"quantity": 1}',
}
BAD = {
    "ts": "const a: = 1;",
    "js": "foo(",
    "go": "func main() {\n\tx :=\n}",
    "python": "def f(:\n    pass",
    "ruby": "foo do |x|",
    "java": "class A {",
    "php": "<?php\n$a->(;",
    "rust": "fn main( {",
    "kotlin": "val a = (",
    "bash": "if then",
    "json": '{"a": }',
}


@pytest.mark.parametrize("language", GOOD)
def test_a_sound_snippet_has_no_fault(language: str) -> None:
    """In each language that recipes are written in, with or without a last line feed."""
    assert snippet_fault(GOOD[language], language) is None
    assert snippet_fault(GOOD[language] + "\n", language) is None


@pytest.mark.parametrize("language", BAD)
def test_a_broken_snippet_does_not_parse(language: str) -> None:
    """Also where the parser makes up the missing part and goes on."""
    assert (snippet_fault(BAD[language], language) or "").startswith("does not parse")


def test_the_fault_names_the_line_in_the_snippet() -> None:
    """Counted from the fence."""
    assert snippet_fault("const a = 1;\nconst = 2;\n", "ts") == "does not parse at its line 2"
    assert snippet_fault("x := 1\nfoo(...)\n", "go") == "does not parse at its line 2"


@pytest.mark.parametrize(("text", "language"), [("", "ts"), ("// later", "js"), ("# later", "python"), ("\n\n", "go")])
def test_comments_alone_are_no_code(text: str, language: str) -> None:
    """There is nothing to paste."""
    assert snippet_fault(text, language) == "holds no code"


def test_a_huge_snippet_is_not_parsed() -> None:
    """Nobody pastes that much."""
    assert "more than 65,536 characters" in (snippet_fault("a;" * SNIPPET_CAP, "ts") or "")


def test_a_language_without_a_grammar_is_not_among_the_known_ones() -> None:
    """Who asks for it anyway has not looked."""
    assert "cobol" not in LANGUAGES
    with pytest.raises(KeyError):
        snippet_fault("x", "cobol")
    for language in LANGUAGES:
        snippet_fault("1", language)
