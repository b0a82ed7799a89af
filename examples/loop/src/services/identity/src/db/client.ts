import { connect } from "@platform/core";
import * as schema from "./schema";

export const database = connect(schema);
