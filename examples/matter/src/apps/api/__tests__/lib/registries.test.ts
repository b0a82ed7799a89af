import { existsSync } from "node:fs";
import { ERRORS, FAMILIES } from "@repo/domain-errors";
import { describe, expect, it } from "vitest";
import de from "../../i18n/errors/de.json";
import en from "../../i18n/errors/en.json";
import { CHAOS_CADENCE, dueInDays } from "../../lib/chaos-cadence";
import { canariesIn, PII_CANARIES } from "../../lib/pii-canary";
import { piiDrift } from "../../lib/pii-drift-validation";
import { SOC2_CONTROLS } from "../../lib/soc2-controls";
import { translate } from "../../lib/translate";

const ROOT = new URL("../../../..", import.meta.url).pathname;

describe("registries", () => {
  it("cites code, test and process that exist for each control", () => {
    for (const { codepath, test, process } of Object.values(SOC2_CONTROLS)) {
      for (const path of [codepath, test, process]) expect(existsSync(`${ROOT}/${path}`), path).toBe(true);
    }
  });

  it("knows how long a drill has", () => {
    const drill = CHAOS_CADENCE.find(({ target }) => target === "createGrant");
    expect(drill && dueInDays(drill, new Date("2026-09-18T00:00:00Z"))).toBe(91);
  });

  it("finds a canary in a log line", () => {
    for (const { canary } of PII_CANARIES) expect(canariesIn(`request by ${canary} failed`)).not.toEqual([]);
    expect(canariesIn("request by somebody failed")).toEqual([]);
  });

  it("sees a personal field that nobody declared", () => {
    const field = {
      operationId: "createGrant",
      field: "recipient_email",
      classification: "Restricted",
      declaredAsPii: false,
    };
    expect(piiDrift([field])).toHaveLength(1);
    expect(piiDrift([{ ...field, declaredAsPii: true }])).toEqual([]);
  });

  it("has a message for each code in each language, with the same placeholders", () => {
    const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    for (const code of Object.keys(ERRORS) as (keyof typeof ERRORS)[]) {
      expect(placeholders(de[code]), code).toEqual(placeholders(en[code]));
    }
    expect(translate("resource_not_found", { id: "grt_1" }, "de-CH, en")).toContain("grt_1");
  });

  it("says what was expected in the reader's language", () => {
    const params = { param: "quantity", expected: "whole_number_from", least: "1" };
    expect(translate("request_validation_failed", params, "de")).toBe("quantity sollte eine ganze Zahl ab 1 sein.");
    expect(translate("request_validation_failed", params, null)).toBe("quantity should be a whole number from 1.");
  });

  it("puts the family first in a code", () => {
    for (const [code, entry] of Object.entries(ERRORS)) {
      if ("family" in entry) expect(FAMILIES.find((family) => code.startsWith(`${family}_`))).toBe(entry.family);
    }
  });
});
