import { fakePrisma } from "@matter/testing";
import { describe, expect, it } from "vitest";
import { createDocumentsService, type Deps } from "../src";

const ACME = { orgId: "acme", mode: "live" };
const INPUT = {
  entityId: "ent_4m7x0q2k9v1c8d5b",
  purpose: "board_consent",
  fileName: "consent.pdf",
  content: "JVBERi0xLjcK",
  tooLarge: false,
  mediaType: "application/pdf",
  uploaderIp: null,
  dryRun: false,
};
const service = () =>
  createDocumentsService({ prisma: fakePrisma(), events: { emit: async () => undefined } } as unknown as Deps);

describe("uploadDocument", () => {
  it("answers with the digest of the decoded file", async () => {
    const { sha256 } = await service().uploadDocument(ACME, INPUT);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [{ tooLarge: true }, "document_too_large"],
    [{ mediaType: null }, "document_type_unsupported"],
  ])("refuses %o", async (change, code) => {
    await expect(service().uploadDocument(ACME, { ...INPUT, ...change })).rejects.toMatchObject({ code });
  });
});
