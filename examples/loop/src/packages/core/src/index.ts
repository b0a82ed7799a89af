export { connect, type Database, type Transaction } from "./database";
export { PlatformError, type ErrorCode } from "./errors";
export { newId } from "./ids";
