export interface Page<Item> {
  readonly object: "list";
  readonly data: readonly Item[];
  readonly has_more: boolean;
  readonly url: string;
  readonly next_cursor?: string;
}

/** Read `limit`: 10 by default, between 1 and 100. */
export function pageLimit(text: string | null): number {
  const asked = Number(text ?? "10");
  return Number.isInteger(asked) ? Math.min(100, Math.max(1, asked)) : 10;
}

/** Make an envelope from one item more than the limit: the extra one only tells that there is more. */
export function page<Item extends { readonly id: string }>(
  found: readonly Item[],
  limit: number,
  url: string,
): Page<Item> {
  const data = found.slice(0, limit);
  const last = data.at(-1);
  const more = found.length > limit;
  return { object: "list", data, has_more: more, url, ...(more && last ? { next_cursor: last.id } : {}) };
}
