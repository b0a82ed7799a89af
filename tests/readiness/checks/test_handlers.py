"""How long a handler is, wherever it is defined and whatever stands around it."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run

M10 = load_catalogue().line("M10")
ROUTE = "apps/api/app/grants/route.ts"
WIDE = profile(paths__route_handlers="apps/api/app/**/route.ts")


def body(lines: int) -> str:
    """A block of exactly so many lines, its braces among them."""
    return "{\n" + "  step();\n" * (lines - 2) + "}"


def judged(source: str, **more: str) -> Finding:
    files = {ROUTE: source} | {path.replace("__", "/") + ".ts": text for path, text in more.items()}
    return run(M10.check, M10.parameters, files, using=WIDE)


FORMS = {
    "arrow": "export const POST = async () => BODY;",
    "function": "export async function POST() BODY",
    "wrapped": "export const POST = withAuth(withScope('x', async () => BODY));",
    "curried": "export const POST = withAuth({ tier: 2 })(async () => BODY);",
    "composed": "export const POST = pipeline(withAuth(), async () => BODY);",
    "named": "const handler = async () => BODY;\nexport const POST = pipeline(withAuth(), handler);",
    "exported later": "async function handler() BODY\nexport { handler as POST };",
    "typed": "export const POST = (async () => BODY) satisfies Handler;",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_fifty_lines_are_met_and_fifty_one_are_not(form: str) -> None:
    """The limit counts from the function's first line to its last, both included."""
    assert judged(form.replace("BODY", body(50))).outcome is Outcome.MET
    too_long = judged(form.replace("BODY", body(51)))
    assert (too_long.outcome, too_long.values["lines"]) == (Outcome.UNMET, 51)
    assert "1 more than 50" in too_long.message


def test_a_handler_of_another_file_is_followed_to_its_place() -> None:
    """Through a re-export; the location is that of the function."""
    finding = judged(
        'import { create } from "../../handlers";\nexport const POST = pipeline(withAuth(), create);',
        apps__api__handlers='export { create } from "./handlers-impl";',
        **{"apps__api__handlers-impl": f"\n\nexport async function create() {body(60)}"},
    )
    assert finding.outcome is Outcome.UNMET
    assert [(place.path, place.line) for place in finding.locations] == [("apps/api/handlers-impl.ts", 3)]


FORWARDS = {
    "arrow": "async function all(c) BODY\nexport const POST = pipeline(withAuth(), (context) => all(context));",
    "block": "const all = async (c) => BODY;\nexport const POST = async (context) => { return await all(context); };",
    "constant": "const all = async (c) => BODY;\n"
    "export const POST = async (context) => { const answer = await all(context); return answer; };",
    "parts": "const all = (a, b) => BODY;\nexport const POST = (c) => all(c.request, { tenant: c.tenant });",
    "rest": "const all = (...a) => BODY;\nexport const POST = (...given) => all(...given);",
    "twice": "const all = (c) => BODY;\nconst next = (c) => all(c);\nexport const POST = (c) => next(c);",
    "several returns": "const all = (c) => BODY;\n"
    "export const POST = (c) => { if (c.dryRun) return all(c); return all(c); };",
    "method": "class Grants { create(c) BODY }\nconst grants = new Grants();\n"
    "export const POST = (context) => grants.create(context);",
}


@pytest.mark.parametrize("form", FORWARDS.values(), ids=FORWARDS)
def test_what_a_handler_hands_its_request_on_to_is_counted_with_it(form: str) -> None:
    """A long body is no shorter for standing in another function; the sentence names that one."""
    assert judged(form.replace("BODY", body(45))).outcome is Outcome.MET
    too_long = judged(form.replace("BODY", body(90)))
    assert too_long.outcome is Outcome.UNMET, too_long.message
    assert f" of {ROUTE}:1" in too_long.message


def test_a_handler_of_another_file_that_is_handed_the_request_is_counted() -> None:
    """Unless it lies in a service package, which is where the rest belongs."""
    source = 'import { all } from "FROM";\nexport const POST = (context) => all(context);'
    text = f"export const all = async (context) => {body(90)};"
    elsewhere = judged(source.replace("FROM", "../../handlers"), apps__api__handlers=text)
    assert elsewhere.outcome is Outcome.UNMET
    files = {
        ROUTE: source.replace("FROM", "@repo/equity-service"),
        "package.json": '{"workspaces": ["packages/*"]}',
        "packages/equity-service/package.json": '{"name": "@repo/equity-service", "exports": "./src/index.ts"}',
        "packages/equity-service/src/index.ts": text,
    }
    assert run(M10.check, M10.parameters, files, using=WIDE).outcome is Outcome.MET


def test_what_gets_no_part_of_the_request_is_no_handler() -> None:
    """Parsing and marshalling have functions of their own."""
    finding = judged(
        f"const ok = (found) => {body(40)};\nexport const POST = async (context) => {{\n"
        f"  const found = await list(context);\n  return ok(found);\n{'  step();' + chr(10)}}};"
    )
    assert (finding.outcome, finding.values["lines"]) == (Outcome.MET, 5)


def test_blank_and_comment_lines_count_by_declaration() -> None:
    """They do by default; a profile may leave them out."""
    source = f"export const POST = async () => {{\n{'// why' + chr(10)}{chr(10)}{'  step();' + chr(10)}}};"
    counted = run(M10.check, M10.parameters, {ROUTE: source}, using=WIDE)
    left_out = run(
        M10.check,
        M10.parameters,
        {ROUTE: source},
        using=profile(
            paths__route_handlers="apps/api/app/**/route.ts", code__handler_count_blank_and_comment_lines=False
        ),
    )
    assert (counted.values["lines"], left_out.values["lines"]) == (5, 3)


UNSEEN = {
    "computed": ("export const POST = makeHandlers()[0];", Reason.NOT_RESOLVABLE),
    "made elsewhere": (
        'import { make } from "other";\nexport const POST = make("createGrant");',
        Reason.NOT_RESOLVABLE,
    ),
    "conditional": ("export const POST = pipeline(withAuth(), live ? a : b);", Reason.NOT_RESOLVABLE),
    "lost import": ('import { create } from "./gone";\nexport const POST = create;', Reason.NOT_RESOLVABLE),
    "broken": ("export const POST = async () => {", Reason.UNREADABLE),
    "another method": ("export const GET = async () => {};", Reason.NO_EVIDENCE),
    "empty": ("", Reason.NO_EVIDENCE),
}


@pytest.mark.parametrize(("source", "reason"), UNSEEN.values(), ids=UNSEEN)
def test_a_handler_that_cannot_be_seen_is_unknown_with_its_place(source: str, reason: Reason) -> None:
    """Never met, never unmet."""
    finding = judged(source)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)
    assert ROUTE in finding.message


def test_the_digest_covers_the_handler_alone() -> None:
    """Code before it and another method's handler leave it as it is; its own text does not."""
    plain = judged(f"export const POST = async () => {body(5)};")
    moved = judged(
        f"const other = 1;\nexport const GET = async () => {body(9)};\nexport const POST = async () => {body(5)};"
    )
    edited = judged(f"export const POST = async () => {body(6)};")
    assert plain.subject_digest == moved.subject_digest != edited.subject_digest
