import { database } from "../db/client";
import { AccountService } from "./account.service";
import { TokenService } from "./token.service";

export const accountService = new AccountService(database);
export const tokenService = new TokenService(database);
