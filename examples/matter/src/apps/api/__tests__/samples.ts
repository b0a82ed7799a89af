/** Valid requests, one per mutation. Tests change a copy. */
export const ENTITY_ID = "ent_4m7x0q2k9v1c8d5b";
export const GRANT_ID = "grt_7h2k5m9p1q4s8v0x";
export const KEY_ID = "key_0a1b2c3d4e5f6g7h";

export const GRANT = {
  entity_id: ENTITY_ID,
  recipient_name: "Rosa Lindqvist",
  recipient_email: "rosa@example.com",
  instrument: "iso",
  quantity: 4800,
  strike_price_minor: 125,
  currency: "USD",
  vesting: { start_date: "2026-07-01", cliff_months: 12, total_months: 48 },
};
export const EXERCISE = { quantity: 100, payment_reference: "RF18 5390 0754 7034" };
export const ENTITY = {
  legal_name: "Lindqvist Robotics Inc.",
  jurisdiction: "us-de",
  kind: "c_corp",
  authorized_shares: 10_000_000,
  registered_agent_email: "notices@example.com",
};
export const ISSUANCE = {
  share_class: "common",
  quantity: 1000,
  price_minor: 1,
  currency: "USD",
  holder_name: "Rosa Lindqvist",
};
export const TRANSFER = {
  entity_id: ENTITY_ID,
  certificate_number: "common-1",
  quantity: 100,
  to_holder_name: "Teo Marchetti",
};
export const LEGACY = { entity_id: ENTITY_ID, from_holder: "Rosa Lindqvist", to_holder: "Teo Marchetti", shares: 100 };
export const UPLOAD = {
  entity_id: ENTITY_ID,
  purpose: "board_consent",
  file_name: "consent.pdf",
  content_base64: "JVBERi0xLjcK",
};
export const FILING = { fiscal_year: 2025, principal_office: "12 Harbour Street, Dover", officers: ["Rosa Lindqvist"] };
export const ROTATION = { reason: "scheduled", overlap_hours: 48 };
