/** Marked values sent through each PII field before a pentest; finding one in a log or an event is an incident. */
export const PII_CANARIES = [
  { operationId: "createGrant", field: "recipient_name", canary: "Canary Quill Aldermoor" },
  { operationId: "createGrant", field: "recipient_email", canary: "canary-grant@canary.matter.example" },
  { operationId: "listGrants", field: "recipient_name", canary: "Canary Quill Aldermoor" },
  { operationId: "listGrants", field: "recipient_email", canary: "canary-grant@canary.matter.example" },
  { operationId: "exerciseGrant", field: "payment_reference", canary: "CANARY-PAY-58120" },
  { operationId: "createEntity", field: "registered_agent_email", canary: "canary-agent@canary.matter.example" },
  { operationId: "issueShares", field: "holder_name", canary: "Canary Holder Brightwater" },
  { operationId: "transferShares", field: "to_holder_name", canary: "Canary Buyer Farrowgate" },
  { operationId: "legacyTransfer", field: "from_holder", canary: "Canary Seller Millrace" },
  { operationId: "legacyTransfer", field: "to_holder", canary: "Canary Buyer Farrowgate" },
  { operationId: "uploadDocument", field: "file_name", canary: "canary-passport-scan.pdf" },
  { operationId: "fileAnnualReport", field: "officers", canary: "Canary Officer Thistlewood" },
  { operationId: "getCapTable", field: "holder_name", canary: "Canary Holder Brightwater" },
] as const;

/** The canaries that occur in a text, such as a log line or the body of an event. */
export function canariesIn(text: string): readonly string[] {
  return PII_CANARIES.filter(({ canary }) => text.includes(canary)).map(
    ({ operationId, field }) => `${operationId}.${field}`,
  );
}
