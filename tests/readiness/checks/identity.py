"""A small service with its tests, as files in memory, and what CI reported of it."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.release_facts import BaseFact
from tests.readiness.fakes import NOW, FakeSnapshot
from tests.readiness.filed import filed, junit

ROOT = "services/identity"
APP, ROUTES = f"{ROOT}/src/index.ts", f"{ROOT}/src/routes/grants.routes.ts"
SERVICE, REPOSITORY = f"{ROOT}/src/services/grant.service.ts", f"{ROOT}/src/db/grant.repository.ts"
ERRORS = f"{ROOT}/src/errors.ts"
UNIT, ROUTE_TESTS = f"{ROOT}/tests/unit/grant.service.test.ts", f"{ROOT}/tests/routes/grants.test.ts"
AUDIT, BRANDS = f"{ROOT}/tests/conformance/audit.test.ts", f"{ROOT}/tests/conformance/brand-scoping.test.ts"
ENFORCEMENT, HELPERS = f"{ROOT}/tests/conformance/scopes.test.ts", f"{ROOT}/tests/support/app.ts"
SET_UP, CONFIG = f"{ROOT}/tests/support/setup.ts", f"{ROOT}/vitest.config.ts"
SCOPES, CONSENT = "packages/scopes/src/index.ts", "packages/scopes/src/consent.ts"
CANARY, CANARY_MANIFEST = "apps/sdk-canary/tests/identity.test.ts", "apps/sdk-canary/package.json"

_APP = """
import { Hono } from "hono";
import { grants } from "./routes/grants.routes";
export const app = new Hono();
app.get("/healthz", (c) => c.text("ok"));
app.route("/", grants);
"""
_ROUTES = """
import { Hono } from "hono";
import { requireScope } from "@platform/hono";
import { publishEvent } from "@platform/events";
import { SCOPES } from "@platform/scopes";
import { GrantService } from "../services/grant.service";
import { GrantRepository } from "../db/grant.repository";
export const grants = new Hono();
const service = new GrantService(new GrantRepository());
grants.post("/v1/grants", requireScope(SCOPES.WRITE_GRANTS), async (c) => {
  const body = await c.req.json();
  if (!body.client) return c.json({ error: "invalid_request" }, 400);
  const grant = await service.create(body);
  await publishEvent("grant.created.v1", grant);
  return c.json(grant, 201);
});
grants.get("/v1/grants/export", requireScope(SCOPES.READ_GRANTS), async (c) => c.json(await service.all()));
grants.get("/v1/grants/:id", requireScope(SCOPES.READ_GRANTS), async (c) => {
  return c.json(await service.find(c.req.param("id")));
});
"""
_SERVICE = """
import { GrantNotFound, PlatformError, refuse } from "../errors";
import { GrantRepository } from "../db/grant.repository";
export class GrantService {
  constructor(private readonly grants: GrantRepository) {}
  async create(input) {
    if (await this.grants.has(input.client)) throw new PlatformError("grant_exists", 409);
    if (input.closed) refuse("client_closed");
    return this.grants.insert(input);
  }
  async find(id: string) {
    const grant = await this.grants.find(id);
    if (!grant) throw new GrantNotFound(id);
    return grant;
  }
  async all() {
    try {
      return await this.grants.all();
    } catch (error) {
      throw error;
    }
  }
}
export type Grant = { id: string };
"""
_ERRORS = """
export class PlatformError extends Error {
  constructor(readonly code: string, readonly status: number) { super(code); }
}
export class GrantNotFound extends PlatformError {
  constructor(id: string) { super("grant_not_found", 404); }
}
export function refuse(code: string): never {
  throw new PlatformError(code, 403);
}
"""
_REPOSITORY = """
import { drizzle } from "drizzle-orm/node-postgres";
const db = drizzle(process.env.DATABASE_URL);
export class GrantRepository {
  async has(client: string) { return false; }
  async insert(row) { return row; }
  async find(id: string) { return undefined; }
  async all() { return db.select(); }
}
"""
_UNIT = """
import { describe, expect, it, vi } from "vitest";
import { GrantService } from "../../src/services/grant.service";
import { GrantNotFound } from "../../src/errors";
const refusing = { has: async () => true, find: async () => undefined };
describe("GrantService", () => {
  it("refuses a second grant", async () => {
    await expect(new GrantService(refusing).create({ client: "c" })).rejects.toThrow("grant_exists");
  });
  it("does not know a strange grant", async () => {
    await expect(new GrantService(refusing).find("g")).rejects.toBeInstanceOf(GrantNotFound);
  });
});
"""
_ROUTE_TESTS = """
import { expect, it } from "vitest";
import { app, post } from "../support/app";
it("creates a grant", async () => {
  const answer = await post("/v1/grants", { client: "c" });
  expect(answer.status).toBe(201);
});
const refused = [[{}, "invalid_request"], [{ client: "x", closed: true }, "client_closed"]];
it.each(refused)("refuses %s", async (body, code) => {
  const answer = await app.request("/v1/grants", { method: "POST", body: JSON.stringify(body) });
  expect((await answer.json()).error).toBe(code);
});
it("shows a grant", async () => {
  const id = "g1";
  expect((await app.request(`/v1/grants/${id}?view=full`)).status).toBe(200);
});
it("exports", async () => {
  expect((await app.request("https://identity.test/v1/grants/export")).status).toBe(200);
});
"""
_HELPERS = """
export { app } from "../../src/index";
import { app } from "../../src/index";
export const post = (path: string, body: unknown) => app.request(path, { method: "POST", body: JSON.stringify(body) });
"""
FILES: Mapping[str, str] = {
    APP: _APP,
    ROUTES: _ROUTES,
    SERVICE: _SERVICE,
    ERRORS: _ERRORS,
    REPOSITORY: _REPOSITORY,
    UNIT: _UNIT,
    ROUTE_TESTS: _ROUTE_TESTS,
    HELPERS: _HELPERS,
    SET_UP: "process.env.TZ = 'UTC';\n",
    CONFIG: 'export default defineConfig({ test: { setupFiles: ["./tests/support/setup.ts"] } });\n',
    AUDIT: 'describe("audit", () => { it("holds the brand of a grant", () => {}); });\n',
    BRANDS: 'describe("brand scoping", () => { it("hides other brands", () => {}); });\n',
    ENFORCEMENT: 'describe("scope enforcement", () => { it("asks for one", () => {}); });\n',
    SCOPES: 'export const SCOPES = { READ_GRANTS: "read:grants", WRITE_GRANTS: "write:grants" } as const;\n',
    CONSENT: """import { SCOPES } from "./index";
export const CONSENT_TEXT = {
  [SCOPES.READ_GRANTS]: "See which apps you gave access",
  "write:grants": { title: "Change your apps", body: "Give an app access, or take it away." },
};
""",
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*", "apps/*"]}',
    "packages/scopes/package.json": '{"name": "@platform/scopes", "main": "src/index.ts"}',
    f"{ROOT}/package.json": '{"name": "@services/identity"}',
    f"{ROOT}/openapi.yaml": "openapi: 3.1.0\npaths: {/v1/grants: {post: {operationId: createGrant}}}\n",
    CANARY_MANIFEST: '{"name": "sdk-canary", "dependencies": {"@platform/sdk-identity": "workspace:*"}}',
    CANARY: """import { IdentityClient } from "@platform/sdk-identity";
const identity = new IdentityClient({ token: process.env.TOKEN });
it("lists grants", async () => {
  expect(await identity.grants.list()).toEqual([]);
});
""",
}
CASES = (
    ("GrantService > refuses a second grant", UNIT),
    ("GrantService > does not know a strange grant", UNIT),
    ("creates a grant", ROUTE_TESTS),
    ("refuses {}", ROUTE_TESTS),
    ("refuses [object Object]", ROUTE_TESTS),
    ("shows a grant", ROUTE_TESTS),
    ("exports", ROUTE_TESTS),
    ("audit > holds the brand of a grant", AUDIT),
    ("brand scoping > hides other brands", BRANDS),
    ("scope enforcement > asks for one", ENFORCEMENT),
    ("lists grants", CANARY),
)
COVERAGE = {
    SERVICE: {name: {"total": 10, "covered": 9} for name in ("lines", "branches", "functions", "statements")},
}
RELEASED = {SCOPES: 'export const SCOPES = { READ_GRANTS: "read:grants" } as const;\n'}


def edited(*edits: tuple[str, str, str]) -> dict[str, str]:
    """The files with some texts replaced; an empty old text replaces a file whole, and makes one that is not there."""
    files = dict(FILES)
    for path, old, new in edits:
        assert not old or old in files[path], f"{path} does not hold {old!r}"
        files[path] = files[path].replace(old, new) if old else new
    return files


def reported(**changes: str | None) -> str:
    """The report, with cases by the start of their title (``_`` for a blank) failing, skipped, or left out (None)."""
    by_start = {start.replace("_", " "): change for start, change in changes.items()}
    rows = []
    for title, path in CASES:
        name = title.rpartition(" > ")[2]
        start = next((each for each in by_start if name.startswith(each)), None)
        inside = by_start[start] if start is not None else ""
        if inside is not None:
            rows.append((title, path, f"<{inside}/>" if inside else ""))
    return junit(*rows)


def facts(report: str | None = None, released: Mapping[str, str] | None = RELEASED) -> Facts:
    """What CI reported, and what was released last."""
    artefacts = {"junit": filed(report or reported()), "coverage": filed(COVERAGE)}
    base = BaseFact("the release v1.0.0", "2" * 40, FakeSnapshot(released)) if released is not None else None
    return Facts(now=NOW, artefacts=artefacts, base=base)
