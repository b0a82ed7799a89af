const ids = new Map<string, number>();
const DAY_MS = 86_400_000;

/** Deliveries of the last day. */
export const seen = {
  async first(id: string): Promise<boolean> {
    const now = Date.now();
    for (const [known, at] of ids) if (at < now - DAY_MS) ids.delete(known);
    if (ids.has(id)) return false;
    ids.set(id, now);
    return true;
  },
};
