const WINDOWS: Readonly<Record<string, { readonly opens: string; readonly closes: string }>> = {
  "us-de": { opens: "01-01", closes: "03-01" },
  "us-wy": { opens: "01-01", closes: "12-31" },
  "us-ca": { opens: "01-01", closes: "12-31" },
};

/** Whether a fiscal year's report may be filed today. Windows lie in the year after the one reported on. */
export function windowIsOpen(jurisdiction: string, fiscalYear: number, today: string): boolean {
  const window = WINDOWS[jurisdiction];
  if (window === undefined) return false;
  return today >= `${fiscalYear + 1}-${window.opens}` && today <= `${fiscalYear + 1}-${window.closes}`;
}
