import { auditConformance } from "@platform/testing/src/conformance";
import { app } from "../../src/index";

auditConformance("care", app, ["POST /v1/check-ins", "POST /v1/admin/check-ins/close-overdue"]);
