import { BrandsCatalog, isBrand } from "@platform/brands";
import { PlatformError } from "@platform/core";
import { createMiddleware } from "hono/factory";
import type { Env } from "../env";

/** The brand of a request: that of the token, or the one that a service names in `X-Brand-Id`. */
export const brandScope = createMiddleware<Env>(async (c, next) => {
  const auth = c.get("auth");
  const named = auth.actor_type === "service" ? c.req.header("X-Brand-Id") : undefined;
  const brand = named ?? auth.brand_id;
  if (!isBrand(brand)) {
    throw new PlatformError("validation_error", `Unknown brand; one of ${Object.keys(BrandsCatalog).join(", ")}.`);
  }
  c.set("auth", { ...auth, brand_id: brand });
  await next();
});
