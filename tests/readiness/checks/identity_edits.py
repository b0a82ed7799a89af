"""Edits of the small service, and what each does to the lines on its tests, consent texts and SDK."""

from __future__ import annotations

from tests.readiness.checks.identity import (
    APP,
    CANARY,
    CANARY_MANIFEST,
    CONFIG,
    CONSENT,
    ERRORS,
    HELPERS,
    ROOT,
    ROUTE_TESTS,
    ROUTES,
    SCOPES,
    SERVICE,
    SET_UP,
    UNIT,
)

Edit = tuple[str, str, str]
WRITE = "SCOPES.WRITE_GRANTS"
CLIENT = "new IdentityClient({ token: process.env.TOKEN })"
SHOWN = "app.request(`/v1/grants/${id}?view=full`)"
SHOWS = 'it("shows'
THROWN = '.rejects.toThrow("grant_exists")'
METHOD_GIVEN: list[Edit] = [
    (HELPERS, "post = (path", "send = (method, path"),
    (HELPERS, '"POST"', "method"),
    (ROUTE_TESTS, "app, post", "app, send"),
]


def before(case: str, line: str) -> Edit:
    """A line before a case of the route tests."""
    return ROUTE_TESTS, case, f"{line}\n{case}"


# Edits: file, old (empty: all of it), new; then the outcomes of L19, L20, L21, L22, L36, L49.
EDITS: list[tuple[str, list[Edit], str]] = [
    ("as it is", [], "mmmmmm"),
    # L19
    ("a class that no test uses", [(SERVICE, "export type", "export class Idle {}\nexport type")], "Ummmmm"),
    ("a class that is only imported", [(UNIT, "new GrantService", "new Other")], "Ummmmm"),
    ("a class that is imported as a type", [(UNIT, "import { GrantService", "import type { GrantService")], "Ummmmm"),
    (
        "a class of a replaced file",
        [(UNIT, "const refusing", 'vi.mock("../../src/services/grant.service");\nconst refusing')],
        "Ummmmm",
    ),
    (
        "used through the whole module",
        [(UNIT, "import { GrantService }", "import * as all"), (UNIT, "new GrantService", "new all.GrantService")],
        "mmmmmm",
    ),
    (
        "used through a helper of the tests",
        [
            (UNIT, "new GrantService", "build"),
            (UNIT, '"../../src/services/grant.service"', '"../support/build"'),
            (UNIT, "{ GrantService }", "{ build }"),
            (
                f"{ROOT}/tests/support/build.ts",
                "",
                'import { GrantService } from "../../src/services/grant.service";\n'
                "export const build = (...a) => new GrantService(...a);",
            ),
        ],
        "mmmmmm",
    ),
    (
        "a class that is passed on",
        [
            (SERVICE, "export type", 'export * from "./idle";\nexport type'),
            (f"{ROOT}/src/services/idle.ts", "", "export class Idle {}"),
        ],
        "Ummmmm",
    ),
    (
        "a class that cannot be followed",
        [(SERVICE, "export type", 'export { Idle } from "./gone";\nexport type')],
        "?mmmmm",
    ),
    ("no class", [(SERVICE, "", "export const create = () => {};")], "?mmmmm"),
    ("a unit test that cannot be read", [(UNIT, "", "it(")], "?mm?mm"),
    # L20
    ("a route without a test", [(ROUTES, '"/v1/grants/:id"', '"/v1/grants/:id/history"')], "mUmmmm"),
    (
        "a route that only a test of its sibling meets",
        [(ROUTE_TESTS, "https://identity.test/v1/grants/export", "/v1/grants/g1")],
        "mUmmmm",
    ),
    (
        "another method",
        [(ROUTE_TESTS, "`/v1/grants/${id}?view=full`", '`/v1/grants/${id}`, { method: "DELETE" }')],
        "mUmmmm",
    ),
    ("an open route that is undescribed needs none", [(APP, "/healthz", "/openapi.json")], "mmmmmm"),
    ("an open route that is described does", [(APP, "/healthz", "/version")], "mUmmmm"),
    ("a replaced database package", [before(SHOWS, 'vi.mock("drizzle-orm/node-postgres");')], "mUmmmm"),
    ("a replaced repository", [before(SHOWS, 'vi.mock(import("../../src/db/grant.repository"));')], "mUmmmm"),
    (
        "a replaced publisher in a helper",
        [(HELPERS, "export const", 'vi.mock("@platform/events", () => ({ publishEvent: vi.fn() }));\nexport const')],
        "mUmmmm",
    ),
    ("a replaced publisher in the set-up", [(SET_UP, "", 'vi.mock("@platform/events");')], "mUmmmm"),
    ("another set-up", [(SET_UP, "", 'vi.mock("@platform/events");'), (CONFIG, "setup.ts", "other.ts")], "mmmmmm"),
    ("a module that is watched and kept", [before(SHOWS, 'vi.mock("@platform/events", { spy: true });')], "mmmmmm"),
    (
        "a member that is watched",
        [before(SHOWS, 'import * as events from "@platform/events";\nvi.spyOn(events, "publishEvent");')],
        "mmmmmm",
    ),
    (
        "a member that is replaced",
        [
            before(
                SHOWS,
                'import * as events from "@platform/events";\nvi.spyOn(events, "publishEvent").mockResolvedValue();',
            )
        ],
        "mUmmmm",
    ),
    ("a database that pretends", [before(SHOWS, 'import { newDb } from "pg-mem";')], "mUmmmm"),
    (
        "a helper that is given the method",
        [*METHOD_GIVEN, (ROUTE_TESTS, "await post(", 'await send("POST", ')],
        "mmmmmm",
    ),
    (
        "a helper that is given another",
        [
            *METHOD_GIVEN,
            (ROUTE_TESTS, "await post(", 'await send("PUT", '),
            (ROUTE_TESTS, 'app.request("/v1/grants", {', 'app.request("/v1/other", {'),
        ],
        "mUmmmm",
    ),
    ("a replaced service", [before(SHOWS, 'vi.mock("../../src/services/grant.service");')], "mUmmmm"),
    ("a replaced bus", [before(SHOWS, 'vi.mock("nats");')], "mUmmmm"),
    (
        "a case that asserts nothing",
        [
            (
                ROUTE_TESTS,
                'expect((await app.request("https://identity.test/v1/grants/export")).status).toBe(200);',
                'await app.request("https://identity.test/v1/grants/export");',
            )
        ],
        "mUmmmm",
    ),
    (
        "an app that the test makes up",
        [
            (
                ROUTE_TESTS,
                'import { app, post } from "../support/app";',
                'import { post } from "../support/app";\nconst app = { request: async () => new Response("{}") };',
            )
        ],
        "mUmmmm",
    ),
    (
        "an assertion that nobody awaits",
        [(UNIT, "await expect(new GrantService(refusing).create", "expect(new GrantService(refusing).create")],
        "mmmUmm",
    ),
    ("what is none of both may be replaced", [before(SHOWS, 'vi.mock("../../src/errors");')], "mmmmmm"),
    (
        "an app of its own",
        [(HELPERS, "../../src/index", "./fake"), (f"{ROOT}/tests/support/fake.ts", "", "export const app = make();")],
        "mUmmmm",
    ),
    ("an app that cannot be followed", [(HELPERS, "../../src/index", "./gone")], "m?mmmm"),
    (
        "a stand-in server is no request",
        [
            (
                ROUTE_TESTS,
                "(await app.request(`/v1/grants/${id}?view=full`)).status",
                'http.get("/v1/grants/:id", () => {})',
            )
        ],
        "mUmmmm",
    ),
    ("a typed client", [(ROUTE_TESTS, SHOWN, 'client.v1.grants[":id"].$get({ param: { id } })')], "mmmmmm"),
    ("a request that cannot be seen", [(ROUTE_TESTS, SHOWN, "show(id)")], "mUmmmm"),
    ("a route with a computed path", [(ROUTES, '"/v1/grants/export"', "path()")], "m?mm?m"),
    # L21
    # L22
    ("another code is thrown", [(SERVICE, '"grant_exists"', '"grant_taken"')], "mmmUmm"),
    ("another code of a class, which is asserted", [(ERRORS, '"grant_not_found"', '"no_grant"')], "mmmmmm"),
    ("a class that no test knows", [(UNIT, "toBeInstanceOf(GrantNotFound)", "toThrow()")], "mmmUmm"),
    ("its code asserted instead", [(UNIT, "toBeInstanceOf(GrantNotFound)", "toThrow(/grant_not_found/)")], "mmmmmm"),
    ("an answer without a case", [(ROUTES, '"invalid_request" }, 400', '"invalid_body" }, 422')], "mmmUmm"),
    (
        "an answer of a helper",
        [(ROUTES, '{ error: "invalid_request" }, 400', 'problem("invalid_body"), 422')],
        "mmmUmm",
    ),
    ("a status among options", [(ROUTES, '"invalid_request" }, 400', '"invalid_body" }, { status: 422 }')], "mmmUmm"),
    ("an answer that is no error", [(ROUTES, '"invalid_request" }, 400', '"all_well" }, 200')], "mmmmmm"),
    ("a code for a function that throws it", [(SERVICE, '"client_closed"', '"client_shut"')], "mmmUmm"),
    ("a code that is computed", [(SERVICE, '"client_closed"', "reason()")], "mmm?mm"),
    ("a code that is asserted not to be", [(UNIT, THROWN, '.rejects.not.toThrow("grant_exists")')], "mmmUmm"),
    ("a code beside an assertion", [(UNIT, THROWN, '.rejects.toThrow(); log("grant_exists")')], "mmmUmm"),
    (
        "a code that is only an input",
        [(UNIT, THROWN, '.rejects.toThrow(); expect(f("grant_exists")).toBe(1)')],
        "mmmUmm",
    ),
    (
        "rows of a case that asserts nothing",
        [(ROUTE_TESTS, "expect((await answer.json()).error).toBe(code);", "")],
        "mmmUmm",
    ),
    ("an error without a code", [(SERVICE, "throw error;", 'throw new Error("broken");')], "mmmmmm"),
    # L36
    ("no text for a new scope", [(CONSENT, '"write:grants"', '"write:others"')], "mmmmUm"),
    ("a stub of a text", [(CONSENT, "Change your apps", "TODO")], "mmmmUm"),
    (
        "a text of one word",
        [(CONSENT, '{ title: "Change your apps", body: "Give an app access, or take it away." }', '"Change."')],
        "mmmmUm",
    ),
    ("a text that is computed", [(CONSENT, '"Change your apps"', "say()")], "mmmm?m"),
    ("texts that are hidden", [(CONSENT, '"write:grants": {', "...more, rest: {")], "mmmm?m"),
    ("no new scope", [(ROUTES, WRITE, "SCOPES.READ_GRANTS")], "mmmmnm"),
    ("a scope of staff", [(SCOPES, "write:grants", "admin:grants")], "mmmmnm"),
    ("a computed scope", [(ROUTES, WRITE, "scope()")], "mmmm?m"),
    ("no texts at all", [(CONSENT, "", "")], "mmmm?m"),
    # L49
    ("no consumer takes the package", [(CANARY_MANIFEST, "@platform/sdk-identity", "@platform/sdk-other")], "mmmmmU"),
    ("a consumer that only makes the client", [(CANARY, "await identity.grants.list()", "[]")], "mmmmm?"),
    ("a consumer that imports and calls nothing", [(CANARY, CLIENT, "{}")], "mmmmmU"),
    ("a consumer of types", [(CANARY, "import {", "import type {")], "mmmmmU"),
    (
        "a consumer that replaces the package",
        [(CANARY, "const identity", 'vi.mock("@platform/sdk-identity");\nconst identity')],
        "mmmmmU",
    ),
    (
        "an operation as a function",
        [
            (CANARY, "IdentityClient }", "createGrant }"),
            (CANARY, CLIENT, "createGrant({})"),
            (CANARY, "identity.grants.list()", "1"),
        ],
        "mmmmmm",
    ),
    (
        "the service itself is no consumer",
        [
            (CANARY_MANIFEST, "", "{}"),
            (f"{ROOT}/package.json", "}", ', "dependencies": {"@platform/sdk-identity": "1"}}'),
            (f"{ROOT}/src/self.ts", "", 'import * as sdk from "@platform/sdk-identity";\nsdk.grants.list();'),
        ],
        "mmmmmU",
    ),
    ("a consumer that cannot be read", [(CANARY, "it(", "it((")], "mmmmm?"),
]
