import { DomainError } from "@repo/domain-errors";

type Fields = Readonly<Record<string, unknown>>;

/** Read a JSON object. Shape beyond that was checked against the specification at the edge. */
export async function body(request: Request): Promise<Fields> {
  const value: unknown = await request.json().catch(() => null);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("body", "an object");
  return value as Fields;
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value.trim() === "") throw invalid(name, "a non-empty text");
  return value;
}

export function optionalText(fields: Fields, name: string): string | null {
  return fields[name] === undefined ? null : text(fields, name);
}

export function count(fields: Fields, name: string, least = 0): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least)
    throw invalid(name, `a whole number from ${least}`);
  return value;
}

export function nested(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (typeof value !== "object" || value === null) throw invalid(name, "an object");
  return value as Fields;
}

function invalid(param: string, expected: string): DomainError {
  return new DomainError("request_validation_failed", { param, expected });
}
