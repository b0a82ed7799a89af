export interface ClosedYear {
  readonly legalName: string;
  readonly fiscalYear: number;
  readonly principalOffice: string;
  readonly officers: readonly string[];
  readonly outstanding: number;
}

/** The report as Markdown sections, in the order of the register's form. */
export function reportSections(year: ClosedYear): readonly string[] {
  return [
    `# ${year.legalName}, annual report ${year.fiscalYear}`,
    `## Principal office\n\n${year.principalOffice}`,
    `## Officers\n\n${year.officers.map((name) => `- ${name}`).join("\n")}`,
    `## Shares outstanding\n\n${year.outstanding.toLocaleString("en-US")}`,
  ];
}
