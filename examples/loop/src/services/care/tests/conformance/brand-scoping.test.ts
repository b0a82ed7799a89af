import { brandConformance } from "@platform/testing/src/conformance";
import { app } from "../../src/index";

brandConformance("care", app, ["GET /v1/check-ins/{check_in_id}"]);
