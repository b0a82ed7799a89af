import type { ErrorCode } from "@repo/domain-errors";
import de from "../i18n/errors/de.json";
import en from "../i18n/errors/en.json";
import deExpected from "../i18n/expectations/de.json";
import enExpected from "../i18n/expectations/en.json";

type Texts = Readonly<Record<string, string>>;

const CATALOGS: Readonly<Record<string, Texts>> = { en, de };
const EXPECTATIONS: Readonly<Record<string, Texts>> = { en: enExpected, de: deExpected };

const fill = (message: string, params: Texts): string =>
  message.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);

/** The message of a code in the first supported language that the client accepts, English otherwise. */
export function translate(code: ErrorCode, params: Texts, accept: string | null): string {
  const wanted = (accept ?? "").split(",").map((part) => part.trim().slice(0, 2).toLowerCase());
  const locale = wanted.find((language) => language in CATALOGS) ?? "en";
  const key = params.expected;
  const words = key === undefined ? {} : { expected: fill(EXPECTATIONS[locale]?.[key] ?? key, params) };
  return fill(CATALOGS[locale]?.[code] ?? en[code], { ...params, ...words });
}
