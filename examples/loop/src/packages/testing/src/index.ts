export { startDatabase } from "./database";
export { tokenFor, type TestToken } from "./tokens";
export { published, drainOutbox } from "./bus";
export { capturedLogs } from "./logs";
export { PHI_CANARIES } from "./phi-canaries";
