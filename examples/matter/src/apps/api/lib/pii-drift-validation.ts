export interface DeclaredField {
  readonly operationId: string;
  readonly field: string;
  readonly classification: string;
  readonly declaredAsPii: boolean;
}

export interface Drift {
  readonly operationId: string;
  readonly field: string;
  readonly reason: "looks_personal_but_undeclared" | "declared_but_public";
}

const PERSONAL = /(^|_)(name|email|phone|address|birth|ssn|passport|holder|officers?|ip)($|_)/;
const COMPANY_NAMES: ReadonlySet<string> = new Set(["legal_name"]);

/** Compare what a field is called with what it is declared as. Names of companies are no personal data. */
export function piiDrift(fields: readonly DeclaredField[]): readonly Drift[] {
  return fields.flatMap(({ operationId, field, classification, declaredAsPii }): readonly Drift[] => {
    if (declaredAsPii && classification === "Public") return [{ operationId, field, reason: "declared_but_public" }];
    const personal = PERSONAL.test(field) && !COMPANY_NAMES.has(field);
    const guarded = classification.endsWith("Restricted");
    return personal && guarded && !declaredAsPii
      ? [{ operationId, field, reason: "looks_personal_but_undeclared" }]
      : [];
  });
}
