"""The code of a service: its requests, logs, vendors, transactions, handlers and callers (L7 L8 L10 L17 L18 L33)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome
from tests.readiness.checks.platform import IDENTITY, judged_all, loop
from tests.readiness.filed import having, junit

CODE = "services/identity/src/services/grants.service.ts"
HANDLERS = "services/identity/src/events/orders.ts"
SCHEMA = "services/identity/src/db/schema.ts"
CANARIES = "packages/testing/src/phi-canaries.ts"
TEST = "services/identity/tests/logs.test.ts"
MANIFEST = "services/identity/service.yaml"
CLIENTS = "services/identity/clients.yaml"
CALLER = "services/clinical/src/index.ts"
SERVICE = """
import Stripe from "stripe";
import { publishEvent } from "@platform/events";
import { logger, safeView, withCircuitBreaker } from "@platform/core";
import { db } from "../db/client";
import { grants, outbox } from "../db/schema";
const API = "https://api.stripe.com";
const stripe = new Stripe("key");
export class GrantService {
  async create(patient: Patient, grantId: string) {
    logger.info({ grantId, patient: safeView(patient) }, `granted ${grantId}`);
    await fetch(`${API}/v1/ping`);
    await withCircuitBreaker(() => stripe.charges.create({ amount: 1 }));
    return db.transaction(async (tx) => {
      await tx.insert(grants).values({ grantId });
      await publishEvent(tx, "identity.grant.created.v1", { grantId });
    });
  }
}
"""
HANDLING = """
import { alreadyProcessed, subscribe } from "@platform/events";
subscribe("order.placed.v1", async (event) => {
  if (await alreadyProcessed(event.id, "identity.order")) return;
});
"""
FILES = {
    CODE: SERVICE,
    HANDLERS: HANDLING,
    SCHEMA: """
import { pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
export const processedEvents = pgTable(
  "processed_events",
  { eventId: text("event_id").notNull(), handler: text("handler").notNull() },
  (t) => [uniqueIndex("once").on(t.eventId, t.handler)],
);
export const grants = pgTable("grants", { id: text("id") });
export const outbox = pgTable("outbox", { id: text("id") });
""",
    CANARIES: 'export const PHI_CANARIES = { diagnosis: "canary-7f3a-dx", name: "canary-91bc-name" } as const;\n',
    TEST: 'import { PHI_CANARIES } from "@platform/testing";\nit("keeps canaries out", () => create(PHI_CANARIES));\n',
    MANIFEST: "contracts:\n  events_consumed: [order.placed.v1]\n",
    CLIENTS: "clients:\n  - {client_id: svc-clinical, grant_types: [client_credentials]}\n",
    CALLER: 'import { createIdentity } from "@platform/sdk-identity";\nexport const identity = createIdentity();\n',
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*"]}',
    "packages/testing/package.json": '{"name": "@platform/testing", "main": "src/index.ts"}',
    "packages/testing/src/index.ts": 'export { PHI_CANARIES } from "./phi-canaries";\n',
    "services/identity/package.json": '{"name": "@services/identity"}',
}
DEEPER = """
import { alreadyProcessed, subscribe } from "@platform/events";
subscribe("order.placed.v1", async (event) => handle(event));
async function handle(event) {
  if (await alreadyProcessed(event.id, "identity.order")) return;
}
"""
LINES = ("L7", "L8", "L10", "L17", "L18", "L33")
REPORT = junit(("keeps canaries out", TEST, "<system-out>granted g1</system-out>"))
PROFILE = loop(calls__vendor_packages=["stripe", "@aws-sdk/*"])
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}
WARN = "logger.info({ grantId, patient: safeView(patient) }, `granted ${grantId}`);"
RAW = "await fetch(`${API}/v1/ping`);"
CHARGE = "await withCircuitBreaker(() => stripe.charges.create({ amount: 1 }));"
PUBLISH = 'await publishEvent(tx, "identity.grant.created.v1", { grantId });'
INSERT = "await tx.insert(grants).values({ grantId });"
GUARD = 'if (await alreadyProcessed(event.id, "identity.order")) return;'


def vector(path: str = CODE, old: str = "", new: str = "") -> str:
    """The outcomes of the six lines after an edit: m(et), U(nmet), ?, n(ot applicable)."""
    assert old in FILES[path]
    files = {**FILES, path: FILES[path].replace(old, new) if old else FILES[path]}
    found = judged_all(LINES, files, IDENTITY, having(junit=REPORT), PROFILE)
    return "".join(SIGNS[each.outcome] for each in found)


def log(text: str) -> tuple[str, str, str]:
    """The log call replaced."""
    return CODE, WARN, text


def request(text: str) -> tuple[str, str, str]:
    """The request replaced."""
    return CODE, RAW, text


def vendor(text: str) -> tuple[str, str, str]:
    """The vendor's call replaced."""
    return CODE, CHARGE, text


def publish(text: str) -> tuple[str, str, str]:
    """The publishing replaced."""
    return CODE, PUBLISH, text


def guard(text: str) -> tuple[str, str, str]:
    """What the handler does replaced."""
    return HANDLERS, GUARD, text


HOST = "https://identity.platform.loop.health/v1"
# An edit: file, old, new; then the outcomes of L7, L8, L10, L17, L18, L33.
EDITS = [
    ("as it is", (), "mmmmmm"),
    # L7: where a request leads
    ("a raw request to the platform", request(f'await fetch("{HOST}");'), "Ummmmm"),
    ("in a template", request("await fetch(`https://${name}.platform.loop.health/v1`);"), "Ummmmm"),
    ("with a constant", request(f'const base = "{HOST}"; await fetch(base + "/x");'), "Ummmmm"),
    ("as a URL", request('await fetch(new URL(path, "https://a.platform.loop.health"));'), "Ummmmm"),
    ("in capitals", request('await fetch("HTTPS://A.Platform.Loop.Health./x");'), "Ummmmm"),
    ("with a port and a name", request('await fetch("https://u@a.platform.loop.health:443/x");'), "Ummmmm"),
    ("of the global", request(f'await globalThis.fetch("{HOST}");'), "Ummmmm"),
    (
        "of undici",
        (
            CODE,
            'import Stripe from "stripe";',
            f'import Stripe from "stripe";\nimport {{ request as ask }} from "undici";\nask("{HOST}");',
        ),
        "Ummmmm",
    ),
    (
        "of axios with a base",
        (
            CODE,
            'import Stripe from "stripe";',
            f'import Stripe from "stripe";\nimport a from "axios";\nconst api = a.create({{ baseURL: "{HOST}" }});',
        ),
        "Ummmmm",
    ),
    (
        "through an instance",
        (
            CODE,
            'import Stripe from "stripe";',
            f'import Stripe from "stripe";\nimport a from "axios";\nconst api = a.create({{}});\napi.get("{HOST}");',
        ),
        "Ummmmm",
    ),
    (
        "with the name of a host made",
        request('await fetch(`https://${platformHost({ service: "a", stage })}/v1`);'),
        "Ummmmm",
    ),
    ("under an alias", request(f'const ask = fetch; await ask("{HOST}");'), "Ummmmm"),
    ("an address from the environment", request("await fetch(`${process.env.API}/v1`);"), "?mmmmm"),
    ("a host that may be one", request("await fetch(`https://${host}/v1`);"), "?mmmmm"),
    ("a host that cannot be one", request("await fetch(`https://${name}.stripe.com/v1`);"), "mmmmmm"),
    ("a host that ends like one", request('await fetch("https://platform.loop.health.example.com/");'), "mmmmmm"),
    ("the host in a path", request('await fetch("https://example.com/a.platform.loop.health");'), "mmmmmm"),
    ("in a comment", request(f'// fetch("{HOST}")'), "mmmmmm"),
    ("a method of that name", request("await cache.fetch(grantId);"), "mmmmmm"),
    ("a question that asks nobody", request("axios.isAxiosError(fault);"), "mmmmmm"),
    # L8: what is logged
    ("a person in a log", log("logger.info({ patient });"), "mUmmmm"),
    ("a part of one", log("logger.info(patient.email);"), "mUmmmm"),
    ("in a template", log("logger.info(`for ${patient.email}`);"), "mUmmmm"),
    ("in a sum", log('logger.info("for " + patient.email);'), "mUmmmm"),
    ("in a choice", log("logger.info(ok ? grantId : patient);"), "mUmmmm"),
    ("under another key", log("logger.info({ who: patient });"), "mUmmmm"),
    ("under a key that says so", log("logger.info({ diagnosis: text });"), "mUmmmm"),
    ("a member under such a key", log("logger.info({ diagnosis: row.text });"), "mUmmmm"),
    ("an answer under such a key", log("logger.info({ diagnosis: lookup(grantId) });"), "mUmmmm"),
    (
        "harmless values under such keys",
        log("logger.info({ patient: grantId, symptom: null, wearable: row.id, biomarker: safeView(r) });"),
        "mmmmmm",
    ),
    ("spread", log("logger.info({ ...patient });"), "mUmmmm"),
    ("as JSON", log("console.log(JSON.stringify(patient));"), "mUmmmm"),
    ("by its type", log("const p = patient; logger.warn({ p });"), "mUmmmm"),
    ("as an answer", log("const found = await loadBiomarkers(grantId); log.info(found);"), "mUmmmm"),
    ("one by one", log("logger.info(biomarkers.map((b) => b.value));"), "mUmmmm"),
    ("through a child", log("logger.child({ patient }).info('x');"), "mUmmmm"),
    ("of this", log("this.logger.error({ patient });"), "mUmmmm"),
    ("lazily", log("logger.debug(() => patient);"), "mUmmmm"),
    (
        "only ids",
        log("logger.info({ patientId: patient.id, n: patients.length, ids: biomarkers.map((b) => b.id) });"),
        "mmmmmm",
    ),
    ("a truth about it", log("logger.info(patient === null, !patient, isPatient(patient));"), "mmmmmm"),
    ("a wrapped constant", log("const view = safeView(patient); logger.info({ patient: view, view });"), "mmmmmm"),
    ("all wrapped", log("logger.info(safeView({ patient }));"), "mmmmmm"),
    ("words in a text", log('logger.info("a patient was seen");'), "mmmmmm"),
    ("a logarithm", log("logger.info(1); Math.log(patient.weight);"), "mmmmmm"),
    ("nothing that can be looked into", log("logger.info((grantId, patient));"), "m?mmmm"),
    ("no log at all", log(""), "m?mmmm"),
    ("another wrapper", log("logger.info({ patient: view(patient) });"), "mUmmmm"),
    ("no canaries", (TEST, "PHI_CANARIES }", "other }"), "mUmmmm"),
    ("canaries that are made", (CANARIES, '"canary-91bc-name"', "make()"), "m?mmmm"),
    ("a canary too short", (CANARIES, '"canary-91bc-name"', '"Anna"'), "m?mmmm"),
    ("a canary that comes out", (CANARIES, '"canary-91bc-name"', '"granted g1"'), "mUmmmm"),
    # L10: vendors
    ("a vendor without a breaker", vendor("await stripe.charges.create({ amount: 1 });"), "mmUmmm"),
    ("called before the breaker", vendor("await withCircuitBreaker(await stripe.charges.create({}));"), "mmUmmm"),
    ("another function around it", vendor("await retry(() => stripe.charges.create({}));"), "mmUmmm"),
    (
        "what it answered",
        vendor("const all = await withCircuitBreaker(() => stripe.charges.list()); all.data.map(String);"),
        "mmmmmm",
    ),
    ("a wrapped client", (CODE, 'new Stripe("key")', 'circuitBreaker(new Stripe("key"))'), "mmmmmm"),
    (
        "a client that is wrapped later",
        vendor("const safe = circuitBreaker(stripe); await safe.charges.create({});"),
        "mmmmmm",
    ),
    (
        "a guarded function",
        vendor("const charge = () => stripe.charges.create({}); await withCircuitBreaker(charge);"),
        "mmmmmm",
    ),
    (
        "a guarded function that is run as well",
        vendor("const charge = () => stripe.charges.create({}); await withCircuitBreaker(charge); await charge();"),
        "mmUmmm",
    ),
    (
        "a function that is only run in a breaker",
        vendor("const charge = () => stripe.charges.create({}); await withCircuitBreaker(() => charge());"),
        "mmmmmm",
    ),
    (
        "a client that a function makes",
        (
            CODE,
            'const stripe = new Stripe("key");',
            'function makeStripe() {\n  return new Stripe("key");\n}\nconst stripe = makeStripe();',
        ),
        "mmmmmm",
    ),
    (
        "an alias of the package",
        (
            CODE,
            'import Stripe from "stripe";',
            'import { Stripe as Payments } from "stripe";\nclass Stripe extends Payments {}',
        ),
        "mm?mmm",
    ),
    ("only a type of it", (CODE, 'import Stripe from "stripe";', 'import type Stripe from "stripe";'), "mmmmmm"),
    ("no vendor", (CODE, 'import Stripe from "stripe";', 'import Stripe from "./stripe";'), "mmnmmm"),
    ("a local client", vendor("const own = new Stripe(key); await own.charges.create({});"), "mmUmmm"),
    # L17: transactions
    (
        "an event after the transaction",
        publish(
            "});\n    await publishEvent(grantId, {});\n    db.transaction(async (tx) => {\n      await tx.insert(a);"
        ),
        "mmmUmm",
    ),
    (
        "an event with another connection",
        publish('await publishEvent(db, "identity.grant.created.v1", { grantId });'),
        "mmmUmm",
    ),
    ("an outbox row", publish('await tx.insert(outbox).values({ eventName: "identity.grant.created.v1" });'), "mmmmmm"),
    (
        "an outbox row of another connection",
        publish('await db.insert(outbox).values({ eventName: "a.b.v1" });'),
        "mmmUmm",
    ),
    ("in an option", publish('await publishEvent("identity.grant.created.v1", { grantId }, { tx });'), "mmmmmm"),
    ("a member of it", publish('await publishEvent("identity.grant.created.v1", tx.id);'), "mmm?mm"),
    ("nothing changes beside it", (CODE, INSERT, "await tx.select().from(grants);"), "mmmUmm"),
    ("a change through a repository", (CODE, INSERT, "await this.repository.save(tx, grantId);"), "mmmmmm"),
    ("a change of another connection", (CODE, INSERT, "await db.insert(grants).values({ grantId });"), "mmmUmm"),
    (
        "a transaction from elsewhere",
        publish('await publishEvent("a.b.v1", { id: getTransaction(grantId) });'),
        "mmm?mm",
    ),
    ("no event", publish(""), "mmmnmm"),
    # L18: handlers
    ("a handler without a guard", guard("await save(1);"), "mmmmUm"),
    ("a row under a unique key", guard("await tx.insert(processedEvents).values({ eventId: event.id });"), "mmmmmm"),
    ("a row in another table", guard("await tx.insert(grants).values({ eventId: event.id });"), "mmmmUm"),
    (
        "a wrapped handler",
        (HANDLERS, HANDLING, 'subscribe("order.placed.v1", claimEvent(async (event) => {}));'),
        "mmmmmm",
    ),
    ("a guard in a comment", guard("// alreadyProcessed(event.id)"), "mmmmUm"),
    ("one call deep", (HANDLERS, HANDLING, DEEPER), "mmmmmm"),
    (
        "handed to what is not seen",
        (HANDLERS, "async (event) => {\n  " + GUARD, "async (event, { service }) => {\n  await service.take(event);"),
        "mmmm?m",
    ),
    ("a handler that is not seen", (HANDLERS, "async (event) => {\n  " + GUARD + "\n}", "make()"), "mmmm?m"),
    ("no handler, and consumed", (HANDLERS, "subscribe(", "register("), "mmmm?m"),
    ("a key over less", (SCHEMA, ".on(t.eventId, t.handler)", ".on(t.eventId)"), "mmmmmm"),
    # L33: callers
    ("no client", (CLIENTS, "svc-clinical", "svc-other"), "mmmmmU"),
    ("a client of another grant", (CLIENTS, "client_credentials", "authorization_code"), "mmmmmU"),
    (
        "clients by id",
        (CLIENTS, "clients:\n  - {client_id: svc-clinical, grant_types: [client_credentials]}", "clinical: {}"),
        "mmmmmm",
    ),
    (
        "clients as texts",
        (CLIENTS, "{client_id: svc-clinical, grant_types: [client_credentials]}", "clinical"),
        "mmmmmm",
    ),
    ("only a type", (CALLER, "import {", "import type {"), "mmmmmn"),
    ("a part of the SDK", (CALLER, "@platform/sdk-identity", "@platform/sdk-identity/grants"), "mmmmmm"),
    ("another SDK", (CALLER, "@platform/sdk-identity", "@platform/sdk-identity-admin"), "mmmmmn"),
    ("a caller that cannot be read", (CALLER, "createIdentity();", "createIdentity("), "mmmmm?"),
    # all of them
    ("broken code", (CODE, "export class", "export klass"), "????mm"),
]


@pytest.mark.parametrize(("edit", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edit: tuple[str, str, str] | tuple[()], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(*edit) == expected
