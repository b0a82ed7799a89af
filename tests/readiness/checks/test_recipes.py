"""Recipes: the operation in every supported SDK, in examples that parse."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import SPEC, profile, run, spec

M30 = load_catalogue().line("M30")
RECIPE = "apps/docs/content/docs/cookbook/grant.mdx"
NODE = 'const grant = await matter.grants.createGrant({ quantity: 1 }, { idempotencyKey: "a" });'
GO = "package main\n\nfunc main() {\n\tclient.Grants.Create(ctx, &matter.Params{Quantity: 1})\n}"


def fence(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```\n"


def recipe(node: str = NODE, go: str = GO, intro: str = "Call `createGrant`.", languages: str = "ts go") -> str:
    first, second = languages.split()
    return f"# Grant equity\n\n{intro}\n\n{fence(first, node)}\n{fence(second, go)}"


def judged(text: str | None, more: dict[str, str] | None = None, **keys: object) -> Finding:
    files = {**({RECIPE: text} if text is not None else {}), **(more or {})}
    return run(M30.check, M30.parameters, files, using=profile(**keys))


@pytest.mark.parametrize(
    "text",
    [
        recipe(),
        recipe(languages="javascript go"),
        recipe(languages="TypeScript go"),
        recipe(languages="ts{2} go"),
        f"---\noperations: [createGrant]\n---\n\n{fence('ts', NODE)}\n{fence('go', GO)}",
        f"Call createGrant.\n\n<Tabs>\n<Tab>\n{fence('ts', NODE)}</Tab>\n<Tab>\n{fence('go', GO)}</Tab>\n</Tabs>\n",
        f"- createGrant\n\n  {fence('ts', NODE).replace(chr(10), chr(10) + '  ')}\n\n{fence('go', GO)}",
        recipe().replace("\n", "\r\n"),
    ],
    ids=["plain", "javascript", "case", "marked lines", "front matter", "tabs", "in a list", "crlf"],
)
def test_an_example_per_sdk_that_parses_is_met(text: str) -> None:
    """Wherever the fences stand and however they are called."""
    finding = judged(text)
    assert finding.outcome is Outcome.MET, finding.message
    assert [place.snippet.lower() for place in finding.locations][-1] == "go"
    assert all(place.path == RECIPE and place.line > 0 for place in finding.locations)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No recipe at"),
        (recipe(intro="Call it.", node="const a = 1;", go="func main() {}"), "No recipe at"),
        (recipe(intro="See createGrantBatch.", node="const a = 1;"), "No recipe at"),
        (recipe(languages="ts curl"), "it has 0 examples for go (fences go), not 1"),
        (recipe(languages="bash go"), "it has 0 examples for node"),
        (recipe(node="const grant = await"), "the ts example in line 5 does not parse"),
        (recipe(go="func main() {"), "does not parse"),
        (recipe(go="x := client.Do(ctx, ...)"), "does not parse"),
        (recipe(go="// client.Grants.Create(ctx)"), "holds no code"),
        (recipe(node=""), "holds no code"),
        (recipe(node="const a = 1; // as before", go="func main() {}"), "no example calls createGrant"),
        (recipe(node="// createGrant\nconst a = 1;", go="func main() {}"), "no example calls createGrant"),
    ],
    ids=["none", "unnamed", "another's name", "one SDK", "other language", "half", "half go", "ellipsis", "comment",
         "empty", "another call", "call in a comment"],
)  # fmt: skip
def test_a_recipe_that_cannot_be_pasted_is_unmet(text: str | None, words: str) -> None:
    """Each way to be no example of this operation."""
    finding = judged(text)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert finding.locations[0].line > 0


@pytest.mark.parametrize(
    "call",
    ["client.create_grant()", "client.CreateGrant(ctx)", "grants.create(params)", 'fetch("/v1/grants", init)'],
    ids=["snake", "Pascal", "method", "path"],
)
def test_sdks_call_the_operation_in_their_own_way(call: str) -> None:
    """The id in another case, a method of the resource, or the path."""
    assert judged(recipe(node=f"{call};", go="func main() {}")).outcome is Outcome.MET


def test_the_best_recipe_counts() -> None:
    """One that only mentions the operation does not spoil the one that shows it."""
    other = {RECIPE.replace("grant.", "a-first."): "See `createGrant`.\n"}
    assert judged(recipe(), other).outcome is Outcome.MET


def test_every_example_must_parse_also_the_second_one() -> None:
    """Whoever pastes the second one has the trouble."""
    assert judged(recipe() + "\n" + fence("ts", "const = 2")).outcome is Outcome.UNMET


def test_a_language_that_nothing_here_parses_is_unknown_and_named() -> None:
    """Neither met nor unmet: it could not be seen."""
    fences = {"node": ["ts"], "go": ["brainfuck"]}
    finding = judged(recipe(languages="ts brainfuck"), customer__sdk_fences=fences)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.TOOL_ABSENT)
    assert "brainfuck" in finding.message


def test_an_sdk_whose_fences_are_not_declared_is_unknown() -> None:
    """Nobody said what its examples look like."""
    finding = judged(recipe(), customer__supported_sdks=["node", "rust"])
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert "rust" in finding.message
    assert judged(recipe(), customer__supported_sdks=[]).reason is Reason.NOT_DECLARED


def test_a_recipe_that_cannot_be_read_is_unknown_unless_another_names_the_operation() -> None:
    """It may be the recipe."""
    broken = {RECIPE.replace("grant.", "broken."): "---\ntitle: Grant\n"}
    finding = judged(None, broken)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert judged(recipe(), broken).outcome is Outcome.MET


def test_an_odd_id_is_found_whole() -> None:
    """An id with a slash, a dot and a number."""
    text = spec(operationId="reports/annual.v2")
    subject = Subject(SubjectKind.OPERATION, "reports/annual.v2")
    node = "const report = await matter.reports.annualV2({ year: 2025 });"
    shown = recipe(node=node, go="func main() {}", intro="Then `reports/annual.v2`.")
    assert run(M30.check, M30.parameters, {SPEC: text, RECIPE: shown}, subject=subject).outcome is Outcome.MET
    longer = recipe(node=node, intro="Then `reports/annual.v2.1`.")
    assert run(M30.check, M30.parameters, {SPEC: text, RECIPE: longer}, subject=subject).outcome is Outcome.UNMET


def test_words_around_the_examples_leave_the_digest_as_it_is() -> None:
    """The recipe may belong to several operations; the examples are what was seen."""
    assert judged(recipe()).subject_digest == judged(recipe(intro="First, `createGrant`.")).subject_digest
    assert judged(recipe()).subject_digest != judged(recipe(node=f"{NODE}\nreport();")).subject_digest
