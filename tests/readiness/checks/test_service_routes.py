"""The routes of a service: described, guarded, audited, repeatable (L3, L4, L5, L9, L26, L34, L35, L51)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import IDENTITY, judged, judged_all, loop

INDEX, ROUTES = "services/identity/src/index.ts", "services/identity/src/routes/grants.routes.ts"
SPEC = "services/identity/openapi.yaml"
SCOPES = "packages/scopes/src/index.ts"
AUDIT = "packages/hono/src/middleware/audit-events.ts"
APP = """
import { OpenAPIHono } from "@hono/zod-openapi";
import { audit, requireScope } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { grants } from "./routes/grants.routes";
export const app = new OpenAPIHono();
app.get("/healthz", (c) => c.text("ok"));
app.use("/v1/*", audit);
app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_GRANTS));
app.route("/", grants);
"""
CODE = """
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { idempotency, requireBaa, requireScope } from "@platform/hono";
import { SCOPES } from "@platform/scopes";
import { purge } from "../services/purge";
export const grants = new OpenAPIHono();
const create = createRoute({
  method: "post",
  path: "/v1/grants",
  middleware: [requireScope(SCOPES.WRITE_BIOMARKERS), requireBaa(), idempotency()] as const,
  responses: {},
});
grants.openapi(create, async (c) => {
  c.set("audit_event_type", "identity.grant.created");
  return c.json({});
});
grants.openapi(
  createRoute({ method: "delete", path: "/v1/admin/grants/{id}", middleware: idempotency(), responses: {} }),
  async (c) => purge(c),
);
"""
PURGE = """
export async function purge(c) {
  c.set('audit_event_type', `identity.grant.purged`);
  return c.json({});
}
"""
EXPORTED = 'export const SCOPES = { WRITE_BIOMARKERS: "write:biomarkers", ADMIN_GRANTS: "admin:grants" } as const;'
DESCRIBED = """
openapi: 3.1.0
info: {title: Identity, version: "1"}
paths:
  /v1/grants:
    post:
      operationId: createGrant
      description: Gives a client access to the data of a person.
      parameters: [{$ref: "#/components/parameters/Key"}]
      responses: {"201": {content: {application/json: {example: {id: g1}}}}}
  /v1/admin/grants/{id}:
    parameters: [{in: header, name: idempotency-key}]
    delete:
      description: Removes what a client was given, at once.
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Gone"}}}}}
components:
  parameters: {Key: {in: header, name: Idempotency-Key}}
  schemas: {Gone: {type: object, example: {}}}
"""
REMOVES = "Removes what a client was given, at once."
PROSE = "Gives a client access to the data of a person."
FILES = {
    INDEX: APP,
    ROUTES: CODE,
    "services/identity/src/services/purge.ts": PURGE,
    SPEC: DESCRIBED,
    SCOPES: EXPORTED,
    AUDIT: 'export const AUDIT_EVENTS = { A: "identity.grant.created", B: "identity.grant.purged" } as const;',
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*"]}',
    "packages/scopes/package.json": '{"name": "@platform/scopes", "main": "src/index.ts"}',
    "services/identity/package.json": '{"name": "@services/identity"}',
}
PURGED = "services/identity/src/services/purge.ts"
PREFIX = 'app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_GRANTS));'
IMPORT = 'import { idempotency, requireBaa, requireScope } from "@platform/hono";'
CREATE, SET = (
    CODE[CODE.index("const create") : CODE.index("grants.openapi(")],
    CODE[CODE.index("c.set") :].split("\n")[0],
)
LINES = ("L3", "L4", "L5", "L9", "L26", "L34", "L35")
ENDPOINT = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/createGrant")


def vector(path: str = ROUTES, old: str = "", new: str = "") -> str:
    """The outcomes of the seven lines after an edit: m(et), U(nmet), ?, n(ot applicable)."""
    assert old in FILES[path]
    files = {**FILES, path: FILES[path].replace(old, new) if old else FILES[path]}
    signs = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}
    return "".join(signs[found.outcome] for found in judged_all(LINES, files, IDENTITY))


def own(name: str, value: str) -> str:
    """The imports with one of the names made in the file."""
    return f"{IMPORT.replace(name, 'z')}\nconst {name} = {value};"


def theirs(name: str, path: str) -> str:
    """The imports with one of the names from another file, which does not have it or makes it."""
    return f'{IMPORT.replace(name, "z")}\nimport {{ {name} }} from "{path}";'


VALUE = '"identity.grant.created"'
STEPS = f"""
const audited = async (c, next) => {{ {SET} await next(); }};
const noted = () => async (c, next) => {{ {SET} await next(); }};
const make = createMiddleware(async (c, next) => {{ {SET} await next(); }});
const some = async (c, next) => {{ if (c.a) {SET} await next(); }};
const idle = async (c, next) => {{ await next(); }};
"""
USED = 'grants.use("/v1/grants", audited);'


def stepped(middleware: str, more: str = "") -> str:
    """The routes without an audit in the first handler, and with steps that may set one."""
    bare = CODE.replace(f"  {SET}\n", "").replace("idempotency()] as const", f"{middleware} as const")
    return bare.replace("const create =", f"{STEPS}{more}\nconst create =")


# An edit: file, old, new; then the outcomes of L3, L4, L5, L9, L26, L34, L35.
EDITS = [
    ("as it is", (), "mmmmmmm"),
    ("a description is blank", (SPEC, REMOVES, '" "'), "UmmmUmm"),
    ("an example is missing", (SPEC, "example: {id: g1}", "schema: {}"), "UmmmUmm"),
    ("a route is not described", (SPEC, "/v1/grants:", "/v1/granted:"), "UmmUmmm"),
    ("a stub", (SPEC, PROSE, "TODO write this one"), "mmmmUmm"),
    ("prose of two words", (SPEC, PROSE, "Creates grant."), "mmmmUmm"),
    (
        "the neighbour's prose",
        (SPEC, REMOVES, PROSE.lower()),
        "mmmmUmm",
    ),
    ("no scope on a route", (ROUTES, "requireScope(SCOPES.WRITE_BIOMARKERS), ", ""), "mUmmmmn"),
    ("no scope on the prefix", (INDEX, 'app.use("/v1/admin/*", requireScope(SCOPES.ADMIN_GRANTS));', ""), "mUmmmmm"),
    ("the routes are mounted beside the prefix", (INDEX, 'app.route("/", grants);', ""), "mUUmmmm"),
    ("a computed scope", (ROUTES, "SCOPES.WRITE_BIOMARKERS", "scope()"), "m?mmm??"),
    ("a scope that is not exported", (ROUTES, "SCOPES.WRITE_BIOMARKERS", "SCOPES.WRITE_ALL"), "m?mmmU?"),
    ("a scope as a strange text", (ROUTES, "SCOPES.WRITE_BIOMARKERS", '"write:all"'), "mmmmmUn"),
    (
        "a spread of middleware",
        (ROUTES, "requireScope(SCOPES.WRITE_BIOMARKERS),", "...guards(),"),
        "m?mmm??",
    ),
    ("no audit", (ROUTES, 'c.set("audit_event_type", "identity.grant.created");', ""), "mmUmmmm"),
    ("an audit value of no registry", (ROUTES, "identity.grant.created", "identity.grant.made"), "mmUmmmm"),
    ("a computed audit value", (ROUTES, '"identity.grant.created"', "type()"), "mm?mmmm"),
    ("another key is set", (ROUTES, "audit_event_type", "audit_event"), "mmUmmmm"),
    ("an audit that is two calls deep", ("services/identity/src/services/purge.ts", "c.set(", "log("), "mmUmmmm"),
    ("no idempotency", (ROUTES, ", idempotency()]", "]"), "mmmUmmm"),
    ("no header", (SPEC, "name: Idempotency-Key", "name: Other-Key"), "mmmUmmm"),
    ("no gate", (ROUTES, "requireBaa(), ", ""), "mmmmmmU"),
    ("a scope without health data", (SCOPES, "write:biomarkers", "write:account"), "mmmmmmn"),
    ("a guard under a condition", (INDEX, PREFIX, f"if (process.env.SECURE) {PREFIX}"), "m?mmm??"),
    ("a guard in a function that nobody calls", (INDEX, PREFIX, f"export function guard() {{ {PREFIX} }}"), "m?mmm??"),
    (
        "an idempotency step under a condition",
        (
            ROUTES,
            CREATE,
            f'if (SAFE) grants.use("/v1/grants", idempotency());\n{CREATE.replace(", idempotency()", "")}',
        ),
        "mmm?m?m",
    ),
    ("a guard of its own", (ROUTES, IMPORT, own("requireScope", "(scope) => (c, next) => next()")), "m?mmmmm"),
    ("a guard of a file of its own", (ROUTES, IMPORT, theirs("requireScope", "../services/purge")), "m?mmmmm"),
    ("a guard by another name", (ROUTES, "requireScope }", "allow as requireScope }"), "m?mmmmm"),
    (
        "a guard that was renamed",
        (ROUTES, CODE, CODE.replace("requireScope(", "g(").replace(" requireScope ", " requireScope as g ")),
        "mmmmmmm",
    ),
    (
        "a guard that is an alias",
        (ROUTES, "const create", "const requireScopes = requireScope;\nconst create"),
        "mmmmmmm",
    ),
    ("a key of its own", (ROUTES, IMPORT, own("idempotency", "() => (c, next) => next()")), "mmm?mmm"),
    ("a gate of its own", (ROUTES, IMPORT, own("requireBaa", "() => (c, next) => next()")), "mmmmmm?"),
    ("an audit that never runs", (ROUTES, SET, f"if (false) {SET}"), "mmUmmmm"),
    ("an audit in a dead branch", (ROUTES, SET, f"if (true) {{ log(); }} else {{ {SET} }}"), "mmUmmmm"),
    (
        "an audit behind the answer",
        (ROUTES, f"{SET}\n  return c.json({{}});", f"return c.json({{}});\n  {SET}"),
        "mmUmmmm",
    ),
    ("a map", (ROUTES, SET, SET.replace("c.set", "new Map().set")), "mmUmmmm"),
    ("a map with a name", (ROUTES, SET, f"const m = new Map(); {SET.replace('c.set', 'm.set')}"), "mmUmmmm"),
    ("a context from elsewhere", (ROUTES, SET, SET.replace("c.set", "context().set")), "mm?mmmm"),
    ("an audit under a condition", (ROUTES, SET, f"if (c.big) {SET}"), "mm?mmmm"),
    ("an audit under a short condition", (ROUTES, SET, f"c.big && {SET}"), "mm?mmmm"),
    ("an answer before it", (ROUTES, SET, f"if (c.old) return c.json(c.old);\n  {SET}"), "mm?mmmm"),
    ("a refusal before it", (ROUTES, SET, f"if (c.bad) return c.json({{}}, 409);\n  {SET}"), "mmmmmmm"),
    ("a fault before it", (ROUTES, SET, f"if (c.bad) throw new Error();\n  {SET}"), "mmmmmmm"),
    ("an audit on both ways", (ROUTES, SET, f"if (c.a) {{ {SET} }} else if (c.b) {SET} else {{ {SET} }}"), "mmmmmmm"),
    ("an audit on two of three ways", (ROUTES, SET, f"if (c.a) {{ {SET} }} else if (c.b) {SET}"), "mm?mmmm"),
    ("an audit before each answer", (ROUTES, SET, f"if (c.a) {{ {SET} return c.json(1); }}\n  {SET}"), "mmmmmmm"),
    ("an audit in a transaction", (ROUTES, SET, f"await db.transaction(async (tx) => {{ {SET} }});"), "mmmmmmm"),
    ("an audit in a timer", (ROUTES, SET, f"setTimeout(() => {{ {SET} }}, 1000);"), "mm?mmmm"),
    ("an audit for each of none", (ROUTES, SET, f"[].forEach(() => {{ {SET} }});"), "mm?mmmm"),
    ("an audit of what nobody waits for", (ROUTES, SET, f"db.transaction(async (tx) => {{ {SET} }});"), "mm?mmmm"),
    ("an audit where something failed", (ROUTES, SET, f"await save().catch(() => {{ {SET} }});"), "mm?mmmm"),
    ("an audit at once", (ROUTES, SET, f"(() => {{ {SET} }})();"), "mmmmmmm"),
    ("one of two audit values", (ROUTES, VALUE, f'c.a ? {VALUE} : "identity.grant.purged"'), "mmmmmmm"),
    ("one of two audit values of no registry", (ROUTES, VALUE, f'c.a ? {VALUE} : "identity.grant.x"'), "mmUmmmm"),
    ("an audit in a step of the route", (ROUTES, CODE, stepped("idempotency(), audited]")), "mmmmmmm"),
    ("an audit in a step that is made", (ROUTES, CODE, stepped("idempotency(), noted()]")), "mmmmmmm"),
    ("an audit in a step that a package makes", (ROUTES, CODE, stepped("idempotency(), make]")), "mmmmmmm"),
    ("an audit in a step for some requests", (ROUTES, CODE, stepped("idempotency(), some]")), "mm?mmmm"),
    ("a step that sets nothing", (ROUTES, CODE, stepped("idempotency(), idle]")), "mmUmmmm"),
    ("an audit in a step that nobody takes", (ROUTES, CODE, stepped("idempotency()]")), "mmUmmmm"),
    ("an audit for all below a path", (ROUTES, CODE, stepped("idempotency()]", USED)), "mmmmmmm"),
    ("an audit in a try", (ROUTES, SET, f"try {{ {SET} }} catch {{ return c.json(0, 500); }}"), "mmmmmmm"),
    ("an audit in a function that is called", (ROUTES, SET, f"const note = () => {{ {SET} }}; note();"), "mmmmmmm"),
    ("an audit in a function that is not", (ROUTES, SET, f"const note = () => {{ {SET} }};"), "mm?mmmm"),
    ("the context by another name", (ROUTES, SET, f"const d = c; {SET.replace('c.set', 'd.set')}"), "mmmmmmm"),
    ("a deep audit under a condition", (PURGED, "c.set(", "if (c.x) c.set("), "mm?mmmm"),
    ("a deep audit that is left out", (PURGED, "c.set(", "if (c.x) return;\n  c.set("), "mm?mmmm"),
    ("a deep audit of what is well", (PURGED, "c.set(", "if (c.x) throw c.x;\n  c.set("), "mmmmmmm"),
    ("a deep audit that never runs", (PURGED, "c.set(", "if (false) c.set("), "mmUmmmm"),
    ("a computed path", (ROUTES, 'path: "/v1/grants"', "path: make()"), "????m??"),
]


@pytest.mark.parametrize(("edit", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edit: tuple[str, str, str] | tuple[()], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(*edit) == expected


OPTIONS = [
    ("a scope that is optional", "requireScope(SCOPES.WRITE_BIOMARKERS", ", { optional: true }", "m?mmmmm"),
    ("a key that is off", "idempotency(", "{ enabled: false }", "mmm?mmm"),
    ("a gate that is off", "requireBaa(", "{ enforce: false }", "mmmmmm?"),
    ("a gate that is given nothing true", "requireBaa(", "false", "mmmmmm?"),
    ("a gate that is given what is computed", "requireBaa(", "{ ...options() }", "mmmmmm?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "option", "expected"), [each[1:] for each in OPTIONS], ids=[each[0] for each in OPTIONS]
)
def test_a_guard_with_options_that_nobody_declared_may_be_off(call: str, option: str, expected: str) -> None:
    """Only the profile knows which options leave a guard on."""
    assert vector(ROUTES, f"{call})", f"{call}{option})") == expected


def test_a_declared_option_leaves_a_guard_on() -> None:
    """`routes.guard_options` lists them."""
    files = {**FILES, ROUTES: FILES[ROUTES].replace("requireBaa()", "requireBaa({ region: 'eu' })")}
    assert judged("L35", files, IDENTITY).outcome is Outcome.UNKNOWN
    assert judged("L35", files, IDENTITY, using=loop(routes__guard_options=["region"])).outcome is Outcome.MET


def test_open_routes_are_told_with_their_reason() -> None:
    """A declared exception is seen by whoever reads the report."""
    found = judged("L4", FILES, IDENTITY)
    assert found.values["open_routes"] == {"GET /healthz": "liveness has no caller to ask for a token"}
    assert "2 routes ask for a scope" in found.message


def test_an_endpoint_is_judged_by_its_own_route() -> None:
    """Another route without a gate is not its fault."""
    assert judged("L51", FILES, ENDPOINT).outcome is Outcome.MET
    ungated = {**FILES, ROUTES: CODE.replace("requireBaa(), ", "")}
    assert judged("L51", ungated, ENDPOINT).outcome is Outcome.UNMET
    other = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/DELETE /v1/admin/grants/{id}")
    assert judged("L51", ungated, other).outcome is Outcome.NOT_APPLICABLE


def test_a_doubt_is_named_with_its_place() -> None:
    """The report says where the guard is registered that may not stand there, and where a name leads."""
    maybe = {**FILES, INDEX: APP.replace(PREFIX, f"if (process.env.SECURE) {PREFIX}")}
    found = judged("L4", maybe, IDENTITY)
    assert f"{INDEX}:9 it is registered only under a condition" in found.message
    assert (found.locations[0].path, found.locations[0].line) == (INDEX, 9)
    fake = {**FILES, ROUTES: CODE.replace(IMPORT, theirs("requireScope", "./fake"))}
    fake["services/identity/src/routes/fake.ts"] = "export const requireScope = (s) => (c, next) => next();"
    found = judged("L4", fake, IDENTITY)
    assert "requireScope is the service's own (services/identity/src/routes/fake.ts:1)" in found.message
    again = fake | {"services/identity/src/routes/fake.ts": 'export { requireScope } from "@platform/hono";'}
    assert judged("L4", again, IDENTITY).outcome is Outcome.MET


def test_an_endpoint_with_a_gate_of_its_service_is_unknown() -> None:
    """What the service makes itself may let everyone through."""
    files = {**FILES, ROUTES: CODE.replace(IMPORT, own("requireBaa", "() => (c, next) => next()"))}
    assert judged("L51", files, ENDPOINT).outcome is Outcome.UNKNOWN


def test_a_service_without_routes_is_unknown() -> None:
    """An empty set proves nothing."""
    files = {**FILES, INDEX: "export {};", ROUTES: "export {};"}
    assert [judged(number, files, IDENTITY).outcome for number in ("L4", "L5")] == [Outcome.UNKNOWN] * 2


def test_an_edit_elsewhere_leaves_the_digests() -> None:
    """Another service's code says nothing of this one."""
    more = {**FILES, "services/clinical/src/index.ts": APP}
    for number in LINES:
        assert judged(number, FILES, IDENTITY).subject_digest == judged(number, more, IDENTITY).subject_digest
