import type { ErrorCode } from "@repo/domain-errors";
import de from "../i18n/errors/de.json";
import en from "../i18n/errors/en.json";

const CATALOGS: Readonly<Record<string, Readonly<Record<string, string>>>> = { en, de };

/** The message of a code in the first supported language that the client accepts, English otherwise. */
export function translate(code: ErrorCode, params: Readonly<Record<string, string>>, accept: string | null): string {
  const wanted = (accept ?? "").split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  const locale = wanted.find((language) => language in CATALOGS) ?? "en";
  const message = CATALOGS[locale]?.[code] ?? en[code];
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}
