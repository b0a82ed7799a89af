import { createHash } from "node:crypto";

/** The typed wrapper around the key service. It knows ids and fingerprints, never key material. */
export const keyService = {
  async createSuccessor(keyId: string): Promise<string> {
    const response = await fetch(`${process.env.KEY_SERVICE_URL}/keys/${encodeURIComponent(keyId)}/successor`, {
      method: "POST",
    });
    const { publicKey } = (await response.json()) as { publicKey: string };
    return createHash("sha256").update(publicKey).digest("hex");
  },
};
