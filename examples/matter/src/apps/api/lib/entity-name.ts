const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  c_corp: ["inc", "inc.", "corp", "corp.", "corporation", "incorporated"],
  llc: ["llc", "l.l.c."],
};

/** Two names that differ only by case, spaces or punctuation are one name to a register. */
export function comparableName(legalName: string): string {
  return legalName
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s.,'"&-]+/g, " ")
    .trim();
}

export function hasSuffix(legalName: string, kind: string): boolean {
  const last =
    legalName
      .trim()
      .toLowerCase()
      .split(/[\s,]+/)
      .at(-1) ?? "";
  return (SUFFIXES[kind] ?? []).includes(last);
}
