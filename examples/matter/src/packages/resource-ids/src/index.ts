/** The prefix of each kind of id, as x-matter-id-prefix in the specification says. */
export const ID_PREFIXES = {
  document: "doc",
  entity: "ent",
  exercise: "exr",
  filing: "fil",
  grant: "grt",
  issuance: "iss",
  legacyTransfer: "ltr",
  rotation: "rot",
  signingKey: "key",
  transfer: "xfr",
} as const;

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A new random id, such as `grt_4m7x0q2k9v1c8d5b`. */
export function newId(kind: keyof typeof ID_PREFIXES): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${ID_PREFIXES[kind]}_${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}
