"""What a route registers is unwrapped into its steps and its handler, or lost with the place."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Name, Other, Text
from prr_pipeline.repository.typescript.pipelines import Pipeline, Vocabulary
from prr_pipeline.repository.typescript.unwrapping import unwrap
from tests.repository.typescript.fakes import code

WORDS = Vocabulary(frozenset(("withA", "withB", "withC")), frozenset(("pipeline",)))


def unwrapped(source: str, **others: str) -> Pipeline:
    """The pipeline of what the file exports as ``GET``; its handler is the function that calls ``done``."""
    files = {"a.ts": source, **{f"{path}.ts": text for path, text in others.items()}}
    return unwrap(code(files), "a.ts", Name("GET", 1), WORDS)


H = "async (c) => { done(c) }"
MW = "import { withA, withB, withC, pipeline } from './mw';\n"
FORMS: list[tuple[str, str, list[str]]] = [
    ("plain", f"export const GET = {H}", []),
    ("function", "export async function GET(c) { done(c) }", []),
    ("generator", "export async function* GET(c) { done(c) }", []),
    ("named", f"const handler = {H};\nexport const GET = handler", []),
    ("nested", f"export const GET = withA(withB({H}))", ["withA", "withB"]),
    ("options first", f"export const GET = withA('x', withB({{ y: 1 }}, {H}))", ["withA", "withB"]),
    ("options last", f"export const GET = withA({H}, {{ x: (y) => y }})", ["withA"]),
    ("call as an option", f"export const GET = withA({H}, scope('x'))", ["withA"]),
    ("curried", f"export const GET = withA('x')(withB()({H}))", ["withA", "withB"]),
    ("curried with a function", f"export const GET = withA((c) => c.x)({H})", ["withA"]),
    ("composer", f"export const GET = pipeline(withA(), withB('x'), {H})", ["withA", "withB"]),
    ("composer of names", f"export const GET = pipeline(withA, withB, {H})", ["withA", "withB"]),
    ("composer of a list", f"export const GET = pipeline([withA(), withB()], {H})", ["withA", "withB"]),
    ("composer curried", f"export const GET = pipeline(withA(), withB())({H})", ["withA", "withB"]),
    ("composer in a composer", f"export const GET = pipeline(pipeline(withA(), withB()), {H})", ["withA", "withB"]),
    ("spread list", f"const all = [withA(), withB()];\nexport const GET = pipeline(...all, {H})", ["withA", "withB"]),
    ("spread in a list", f"const one = [withA()];\nconst all = [...one, withB()] as const;\n"
     f"export const GET = pipeline(...all, {H})", ["withA", "withB"]),
    ("spread of a function's list", f"const all = () => [withA(), withB()];\n"
     f"export const GET = pipeline(...all(), {H})", ["withA", "withB"]),
    ("spread with the handler", f"const all = [withA(), {H}];\nexport const GET = pipeline(...all)", ["withA"]),
    ("frozen list", f"const all = Object.freeze([withA(), withB()]);\nexport const GET = pipeline(...all, {H})",
     ["withA", "withB"]),
    ("constant step", f"const auth = withA('x');\nexport const GET = auth({H})", ["withA"]),
    ("constant step in a composer", f"const auth = withA('x');\nexport const GET = pipeline(auth, {H})", ["withA"]),
    ("constant composer", f"const all = pipeline(withA(), withB());\nexport const GET = all({H})", ["withA", "withB"]),
    ("type syntax", f"export const GET = (pipeline<C>(withA<X>()!, ({H}) as Handler) satisfies R)", ["withA"]),
    ("namespace", f"import * as mw from './mw';\nexport const GET = mw.withA(mw['withB']({H}))", ["withA", "withB"]),
    ("renamed", f"import {{ withA as auth }} from './mw';\nexport const GET = auth({H})", ["withA"]),
    ("second name", f"const auth = withA;\nexport const GET = auth({H})", ["withA"]),
    ("unknown step", f"export const GET = withTrace('x', withA({H}))", ["withTrace", "withA"]),
    ("unknown steps in a composer", f"const log = (c, next) => next();\nexport const GET = pipeline(log, "
     f"(c, next) => next(), withA(), {H})", ["log", "(function)", "withA"]),
    ("package wrapper", f"import * as Sentry from '@sentry/node';\nexport const GET = Sentry.wrap(withA({H}))",
     ["Sentry.wrap", "withA"]),
    ("object member", f"const handlers = {{ get: withA({H}) }};\nexport const GET = handlers.get", ["withA"]),
    ("member as the handler", f"const handlers = {{ get: {H} }};\nexport const GET = withA(handlers.get)", ["withA"]),
    ("method", "class C { get(c) { done(c) } }\nconst it = new C();\nexport const GET = withA(it.get.bind(it))",
     ["withA"]),
    ("helper", f"const protect = (h) => pipeline(withA(), withB(), h);\nexport const GET = protect({H})",
     ["withA", "withB"]),
    ("helper function", f"function protect(scope, h) {{ return withA(scope, withB(h)) }}\n"
     f"export const GET = protect('x', {H})", ["withA", "withB"]),
    ("helper of a helper", f"const inner = (h) => withB(h);\nconst outer = (h) => withA(inner(h));\n"
     f"export const GET = outer({H})", ["withA", "withB"]),
    ("helper with the rest", f"const protect = (...all) => pipeline(withA(), ...all);\n"
     f"export const GET = protect(withB(), {H})", ["withA", "withB"]),
    ("helper with an object", f"const route = ({{ scope, handler: h }}) => pipeline(withA(scope), h);\n"
     f"export const GET = route({{ scope: 'x', handler: {H} }})", ["withA"]),
    ("helper with options", f"const route = (o) => pipeline(withA(o.scope), o.handler);\n"
     f"export const GET = route({{ scope: 'x', handler: {H} }})", ["withA"]),
    ("helper with a list", f"function protect(h) {{ const all = [withA(), withB()]; return pipeline(...all, h) }}\n"
     f"export const GET = protect({H})", ["withA", "withB"]),
    ("helper for a list", f"const common = () => [withA(), withB()];\nexport const GET = pipeline(...common(), {H})",
     ["withA", "withB"]),
    ("helper that gives its argument", f"const id = (h) => h;\nexport const GET = withA(id({H}))", ["withA"]),
    ("helper around its own function", f"const log = (h) => async (c) => h(c);\nexport const GET = withA(log({H}))",
     ["withA", "log"]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "steps"), [each[1:] for each in FORMS], ids=[each[0] for each in FORMS])
def test_every_form_gives_its_steps_and_its_handler(source: str, steps: list[str]) -> None:
    """Outermost first, whatever stands between."""
    found = unwrapped(MW + source, mw="")
    assert found.lost == ()
    assert [step.name for step in found.steps] == steps
    assert found.handler is not None
    calls = code({"a.ts": MW + source}).module("a.ts").calls_in(found.handler.function)
    assert "done" in [site.callee for site in calls]


LOST: list[tuple[str, str, str]] = [
    ("conditional", f"export const GET = flag ? withA({H}) : {H}", "its value is computed"),
    ("conditional step", f"export const GET = pipeline(flag ? withA() : withB(), {H})", "its value is computed"),
    ("optional step", f"export const GET = pipeline(flag && withA(), {H})", "its value is computed"),
    ("filtered list", f"const all = [withA()].filter(Boolean);\nexport const GET = pipeline(...all, {H})", "filter"),
    ("list of a global", f"export const GET = pipeline(...stepsFor('x'), {H})", "running it tells what it spreads"),
    ("list of a package", f"import {{ steps }} from 'x';\nexport const GET = pipeline(...steps(), {H})",
     "running it tells"),
    ("list that is made", f"const steps = () => all.slice(1);\nexport const GET = pipeline(...steps(), {H})",
     "running it tells"),
    ("unknown name", "export const GET = withA(pipeline(withB(), nobody))", "nobody is not defined"),
    ("package", "import { h } from 'x';\nexport const GET = pipeline(withA(), h)", "h is not code of the repository"),
    ("package alone", "import { h } from 'x';\nexport const GET = withA(h)", "the handler was not found: withA makes"),
    ("missing file", "import { h } from './none';\nexport const GET = pipeline(withA(), h)", "names no file"),
    ("text", "export const GET = 'x'", "it is no function"),
    ("object", "export const GET = new Map()", "its value is computed"),
    ("factory", "const make = () => async (c) => 1;\nexport const GET = make()", "the handler was not found: make"),
    ("unknown callee", f"import {{ wrap }} from './none';\nexport const GET = wrap({H})", "names no file"),
    ("member of an instance", f"const api = create();\nexport const GET = api.wrap(withA({H}))", "the member wrap"),
    ("two ways", f"function protect(h) {{ if (x) return withA(h); return h }}\nexport const GET = protect({H})",
     "how protect composes its steps cannot be told"),
    ("inside its own function", f"const protect = (h) => async (c) => pipeline(withA(), h)(c);\n"
     f"export const GET = protect({H})", "how protect composes"),
    ("undeclared composer", f"import {{ flow }} from 'x';\nexport const GET = flow(withA(), withB(), {H})",
     "it is no declared composer of steps"),
    ("parameter", f"function make(step) {{ return pipeline(step, {H}) }}\nexport const GET = make()",
     "how make composes"),
    ("spread arguments", f"const protect = (h) => withA(pipeline(withB(), h));\nexport const GET = protect(...[{H}])",
     "h is a parameter"),
    ("assigned again", f"let GET = withA({H});\nGET = {H};\nexport {{ GET }}", "its value is computed"),
    ("in a circle", "export const GET = withA(GET)", ""),
    ("growing", "const f = (h) => withA(f(f(h)));\nexport const GET = f(GET)", ""),
    ("computed member", f"export const GET = mw[name]({H})", "its value is computed"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "why"), [each[1:] for each in LOST], ids=[each[0] for each in LOST])
def test_what_cannot_be_followed_is_lost_with_its_place(source: str, why: str) -> None:
    """A step that may be hidden there is never taken for absent."""
    found = unwrapped(MW + source, mw="")
    assert found.lost, found
    assert why in " ".join(lost.why for lost in found.lost)
    assert {lost.path for lost in found.lost} == {"a.ts"}
    assert all(lost.line > 0 for lost in found.lost)


def test_steps_and_handlers_carry_the_file_that_holds_them() -> None:
    """Composed elsewhere, seen there."""
    found = unwrapped(
        "import { read } from './handlers';\nimport { guarded } from './guard';\nexport const GET = guarded('x', read)",
        handlers="export { get as read } from './get'",
        get="export async function get(c) { return c }",
        guard="export const guarded = (scope: string, h) =>\n  pipeline(withA(scope, 2), h)",
    )
    assert [(step.name, step.path, step.line) for step in found.steps] == [("withA", "guard.ts", 2)]
    assert found.steps[0].arguments == (Text("x", ("x",), 3), Other("2", 2))
    assert found.handler is not None
    assert (found.handler.path, found.handler.function.name) == ("get.ts", "get")


def test_a_handler_that_is_lost_is_not_replaced_by_an_option() -> None:
    """A function among the options of a step is nobody's handler."""
    found = unwrapped("import { h } from './none';\nexport const GET = pipeline(withA((c) => c.x), h)")
    assert found.handler is None
    assert [step.name for step in found.steps] == ["withA"]


def test_pipelines_join_around_each_other() -> None:
    """The inner handler counts; what was lost stays lost."""
    lost = Pipeline(lost=(Lost("x", "a.ts", 1),))
    whole = unwrapped(f"export const GET = withA({H})").then(unwrapped(f"export const GET = withB({H})"))
    assert [step.name for step in whole.steps] == ["withA", "withB"]
    assert whole.then(lost).handler is None
    assert whole.only_steps().handler is None
    assert lost.then(whole).lost == lost.lost
