import { fakePrisma } from "@matter/testing";
import { describe, expect, it } from "vitest";
import { createEntityService, type Deps } from "../src";

const ACME = { orgId: "acme", mode: "live" };
const INPUT = {
  legalName: "Lindqvist Robotics Inc.",
  comparableName: "lindqvist robotics inc",
  hasSuffix: true,
  jurisdiction: "us-de",
  kind: "c_corp",
  authorizedShares: 1000,
  registeredAgentEmail: "notices@example.com",
  dryRun: false,
};

function service() {
  const sent: string[] = [];
  const deps = { prisma: fakePrisma(), events: { emit: async ({ type }: { type: string }) => void sent.push(type) } };
  return { sent, entities: createEntityService(deps as unknown as Deps) };
}

describe("createEntity", () => {
  it("reserves a name once per jurisdiction and mode", async () => {
    const { entities, sent } = service();
    await entities.createEntity(ACME, INPUT);
    expect(sent).toEqual(["entity.formation_requested"]);
    await expect(entities.createEntity(ACME, INPUT)).rejects.toMatchObject({ code: "entity_name_taken" });
    await expect(entities.createEntity({ ...ACME, mode: "test" }, INPUT)).resolves.toMatchObject({ status: "forming" });
  });

  it("demands the legal suffix", async () => {
    await expect(service().entities.createEntity(ACME, { ...INPUT, hasSuffix: false })).rejects.toMatchObject({
      code: "request_validation_failed",
    });
  });

  it("reserves nothing on a dry run", async () => {
    const { entities, sent } = service();
    await entities.createEntity(ACME, { ...INPUT, dryRun: true });
    expect(sent).toEqual([]);
    await expect(entities.createEntity(ACME, INPUT)).resolves.toMatchObject({ status: "forming" });
  });
});
