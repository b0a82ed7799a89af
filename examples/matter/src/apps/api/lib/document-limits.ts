export const MAX_BYTES = 20 * 1024 * 1024;

const SIGNATURES: readonly (readonly [string, string])[] = [
  ["JVBERi0", "application/pdf"],
  ["iVBORw0KGgo", "image/png"],
  ["UEsDB", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
];

/** Bytes that a base64 text decodes to, without decoding it. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** The media type by the first bytes, null for types that data rooms do not accept. The file name is never trusted. */
export function mediaType(base64: string): string | null {
  return SIGNATURES.find(([prefix]) => base64.startsWith(prefix))?.[1] ?? null;
}
