"""A partner's client in memory: it connects, refreshes, takes webhooks, waits when limited, and lets users leave."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged, judged_all
from tests.readiness.fakes import NOW
from tests.readiness.filed import having

FITBOOK = Subject(SubjectKind.INTEGRATION, "fitbook")
HOME = "integrations/fitbook"
SRC = f"{HOME}/src"
DECLARATION = f"{HOME}/integration.yaml"
REGISTER = "compliance/baa.yaml"
CANARIES = "packages/testing/src/phi-canaries.ts"
OAUTH, API, WEBHOOKS, ERRORS, ROUTES, PAGE, TESTS = (
    f"{SRC}/oauth.ts",
    f"{SRC}/api.ts",
    f"{SRC}/webhooks.ts",
    f"{SRC}/errors.ts",
    f"{SRC}/routes.ts",
    f"{SRC}/pages/connection.tsx",
    f"{HOME}/tests/oauth.test.ts",
)
LINES = ("L72", "L73", "L74", "L75", "L76", "L77", "L78", "L79", "L80")

FILES: Mapping[str, str] = {
    DECLARATION: "client_id: fitbook\npartner: Fitbook Inc.\nscopes: [openid, read:biomarkers]\n",
    REGISTER: """
agreements:
  - {party: Other Ltd., signed_on: 2024-01-02, valid_from: 2024-01-02, valid_until: 2025-01-02}
  - {party: Fitbook Inc., signed_on: 2026-01-10, valid_from: 2026-01-15, valid_until: 2027-01-15}
""",
    CANARIES: 'export const PHI_CANARIES = { biomarker: "CANARY-HbA1c-9.87-7731" } as const;\n',
    OAUTH: """
import { createHash, randomBytes } from "node:crypto";
import { post } from "./api";
import { revokeGrant } from "./revocation";

export function newVerifier(): string {
  return randomBytes(48).toString("base64url");
}

function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

export function authorizeUrl(clientId: string, verifier: string, state: string): string {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    state,
    scope: "openid read:biomarkers",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
  });
  return `https://identity.platform.loop.health/v1/oauth/authorize?${query}`;
}

export async function redeem(code: string, verifier: string) {
  return post("/v1/oauth/token", { grant_type: "authorization_code", code, code_verifier: verifier });
}

export async function refresh(token: string) {
  return post("/v1/oauth/token", { grant_type: "refresh_token", refresh_token: token });
}

export async function revoke(token: string) {
  await revokeGrant(token);
}
""",
    f"{SRC}/revocation.ts": """
import { post } from "./api";

export async function revokeGrant(token: string) {
  return post("/v1/oauth/revoke", { token });
}
""",
    API: """
import { setTimeout as pause } from "node:timers/promises";
import { logger } from "@fitbook/log";
import { explain } from "./errors";

const ATTEMPTS = 5;

function waitFor(response: Response, attempt: number): number {
  const told = Number(response.headers.get("Retry-After") ?? 0) * 1000;
  return told + Math.random() * 2 ** attempt * 100;
}

export async function post(path: string, form: Record<string, string>) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const response = await fetch(`https://api.example${path}`, { method: "POST", body: new URLSearchParams(form) });
    if (response.status === 429) {
      await pause(waitFor(response, attempt));
      continue;
    }
    if (!response.ok) {
      const failure = await response.json();
      logger.warn("the platform refused", { status: response.status, reason: explain(failure.error) });
    }
    return response.json();
  }
  throw new Error("still limited");
}
""",
    ERRORS: """
export function explain(code: string): string {
  switch (code) {
    case "invalid_grant":
    case "invalid_token":
      return "connect again";
    case "rate_limited":
      return "wait";
    default:
      return `unexpected ${code}`;
  }
}
""",
    WEBHOOKS: """
import { createHmac, timingSafeEqual } from "node:crypto";

const SIGNATURE_HEADER = "x-loop-signature";

function isAuthentic(raw: string, given: string, secret: string): boolean {
  const expected = Buffer.from(createHmac("sha256", secret).update(raw).digest("hex"));
  const actual = Buffer.from(given);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

export async function receive(request: Request, secret: string): Promise<Response> {
  const raw = await request.text();
  const given = request.headers.get(SIGNATURE_HEADER);
  if (given === null || !isAuthentic(raw, given, secret)) {
    return new Response(null, { status: 401 });
  }
  const event = JSON.parse(raw);
  return new Response(event.id, { status: 200 });
}
""",
    ROUTES: """
import { Hono } from "hono";
import { revoke } from "./oauth";
import { tokenOf } from "./session";

export const app = new Hono();
app.post("/api/disconnect", async (c) => {
  await revoke(await tokenOf(c));
  return c.body(null, 204);
});
""",
    f"{SRC}/session.ts": "export async function tokenOf(c: unknown) {\n  return String(c);\n}\n",
    PAGE: """
import { ConnectWithLoopButton } from "@platform/connect-button";

export function Connection({ connected }: { connected: boolean }) {
  const leave = async () => {
    await fetch("/api/disconnect", { method: "POST" });
  };
  return connected ? <button onClick={leave}>Disconnect</button> : <ConnectWithLoopButton clientId="fitbook" />;
}
""",
    TESTS: """
import { PHI_CANARIES } from "../../../packages/testing/src/phi-canaries";

const token = "lph_rt_canary_0001";

describe("tokens", () => {
  it("refreshes an expired access token", () => expect(token).not.toBe(PHI_CANARIES.biomarker));
});
""",
}
REPORT = f"""<testsuites><testsuite name="{TESTS}">
<testcase name="tokens &gt; refreshes an expired access token" classname="{TESTS}"><system-out>ok</system-out>
</testcase></testsuite></testsuites>"""


def facts(report: str = REPORT) -> Facts:
    """What CI filed for the client."""
    return having(junit=report)


def with_edits(edits: Mapping[str, str | tuple[str, str] | None]) -> dict[str, str]:
    """The files with some replaced (a text), edited (old and new text, which must be there), or left out (None)."""
    files = dict(FILES)
    for path, edit in edits.items():
        if edit is None:
            del files[path]
        elif isinstance(edit, str):
            files[path] = edit
        else:
            assert edit[0] in files[path], f"{path} holds no {edit[0]!r}"
            files[path] = files[path].replace(*edit)
    return files


def found(number: str, edits: Mapping[str, str | tuple[str, str] | None], report: str = REPORT) -> Finding:
    """What the check of one line finds after some edits."""
    return judged(number, with_edits(edits), FITBOOK, facts(report))


def changed(edits: Mapping[str, str | tuple[str, str] | None], report: str = REPORT) -> dict[str, Outcome]:
    """The lines that are not met after some edits, with their outcomes; empty for the client as it is."""
    findings = judged_all(LINES, with_edits(edits), FITBOOK, facts(report))
    return {line: each.outcome for line, each in zip(LINES, findings, strict=True) if each.outcome is not Outcome.MET}


__all__ = ["FILES", "FITBOOK", "LINES", "NOW", "REPORT", "changed", "facts", "found", "with_edits"]
