export { publishEvent } from "./publish";
export { claimEvent } from "./claim";
export { subscribe, type Delivered } from "./subscribe";
