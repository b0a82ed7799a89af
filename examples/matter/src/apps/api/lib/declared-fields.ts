import { parse } from "yaml";
import type { DeclaredField } from "./pii-drift-validation";

interface Schema {
  readonly properties?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
  readonly "x-matter-pii": { readonly fields: readonly string[] };
}

interface Spec {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The request fields of all operations with what the text of the specification declares about them. */
export function declaredFields(specification: string): readonly DeclaredField[] {
  const { paths, components } = parse(specification) as Spec;
  return Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap((operation) => {
      const name = operation.requestBody?.content["application/json"]?.schema.$ref.split("/").at(-1) ?? "";
      return Object.entries(components.schemas[name]?.properties ?? {}).map(([field, property]) => ({
        operationId: operation.operationId,
        field,
        classification: String(property["x-matter-classification"]),
        declaredAsPii: operation["x-matter-pii"].fields.includes(field),
      }));
    });
}
