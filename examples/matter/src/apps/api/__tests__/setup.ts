import { vi } from "vitest";

// The key service is the only thing that services reach over the network; tests get a public key without one.
vi.stubGlobal("fetch", async () => Response.json({ publicKey: "test-public-key" }));
