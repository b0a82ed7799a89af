import { describe, expect, it } from "vitest";
import { decodedBytes, mediaType } from "../../lib/document-limits";
import { comparableName, hasSuffix } from "../../lib/entity-name";
import { windowIsOpen } from "../../lib/filing-deadline";
import { overlapEnd } from "../../lib/key-overlap";
import { reportSections } from "../../lib/report-sections";

describe("entity names", () => {
  it("compares names as a register does", () => {
    expect(comparableName("ACME,  Robotics-Inc.")).toBe(comparableName("Acme Robotics Inc"));
  });

  it("demands the suffix of the legal form", () => {
    expect(hasSuffix("Acme Robotics Inc.", "c_corp")).toBe(true);
    expect(hasSuffix("Acme Robotics Inc.", "llc")).toBe(false);
  });
});

describe("filing windows", () => {
  it("lies in the year after the one reported on", () => {
    expect(windowIsOpen("us-de", 2025, "2026-02-28")).toBe(true);
    expect(windowIsOpen("us-de", 2025, "2026-03-02")).toBe(false);
    expect(windowIsOpen("nowhere", 2025, "2026-02-28")).toBe(false);
  });
});

describe("documents", () => {
  it("measures a file without decoding it", () => {
    expect(decodedBytes("QUJD")).toBe(3);
    expect(decodedBytes("QQ==")).toBe(1);
  });

  it("goes by the first bytes, never by the name", () => {
    expect(mediaType("JVBERi0xLjcK")).toBe("application/pdf");
    expect(mediaType("TVqQAAMAAAAE")).toBeNull();
  });
});

describe("keys and reports", () => {
  it("ends the overlap at once when a key was compromised", () => {
    const now = new Date("2026-06-15T12:00:00Z");
    expect(overlapEnd(now, "compromise", 48)).toEqual(now);
    expect(overlapEnd(now, "scheduled", 1).toISOString()).toBe("2026-06-15T13:00:00.000Z");
  });

  it("keeps the order of the register's form", () => {
    const sections = reportSections({
      legalName: "Acme Inc.",
      fiscalYear: 2025,
      principalOffice: "Dover",
      officers: ["Rosa"],
      outstanding: 1000,
    });
    expect(sections.map((section) => section.split("\n")[0])).toEqual([
      "# Acme Inc., annual report 2025",
      "## Principal office",
      "## Officers",
      "## Shares outstanding",
    ]);
  });
});
