import { fakePrisma } from "@matter/testing";
import { DomainError } from "@repo/domain-errors";
import { beforeEach, describe, expect, it } from "vitest";
import { createEquityService, type Deps, type EquityService } from "../src";

const ACME = { orgId: "acme", mode: "live" };
const ENTITY_ID = "ent_4m7x0q2k9v1c8d5b";
const GRANT = {
  entityId: ENTITY_ID,
  recipientName: "Rosa Lindqvist",
  recipientEmail: null,
  instrument: "iso",
  quantity: 600_000,
  strikePriceMinor: 125,
  currency: "USD",
  schedule: [{ month: 12, quantity: 600_000 }],
  vestingStart: "2024-01-01",
  dryRun: false,
};
const ISSUANCE = {
  entityId: ENTITY_ID,
  shareClass: "common",
  quantity: 1000,
  priceMinor: 1,
  currency: "USD",
  holderName: "Rosa Lindqvist",
  boardConsentId: null,
  issuableOf: ({ authorized, outstanding, reserved }: { authorized: number; outstanding: number; reserved: number }) =>
    authorized - outstanding - reserved,
  dryRun: false,
};
const split = (held: number, quantity: number) => (quantity > held ? null : { moved: quantity, kept: held - quantity });
const refused = async (work: Promise<unknown>) => ((await work.catch((error: unknown) => error)) as DomainError).code;

let prisma: ReturnType<typeof fakePrisma>;
let equity: EquityService;

beforeEach(() => {
  prisma = fakePrisma();
  equity = createEquityService({ prisma, events: { emit: async () => undefined } } as unknown as Deps);
});

describe("grants", () => {
  it("stops at the end of the pool", async () => {
    await equity.createGrant(ACME, GRANT);
    expect(await refused(equity.createGrant(ACME, GRANT))).toBe("grant_pool_exhausted");
  });

  it("saves nothing on a dry run", async () => {
    await equity.createGrant(ACME, { ...GRANT, dryRun: true });
    expect(await equity.listGrants(ACME, { entityId: null, after: null, take: 10 })).toEqual([]);
  });

  it("refuses an entity of somebody else", async () => {
    expect(await refused(equity.createGrant({ ...ACME, orgId: "mallory" }, GRANT))).toBe("request_validation_failed");
  });

  it("sells no share that has not vested", async () => {
    const { id } = await equity.createGrant(ACME, GRANT);
    Object.assign(prisma.grant.rows[0] ?? {}, { status: "active", exercised: 0 });
    const input = { grantId: id, quantity: 11, paymentReference: "RF18", vestedOf: () => 10, dryRun: false };
    expect(await refused(equity.exerciseGrant(ACME, input))).toBe("grant_not_vested");
    expect(await equity.exerciseGrant(ACME, { ...input, quantity: 10 })).toMatchObject({ cost_minor: 1250 });
  });
});

describe("shares", () => {
  it("stays within the charter", async () => {
    await equity.issueShares(ACME, ISSUANCE);
    expect(await refused(equity.issueShares(ACME, { ...ISSUANCE, quantity: 9_000_000 }))).toBe(
      "share_authorization_exceeded",
    );
  });

  it("splits a certificate on a transfer", async () => {
    await equity.issueShares(ACME, ISSUANCE);
    Object.assign(prisma.certificate.rows[0] ?? {}, { status: "settled" });
    const input = {
      entityId: ENTITY_ID,
      certificateNumber: "common-1",
      quantity: 400,
      toHolderName: "Teo",
      considerationMinor: null,
      split,
      dryRun: false,
    };
    expect(await equity.transferShares(ACME, input)).toMatchObject({ quantity: 400, status: "review" });
    expect(prisma.certificate.rows.map((row) => row.quantity)).toEqual([600, 400]);
    expect(await refused(equity.transferShares(ACME, { ...input, quantity: 601 }))).toBe("share_transfer_restricted");
  });

  it("refuses a holder that it cannot find", async () => {
    const input = { entityId: ENTITY_ID, fromHolder: "Nobody", toHolder: "Teo", shares: 1, split, dryRun: false };
    expect(await refused(equity.legacyTransfer(ACME, input))).toBe("share_transfer_restricted");
  });

  it("shows no table while a closing holds it", async () => {
    expect(await equity.capTable(ACME, ENTITY_ID)).toMatchObject({ outstanding: 0 });
    Object.assign(prisma.entity.rows[0] ?? {}, { closingSince: new Date("2026-06-15T00:00:00Z") });
    expect(await refused(equity.capTable(ACME, ENTITY_ID))).toBe("closing_in_progress");
  });
});
