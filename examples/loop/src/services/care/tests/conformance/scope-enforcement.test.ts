import { scopeConformance } from "@platform/testing/src/conformance";
import { app } from "../../src/index";

scopeConformance("care", app, [
  "POST /v1/check-ins",
  "GET /v1/check-ins/{check_in_id}",
  "POST /v1/admin/check-ins/close-overdue",
]);
