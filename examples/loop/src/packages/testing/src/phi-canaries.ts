/** What tests write as health data; whatever prints one of these prints what people tell us. */
export const PHI_CANARIES = {
  note: "canary-note-7d1f20c4",
  diagnosis: "canary-diagnosis-e51b93",
  medication: "canary-medication-0c88fa",
} as const;
