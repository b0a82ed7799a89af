type Row = Record<string, unknown>;

const matches = (row: Row, where: Row): boolean =>
  Object.entries(where).every(([name, wanted]) => {
    if (typeof wanted === "object" && wanted !== null && "not" in wanted) return row[name] !== wanted.not;
    return row[name] === wanted;
  });

/** One table in memory with the part of Prisma's interface that services use. */
function table(rows: Row[]) {
  const find = (where: Row = {}) => rows.filter((row) => matches(row, where));
  const sum = (found: Row[], name: string) => found.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  return {
    rows,
    findFirst: async ({ where }: { where: Row }) => find(where)[0] ?? null,
    findMany: async ({ where, take }: { where: Row; take?: number }) => find(where).slice(0, take),
    create: async ({ data }: { data: Row }) => (rows.push({ ...data }), data),
    update: async ({ where, data }: { where: Row; data: Row }) => Object.assign(find(where)[0] ?? {}, data),
    aggregate: async ({ where }: { where: Row }) => ({ _sum: { quantity: sum(find(where), "quantity") } }),
    groupBy: async ({ where }: { where: Row }) =>
      find(where).map((row) => ({
        holderName: row.holderName,
        shareClass: row.shareClass,
        _sum: { quantity: Number(row.quantity) },
      })),
  };
}

/** A database in memory, seeded for the organisation acme in each mode. */
export function fakePrisma() {
  const seeded = ["live", "sandbox", "test"].flatMap((mode) => [
    {
      id: "ent_4m7x0q2k9v1c8d5b",
      orgId: "acme",
      mode,
      jurisdiction: "us-wy",
      authorizedShares: 10_000_000,
      optionPool: 1_000_000,
      closingSince: null,
      legalName: "Acme Inc.",
    },
  ]);
  const tables = {
    entity: table(seeded),
    grant: table([]),
    exercise: table([]),
    certificate: table([]),
    document: table([]),
    filing: table([]),
    signingKey: table([{ id: "key_0a1b2c3d4e5f6g7h", orgId: "acme", mode: "live", overlapEndsAt: null }]),
  };
  return { ...tables, $transaction: async <Result>(work: (tx: typeof tables) => Promise<Result>) => work(tables) };
}

/** What routes import under the name of the database package when tests run. */
export const prisma = fakePrisma();
