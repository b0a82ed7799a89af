import { CONSENT_TEXT } from "@platform/scopes/src/consent";

/** What a person will read, for each scope that a client asks for. */
export function ConsentPreview({ scopes }: { scopes: readonly (keyof typeof CONSENT_TEXT)[] }) {
  return (
    <ul>
      {scopes.map((scope) => (
        <li key={scope}>{CONSENT_TEXT[scope]}</li>
      ))}
    </ul>
  );
}
