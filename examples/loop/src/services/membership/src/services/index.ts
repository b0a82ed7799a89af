import { database } from "../db/client";
import { PlanService } from "./plan.service";

export const planService = new PlanService(database);
