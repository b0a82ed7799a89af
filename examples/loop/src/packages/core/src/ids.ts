import { randomBytes } from "node:crypto";

/** An id such as `chk_3f9c...`: the prefix says what it is of. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}
