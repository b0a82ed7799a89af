import { expect, it } from "vitest";
import { database } from "../src/db/client";
import { TokenService } from "../src/services/token.service";

it("answers unauthenticated to a code that was never given", async () => {
  const service = new TokenService(database);
  await expect(service.issue({ code: "none" })).rejects.toMatchObject({ code: "unauthenticated" });
});
