"""A service with an endpoint for third parties: described, served, tested, and told of in the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged_all
from tests.readiness.fakes import NOW
from tests.readiness.filed import having, junit

SPEC = "services/identity/openapi.yaml"
ROUTES = "services/identity/src/routes/grants.routes.ts"
SERVICE = "services/identity/src/services/grant.service.ts"
EVENTS = "packages/contracts/src/events/names.generated.ts"
CATALOG = "packages/contracts/src/webhooks/catalog.ts"
PAGE = "apps/docs/content/reference/api/identity/post_v1_grants.mdx"
SCOPES = "apps/docs/content/connect/scopes.mdx"
GUIDE = "apps/docs/content/connect/grants.mdx"
E2E = "apps/sdk-canary/e2e/grants.test.ts"
DESCRIBED = """
openapi: 3.1.0
info: {title: Identity, version: "1"}
security: [{oauth2: ["write:grants"]}]
paths:
  /v1/grants:
    post:
      operationId: createGrant
      x-rate-limit: 100/minute
      x-cost-tier: medium
      responses: {"201": {description: Made.}}
    get:
      operationId: createGrants
      security: [{oauth2: ["read:grants"]}]
      responses: {"200": {description: Read.}}
  /v1/grants/{id}/events:
    post:
      responses: {"201": {description: Made.}}
components:
  securitySchemes:
    oauth2: {type: oauth2, flows: {}}
    partner: {type: oauth2, flows: {}}
    staff: {type: apiKey, in: cookie, name: staff}
"""
CODE = """
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import { withIdempotency } from "@platform/hono";
import { grantService } from "../services/grant.service";
export const grants = new OpenAPIHono();
const create = createRoute({ method: "post", path: "/v1/grants", responses: {} });
grants.openapi(create, withIdempotency(async (c) => c.json(await grantService.create(c.req.valid("json")))));
grants.openapi(createRoute({ method: "get", path: "/v1/grants", responses: {} }), async (c) => c.json([]));
"""
CREATES = """
import { publishEvent } from "@platform/events";
import { EVENT_NAMES } from "@platform/contracts";
import { db } from "../db";
class GrantService {
  async create(input) {
    return db.transaction(async (tx) => {
      const grant = await tx.insert(grants).values(input);
      await this.announce(tx, grant);
      return grant;
    });
  }
  private async announce(tx, grant) {
    await publishEvent(EVENT_NAMES.GRANT_CREATED_V1, grant, tx);
  }
}
export const grantService = new GrantService();
"""
CALL = "await publishEvent(EVENT_NAMES.GRANT_CREATED_V1, grant, tx);"
FILES = {
    SPEC: DESCRIBED,
    ROUTES: CODE,
    SERVICE: CREATES,
    "services/identity/src/db/index.ts": 'import { drizzle } from "drizzle-orm";\nexport const db = drizzle();',
    EVENTS: 'export const EVENT_NAMES = { GRANT_CREATED_V1: "grant.created.v1", OTHER_V1: "other.done.v1" } as const;',
    "packages/contracts/src/index.ts": 'export * from "./events/names.generated";',
    CATALOG: 'export const WEBHOOK_EVENTS = { "grant.created.v1": { scope: "read:grants" } } as const;',
    PAGE: '---\nscopes: ["write:grants"]\n---\n# Create a grant\n',
    SCOPES: "# Scopes\n\n| Scope | Opens |\n|---|---|\n| `write:grants` | Making grants. |\n",
    GUIDE: "# Grants\n\n## Making one\n\nCall `POST /v1/grants` with the person's id.\n",
    E2E: 'test("x", () => {});',
    "apps/api/tests/grants.test.ts": "",
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*"]}',
    "packages/contracts/package.json": '{"name": "@platform/contracts", "main": "src/index.ts"}',
    "services/identity/package.json": '{"name": "@services/identity"}',
}
CASES = (
    "createGrant: the OAuth flow gives a token that may call it",
    "createGrant: a revoked token fails introspection",
)
LINES = ("L50", "L52", "L53", "L54", "L55")
ENDPOINT = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/createGrant")
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}


@dataclass(frozen=True)
class History:
    """A history that answers what the test says."""

    changed: Mapping[str, datetime]
    since: datetime | None = NOW - timedelta(days=30)

    def last_changed_at(self, path: str) -> datetime | None:
        return self.changed.get(path)

    def operation_since(self, operation_id: str) -> datetime | None:
        return self.since if operation_id == ENDPOINT.name else None


def facts(*cases: str | tuple[str, str] | tuple[str, str, str], **changes: object) -> Facts:
    """A report of these cases (the usual ones if none is given), and a history in which the guide is new enough."""
    known = having(junit=junit(*(cases or CASES), file=E2E))
    return replace(known, **{"history": History({GUIDE: NOW}), **changes})  # type: ignore[arg-type]


def vector(*edits: tuple[str, str, str], given: Facts | None = None) -> str:
    """The outcomes of the five lines after the edits: m(et), U(nmet), ?, n(ot applicable)."""
    files = dict(FILES)
    for path, old, new in edits:
        assert old in files[path]
        if new == "(gone)":
            del files[path]
        else:
            files[path] = files[path].replace(old, new) if old else new
    return "".join(SIGNS[found.outcome] for found in judged_all(LINES, files, ENDPOINT, given or facts()))
