import { database } from "../db/client";
import { CheckInRepository } from "../db/check-in.repository";
import { CheckInService } from "./check-in.service";
import { ReminderService } from "./reminder.service";

export const checkInService = new CheckInService(database, new CheckInRepository(database));
export const reminderService = new ReminderService(database);
