import { createIdentityClient } from "@platform/sdk-identity";

const identity = createIdentityClient();

/** What identity knows of the agreements with clients. */
export const agreements = {
  async isInForce(clientId: string): Promise<boolean> {
    const client = await identity.getClient({ client_id: clientId });
    return client.agreement_until !== null && Date.parse(client.agreement_until) > Date.now();
  },
};
