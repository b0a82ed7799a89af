import type { DomainEvent } from "@repo/domain-events";

interface Kept {
  bodyDigest: string;
  status: number;
  body: string;
}

/** The middleware's ports in memory, with what passed through them laid open. */
export function memoryPorts() {
  const answers = new Map<string, Kept>();
  const taken = new Map<string, number>();
  const sent: DomainEvent[] = [];
  const audited: { action: string; outcome: string; orgId: string }[] = [];
  return {
    sent,
    audited,
    tokens: {
      async find(token: string) {
        const match = /^(\w+):(live|sandbox|test):(.+)@([1-4])$/.exec(token);
        if (match === null) return null;
        const [, orgId = "", mode = "", scope = "", tier = "1"] = match;
        return {
          tokenId: `tok_${orgId}`,
          orgId,
          mode,
          plan: "growth",
          tier: Number(tier),
          scopes: new Set([scope]),
        } as never;
      },
    },
    rates: {
      async take(key: string, perMinute: number) {
        const used = (taken.get(key) ?? 0) + 1;
        taken.set(key, used);
        return { allowed: used <= perMinute, retryAfter: 60 };
      },
    },
    idempotency: {
      read: async (tokenId: string, key: string) => answers.get(`${tokenId}/${key}`) ?? null,
      keep: async (tokenId: string, key: string, answer: Kept) => void answers.set(`${tokenId}/${key}`, answer),
    },
    audit: { append: async (entry: { action: string; outcome: string; orgId: string }) => void audited.push(entry) },
    events: { emit: async (event: DomainEvent) => void sent.push(event) },
    now: () => new Date("2026-06-15T12:00:00Z"),
  };
}

export type MemoryPorts = ReturnType<typeof memoryPorts>;
