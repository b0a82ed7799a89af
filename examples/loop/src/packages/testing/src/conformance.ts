import { describe, expect, it } from "vitest";
import { connect } from "@platform/core";
import { sql } from "drizzle-orm";
import { tokenFor } from "./tokens";

interface App {
  request: (path: string, init: RequestInit) => Promise<Response> | Response;
}

const rows = connect({});

function call(app: App, route: string, headers: Record<string, string>) {
  const [method, path] = route.split(" ") as [string, string];
  const body = method === "GET" ? undefined : "{}";
  return app.request(path.replaceAll(/\{\w+\}/g, "none"), { method, headers, body });
}

/** Every mutation leaves one audit row, and a refused one leaves none. */
export function auditConformance(service: string, app: App, mutations: readonly string[]) {
  describe(`${service} conformance: audit`, () => {
    it.each(mutations)("%s writes its audit row", async (route) => {
      const before = await rows.execute(sql`select count(*) from audit_log`);
      await call(app, route, await tokenFor({ scopes: ["*"] }));
      expect(await rows.execute(sql`select count(*) from audit_log`)).not.toEqual(before);
    });
  });
}

/** What belongs to one brand is not there for another. */
export function brandConformance(service: string, app: App, reads: readonly string[]) {
  describe(`${service} conformance: brand scoping`, () => {
    it.each(reads)("%s hides other brands", async (route) => {
      const answer = await call(app, route, await tokenFor({ scopes: ["*"], brand: "loopbio" }));
      expect(answer.status).toBe(404);
    });
  });
}

/** Nobody gets in without the scope. */
export function scopeConformance(service: string, app: App, routes: readonly string[]) {
  describe(`${service} conformance: scope enforcement`, () => {
    it.each(routes)("%s refuses a token without its scope", async (route) => {
      const answer = await call(app, route, await tokenFor({ scopes: [] }));
      expect(answer.status).toBe(403);
    });
  });
}
