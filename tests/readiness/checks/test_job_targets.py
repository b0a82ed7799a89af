"""What a job calls: an admin route that a second call does no harm to (L64)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged
from tests.readiness.filed import absent, filed, having, junit

REGISTRY = "services/jobs/src/jobs/registry.ts"
ROUTES = "services/membership/src/routes/admin/locks.routes.ts"
OTHER = "services/clinical/src/routes/locks.routes.ts"
TESTS = "services/membership/tests/locks.test.ts"
JOB = Subject(SubjectKind.JOB, "release-expired")
TARGET = "POST /v1/admin/locks/release"
ENTRY = f'{{ id: "release-expired", schedule: "rate(5 minutes)", target: "{TARGET}" }}'
GUARD, STEP = "requireScope(SCOPES.ADMIN_LOCKS)", "idempotency()"
CODE = f"""import {{ OpenAPIHono, createRoute }} from "@hono/zod-openapi";
import {{ idempotency, requireScope }} from "@platform/hono";
import {{ SCOPES }} from "@platform/scopes";
export const locks = new OpenAPIHono();
const middleware = [{GUARD}, {STEP}] as const;
locks.openapi(
  createRoute({{ method: "post", path: "/v1/admin/locks/release", middleware, responses: {{}} }}),
  async (c) => c.json({{}}),
);
locks.get("/v1/admin/locks/released", (c) => c.json([]));
"""
FILES = {
    REGISTRY: f'import {{ platformHost }} from "@platform/hosts";\nexport const JOBS: Job[] = [\n  {ENTRY},\n];\n',
    ROUTES: CODE,
    TESTS: "",
    "services/membership/openapi.yaml": "openapi: 3.1.0\npaths:\n  /v1/admin/locks/release:\n    post:\n"
    "      operationId: releaseLocks\n      responses: {}\n",
    "packages/scopes/src/index.ts": 'export const SCOPES = { ADMIN_LOCKS: "admin:locks" } as const;\n',
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*"]}',
    "packages/scopes/package.json": '{"name": "@platform/scopes", "main": "src/index.ts"}',
    "services/membership/package.json": '{"name": "@services/membership"}',
}
TITLE = "release-expired leaves the same state when it is called twice"
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
Edits = list[tuple[str, str, str]]
Case = str | tuple[str, str] | tuple[str, str, str]


def target(new: str) -> tuple[str, str, str]:
    """The registry with another target."""
    return (REGISTRY, f'"{TARGET}"', new)


def beside(field: str) -> tuple[str, str, str]:
    """The registry with another field in the entry."""
    return (REGISTRY, f'target: "{TARGET}"', f'target: "{TARGET}", {field}')


SERVED = CODE.replace("/v1/admin/locks", "/v1/admin/keys")
IMPORTED = (REGISTRY, "import", 'import { SCOPES } from "@platform/scopes";\nimport')
CASES: list[tuple[str, Edits, Outcome, str]] = [
    ("as it is", [], MET, "release-expired calls POST /v1/admin/locks/release of membership"),
    ("a path alone", [target('"/v1/admin/locks/release"')], MET, "a scope, an idempotency step, and a test"),
    ("with its service", [target('"POST membership:/v1/admin/locks/release?all=1"')], MET, "of membership"),
    ("a URL", [target('"https://membership.platform.loop.health/v1/admin/locks/release"')], MET, "of membership"),
    ("a host that is made", [target("`${host({ service: 'membership', stage })}/v1/admin/locks/release`")], MET, ""),
    ("a method before it", [target("`POST ${host}/v1/admin/locks/release`")], MET, "of membership"),
    ("an object", [target('{ service: "membership", method: "post", path: "/v1/admin/locks/release" }')], MET, ""),
    ("a constant", [target("T"), (REGISTRY, "export", f'const T = "{TARGET}";\nexport')], MET, "of membership"),
    ("another service serves it too", [(OTHER, "", CODE)], UNKNOWN, "name method and service in the target"),
    ("another serves it, it says whose", [(OTHER, "", CODE), target('"membership:/v1/admin/locks/release"')], MET, ""),
    ("its service beside it", [beside('service: "membership"'), (OTHER, "", CODE)], MET, "of membership"),
    ("another service beside it", [beside('service: "clinical"'), (OTHER, "", SERVED)], UNMET, "which no service regi"),
    ("no known service beside it", [beside('service: "locks"')], MET, "of membership"),
    ("its scope", [beside("scope: SCOPES.ADMIN_LOCKS"), IMPORTED], MET, "of membership"),
    ("another scope", [beside('scope: "admin:jobs"')], UNMET, "asks for admin:jobs, and POST /v1/admin/locks/release"),
    ("its scope among others", [beside('scopes: ["admin:jobs", "admin:locks"]')], MET, "of membership"),
    ("a computed scope of its own", [beside("scope: scopeOf()")], MET, "of membership"),
    ("a computed tail", [target("`/v1/admin/locks/${action}`")], UNKNOWN, "write it as METHOD /path"),
    ("a computed middle", [target("`${host}/v1/${what}/release`")], UNKNOWN, "write it as METHOD /path"),
    ("a computed method", [target("{ method: m(), path: '/v1/admin/locks/release' }")], UNKNOWN, "write it as METHOD"),
    ("a name in a template", [target("`${where}`")], UNKNOWN, "is told only by running it"),
    ("no path", [target('"release the locks"')], UNKNOWN, "is told only by running it"),
    ("no target", [(REGISTRY, "target:", "to:")], UNMET, "names no endpoint under target; let it call an admin route"),
    ("a spread entry", [(REGISTRY, f'target: "{TARGET}"', "...rest")], UNKNOWN, "may be in what is spread"),
    ("its own code", [target("async () => run()")], UNMET, "names no endpoint under target"),
    ("no admin route", [target('"POST /v1/locks/release"')], UNMET, "no route under /v1/admin/; let it call an admin"),
    ("no route", [target('"POST /v1/admin/locks/free"')], UNMET, "which no service registers; write the route"),
    ("another method", [target('"DELETE /v1/admin/locks/release"')], UNMET, "which no service registers"),
    ("a route that is computed", [(ROUTES, '"/v1/admin/locks/release"', "path()")], UNKNOWN, "No service is seen"),
    ("no scope", [(ROUTES, f"{GUARD}, ", "")], UNMET, "has no requireScope with a scope; put it in the chain"),
    ("a scope by the prefix", [
        (ROUTES, f"{GUARD}, ", ""), (ROUTES, "const mid", f'locks.use("/v1/admin/*", {GUARD});\nconst mid'),
    ], MET, ""),
    ("a scope under a condition", [
        (ROUTES, f"{GUARD}, ", ""), (ROUTES, "const mid", f'if (A) locks.use("/v1/admin/*", {GUARD});\nconst mid'),
    ], UNKNOWN, "it is registered only under a condition"),
    ("a scope in a function that nobody calls", [
        (ROUTES, f"{GUARD}, ", ""), (ROUTES, "const mid", f'function f() {{ locks.use("*", {GUARD}); }}\nconst mid'),
    ], UNKNOWN, "inside a function"),
    ("a step of its own", [
        (ROUTES, "{ idempotency, ", "{ "), (ROUTES, "const mid", "const idempotency = () => noop;\nconst mid"),
    ], UNKNOWN, "idempotency is the service's own"),
    ("a computed scope", [(ROUTES, "SCOPES.ADMIN_LOCKS", "scope()")], UNKNOWN, "cannot be told at"),
    ("no step", [(ROUTES, f", {STEP}", "")], UNMET, "has no idempotency or withIdempotency; put it in the chain"),
    ("no step and a computed scope", [(ROUTES, f"(SCOPES.ADMIN_LOCKS), {STEP}", "(scope())")], UNMET, "has no idemp"),
    ("neither", [(ROUTES, f"[{GUARD}, {STEP}]", "[]")], UNMET, "no requireScope with a scope, idempotency or with"),
    ("a spread chain", [(ROUTES, f"[{GUARD}, {STEP}]", "[...all()]")], UNKNOWN, "compose it from plain names"),
    ("no registry", [(REGISTRY, "", "(gone)")], UNKNOWN, REGISTRY),
    ("no entry", [(REGISTRY, "release-expired", "purge")], UNKNOWN, "shows no entry of release-expired"),
    ("broken routes", [(ROUTES, "export const locks", "export const = ")], UNKNOWN, ROUTES),
]  # fmt: skip


def found(edits: Edits, *cases: Case, facts: Facts | None = None) -> Finding:
    """What the line finds after the edits, with these reported cases (the usual one if none is given)."""
    files = dict(FILES)
    for path, old, new in edits:
        assert old in files.get(path, "")
        files[path] = files.get(path, "").replace(old, new) if old else new
        if new == "(gone)":
            del files[path]
    report = having(junit=junit(*(cases or (TITLE,)), file=TESTS))
    return judged("L64", files, JOB, facts or report)


@pytest.mark.parametrize(("edits", "outcome", "why"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_job_calls_a_guarded_and_idempotent_admin_route(edits: Edits, outcome: Outcome, why: str) -> None:
    """What is missing is named, what only running tells is unknown."""
    finding = found(edits)
    assert finding.outcome is outcome, finding.message
    assert why in finding.message


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("POST /v1/admin/locks/release is idempotent", MET),
        ("releaseLocks: the second of two repeated calls finds nothing to do", MET),
        ("release-expired runs", UNMET),
        ("releaseLocks repeats", MET),
        ("release-expired-twice runs", MET),
        ("GET /v1/admin/locks/released is idempotent", UNMET),
        ("releaseLocksAgain is idempotent", UNMET),
        ("another job is idempotent", UNMET),
        ((TITLE, TESTS, "<failure/>"), UNMET),
        ((TITLE, TESTS, "<skipped/>"), UNMET),
    ],
)
def test_a_passed_test_calls_it_twice(case: Case, outcome: Outcome) -> None:
    """Its title names the job, the operation or the route, and says that it is called again."""
    assert found([], case).outcome is outcome


BODIES = [
    ("await post(URL); const again = await post(URL); expect(again.status).toBe(200);", MET),
    ("await post(URL); expect((await post(URL)).status).toBe(200);", MET),
    ("await request(app).post(URL).send({}); await request(app).post(URL).send({}).expect(200);", MET),
    ("for (const key of keys) { const answer = await post(URL); expect(answer.ok).toBe(true); }", MET),
    ("await post(URL); await post(URL); unchanged(1);", MET),
    ("await post(URL); await post(URL);", UNMET),
    ("const first = await post(URL); expect(first.status).toBe(200); await post(URL);", UNMET),
    ("for (const key of keys) { await post(URL); }", UNMET),
]


@pytest.mark.parametrize(("body", "outcome"), BODIES, ids=range(len(BODIES)))
def test_something_is_asserted_after_the_second_call(body: str, outcome: Outcome) -> None:
    """A case that only calls twice passes whatever the second call does."""
    code = f"const unchanged = (n) => expect(rows()).toBe(n);\nit({TITLE!r}, async () => {{ {body} }});\n"
    assert found([(TESTS, "", code)]).outcome is outcome


def test_words_inside_another_jobs_name_count_for_nothing() -> None:
    """The test of release-expired-twice is of that job."""
    more = (REGISTRY, "[\n", f"[\n  {ENTRY.replace('release-expired', 'release-expired-twice')},\n")
    assert found([more], "release-expired-twice runs").outcome is UNMET


def test_words_inside_the_routes_own_name_count_for_nothing() -> None:
    """A route that is called after retries is not therefore called twice."""
    path = "/v1/admin/retries/release"
    edits = [target(f'"POST {path}"'), (ROUTES, 'path: "/v1/admin/locks/release"', f'path: "{path}"')]
    assert found(edits, f"POST {path} runs").outcome is UNMET
    assert found(edits, f"POST {path} runs twice").outcome is MET


def test_what_is_certain_wins_over_what_is_hidden() -> None:
    """A missing test counts though the scope cannot be told; a missing report hides only what is else in order."""
    hidden = (ROUTES, "SCOPES.ADMIN_LOCKS", "scope()")
    assert found([hidden], "release-expired runs").outcome is UNMET
    for report in (absent(), filed(junit(TITLE, file=TESTS), current=False)):
        assert found([], facts=having(junit=report)).outcome is UNKNOWN
        assert found([(ROUTES, f", {STEP}", "")], facts=having(junit=report)).outcome is UNMET
    assert found([], facts=having(junit=absent())).reason is Reason.NO_EVIDENCE


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    bare = found([(ROUTES, f", {STEP}", "")])
    assert (bare.locations[0].path, bare.locations[0].line) == (ROUTES, 7)
    untested = found([], "release-expired runs")
    assert untested.message.startswith(
        "POST /v1/admin/locks/release of membership lacks a passed test that calls it twice: a second call (no case); "
        "write one whose title names the route or release-expired"
    )
    nowhere = found([target('"POST /v1/locks/release"')])
    assert (nowhere.locations[0].path, nowhere.locations[0].line) == (REGISTRY, 3)


def test_what_is_elsewhere_leaves_the_digest() -> None:
    """What a person signed of one job holds while other jobs, routes and tests come."""
    more = (REGISTRY, "[\n", f"[\n  {ENTRY.replace('release-expired', 'purge')},\n")
    route = (ROUTES, "locks.get(", 'locks.get("/v1/admin/locks", (c) => c.json([]));\nlocks.get(')
    after = found([more, route], TITLE, "purge runs twice")
    assert after.outcome is MET
    assert after.subject_digest == found([]).subject_digest
