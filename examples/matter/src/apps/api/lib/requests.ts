import { DomainError } from "@repo/domain-errors";

type Fields = Readonly<Record<string, unknown>>;

/** Read a JSON object. Shape beyond that was checked against the specification at the edge. */
export async function body(request: Request): Promise<Fields> {
  const value: unknown = await request.json().catch(() => null);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("body", "object");
  return value as Fields;
}

export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value.trim() === "") throw invalid(name, "text");
  return value;
}

export function optionalText(fields: Fields, name: string): string | null {
  return fields[name] === undefined ? null : text(fields, name);
}

export function count(fields: Fields, name: string, least = 0): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least)
    throw invalid(name, "whole_number_from", String(least));
  return value;
}

export function nested(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (typeof value !== "object" || value === null) throw invalid(name, "object");
  return value as Fields;
}

/** What was expected is a key of the expectations in i18n/, like the code itself; `least` fills their placeholder. */
function invalid(param: string, expected: string, least = ""): DomainError {
  return new DomainError("request_validation_failed", { param, expected, least });
}
