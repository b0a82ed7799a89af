"""Handlers that take in each event once (L18)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged

HANDLERS = "services/identity/src/events/orders.ts"
SCHEMA = "services/identity/src/db/schema.ts"
MIGRATION = "services/identity/drizzle/0001_events.sql"
MANIFEST = "services/identity/service.yaml"
MET, UNMET, UNKNOWN, EXEMPT = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
NOTE = "await db.insert(processedEvents).values({ eventId: event.id, handler: 'a' });"
TABLE = """
import { pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
export const processedEvents = pgTable("processed_events", {
  eventId: text("event_id"), handler: text("handler"), brandId: text("brand_id"),
}, (t) => [%s]);
"""
UNIQUE = "unique().on(t.handler, t.eventId)"


def found(code: str, table: str | None = UNIQUE, **files: str) -> Finding:
    """The finding over handlers, with a table of handled events."""
    places = {"migration": MIGRATION, "manifest": MANIFEST}
    given = {HANDLERS: code, **({SCHEMA: TABLE % table} if table is not None else {})}
    return judged("L18", {**given, **{places[name]: text for name, text in files.items()}}, IDENTITY)


def handled(body: str) -> str:
    """A handler with that body."""
    return f"subscribe('a.b.v1', async (event) => {{ {body} }});"


CASES = [
    ("a guard", handled("if (await alreadyProcessed(event.id, 'a')) return;"), MET),
    (
        "a guard of a namespace",
        "import * as events from '@platform/events';\n" + handled("if (!events.claimEvent(event)) return;"),
        MET,
    ),
    ("a guard of this", handled("if (!(await this.claimEvent(event))) return;"), MET),
    (
        "a guard under another name",
        "import { claimEvent as once } from '@platform/events';\n" + handled("if (!(await once(event))) return;"),
        MET,
    ),
    ("no guard", handled("await save(event.id);"), UNMET),
    ("a guard by another name", handled("await seen(event.id);"), UNMET),
    ("a guard of a package that is handed on", "import { save } from 'db';\n" + handled("await save(event);"), UNMET),
    ("a global that is handed on", handled("console.log(event); JSON.stringify(event);"), UNMET),
    (
        "a schema that reads it",
        "import { placed } from '@platform/contracts';\n" + handled("placed.parse(event);"),
        UNMET,
    ),
    ("a row", handled(NOTE), MET),
    ("a row of another table", handled(NOTE.replace("processedEvents", "orders")), UNMET),
    ("a deleted row", handled(NOTE.replace("insert", "delete")), UNMET),
    (
        "handlers in an object",
        "export const handlers = { 'a.b.v1': async (event) => { if (!(await claimEvent(event))) return; } };",
        MET,
    ),
    (
        "one of them without",
        "export const handlers = { 'a.b.v1': (event) => claimEvent(event), 'c.d.v1': () => 1 };",
        UNMET,
    ),
    ("a named handler", "const take = async (event) => claimEvent(event);\nsubscribe('a.b.v1', take);", MET),
    ("a wrapped handler", "subscribe('a.b.v1', claimEvent('a', async (event) => {}));", MET),
    (
        "a method",
        "class T {\n  take(event) { return claimEvent(event); }\n}\nconst t = new T();\nsubscribe('a.b.v1', t.take);",
        MET,
    ),
    (
        "one call deep",
        "const deep = (event) => claimEvent(event);\n" + handled("if (!(await deep(event))) return;"),
        MET,
    ),
    (
        "one call deep, and ignored",
        "const deep = (event) => claimEvent(event);\n" + handled("await deep(event);"),
        UNMET,
    ),
    (
        "two calls deep",
        "const deeper = (event) => claimEvent(event);\nconst deep = (event) => deeper(event);\n"
        + handled("await deep(event);"),
        UNMET,
    ),
    (
        "handed to what is given",
        "export const start = (service) => { " + handled("await service.take(event);") + " };",
        UNKNOWN,
    ),
    ("a handler that is made", "subscribe('a.b.v1', make());", UNKNOWN),
    ("no handler at a subscription", "subscribe('a.b.v1');", UNKNOWN),
    ("a broken file", "subscribe(", UNKNOWN),
    ("no handler", "export {};", EXEMPT),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_handler_asks_or_notes(code: str, outcome: Outcome) -> None:
    """In its own body, or in that of a function that it calls."""
    assert found(code).outcome is outcome


SAVE = "await db.insert(orders).values(event);"
FIRST = "if (!(await claimEvent(event))) return;"
SKIPPED = NOTE.replace("});", "}).onConflictDoNothing().returning();")
ORDERS = [
    ("before the write", FIRST + SAVE, MET),
    ("after the write", SAVE + FIRST, UNMET),
    ("after a publication", "await publishEvent(tx, event);" + FIRST, UNMET),
    ("after a request", "const r = await fetch(url);" + FIRST, UNMET),
    ("after a call of nobody", "await save(event.id);" + FIRST, UNMET),
    ("after a call that is not followed", "const s = make(); await s.save(event.id);" + FIRST, UNKNOWN),
    ("after a check and a log", "schema.parse(event); logger.info(event.id);" + FIRST + SAVE, MET),
    ("after a read", "const user = await repository.find(event.id);" + FIRST + SAVE, MET),
    ("ignored", "await claimEvent(event);" + SAVE, UNMET),
    ("kept and ignored", "const isNew = await claimEvent(event);" + SAVE, UNMET),
    ("kept and only logged", "const isNew = await claimEvent(event); logger.info(isNew);" + SAVE, UNMET),
    ("kept and handed on", "const isNew = await claimEvent(event); decide(isNew);", UNKNOWN),
    ("kept and asked", "const isNew = await claimEvent(event); if (!isNew) return;" + SAVE, MET),
    ("kept, asked too late", "const isNew = await claimEvent(event);" + SAVE + "if (!isNew) return;", UNMET),
    ("made something of", "const n = await claimEvent(event); const gone = n === 0; if (gone) return;" + SAVE, MET),
    ("set and asked", "let isNew; isNew = await claimEvent(event); if (!isNew) return;" + SAVE, MET),
    ("asked, and goes on", "if (await alreadyProcessed(event)) { logger.info('twice'); }" + SAVE, UNMET),
    ("in the branch", "if (await claimEvent(event)) {" + SAVE + "}", MET),
    ("in short", "(await claimEvent(event)) && (await db.insert(orders).values(event));", MET),
    ("asserted", "assert(await claimEvent(event));" + SAVE, MET),
    ("given the work", "await claimEvent(event, async () => {" + SAVE + "});", MET),
    ("given the work, and more", "await claimEvent(event, async () => {" + SAVE + "});" + SAVE, UNMET),
    ("then", "return claimEvent(event).then((isNew) => { if (isNew) publishEvent(event); });", MET),
    ("then, whatever it says", "return claimEvent(event).then(() => publishEvent(event));", UNMET),
    (
        "out of a transaction",
        "const isNew = await db.transaction((tx) => claimEvent(tx, event.id)); if (!isNew) return;" + SAVE,
        MET,
    ),
    ("out of a transaction, ignored", "await db.transaction((tx) => claimEvent(tx, event.id));" + SAVE, UNMET),
    ("in a transaction", "await db.transaction(async (tx) => {" + FIRST + "await tx.insert(orders); });", MET),
    ("in a transaction alone", "await db.transaction(async (tx) => {" + FIRST + "});" + SAVE, UNMET),
    (
        "in a transaction that tells",
        "const ok = await db.transaction(async (tx) => {" + FIRST + "return true; }); if (ok) {" + SAVE + "}",
        MET,
    ),
    ("a row first", NOTE + SAVE, MET),
    ("a row last", SAVE + NOTE, UNMET),
    (
        "a row last in one transaction",
        "await db.transaction(async (db) => { await db.insert(orders).values(event);" + NOTE + "});",
        MET,
    ),
    ("a row that may be there", SKIPPED + SAVE, UNMET),
    ("a row that may be there, asked", "const rows = " + SKIPPED + "if (rows.length === 0) return;" + SAVE, MET),
]
PURE = "if (!isNew) return;"
KEPT = "const isNew = await claimEvent(tx, event.id, 'a');"
SIDES = [
    ("inverted", KEPT + "if (isNew) return;" + SAVE, UNMET),
    ("inverted in the branch", KEPT + "if (!isNew) {" + SAVE + "}", UNMET),
    ("inverted, of another guard", "if (!(await alreadyProcessed(event.id, 'a'))) return;" + SAVE, UNMET),
    ("inverted, out of a transaction", "if (await tx((t) => claimEvent(t, event.id))) return;" + SAVE, UNMET),
    ("inverted, kept", "const isNew = await tx((t) => claimEvent(t, event.id)); if (isNew) return;" + SAVE, UNMET),
    ("inverted rows", "const rows = " + SKIPPED + "if (rows.length > 0) return;" + SAVE, UNMET),
    ("twice inverted", KEPT + "const isOld = !isNew; if (isOld) return;" + SAVE, MET),
    ("negated where it is given", "if (await tx(async (t) => !(await claimEvent(t, event.id)))) return;" + SAVE, MET),
    ("in the other branch", KEPT + "if (!isNew) { logger.info('twice'); } else {" + SAVE + "}", MET),
    ("something done for a repeat too", KEPT + "if (!isNew) { await save(event); return; }" + SAVE, MET),
    ("compared", KEPT + "if (isNew === false) return;" + SAVE, MET),
    ("only sometimes", KEPT + "if (!isNew && process.env.X) return;" + SAVE, UNKNOWN),
    ("never", KEPT + "if (!isNew && false) return;" + SAVE, UNKNOWN),
    ("or something else", KEPT + "if (!isNew || paused) return;" + SAVE, MET),
    ("and something else", KEPT + "if (isNew && enabled) {" + SAVE + "}", MET),
    ("behind a way out", "return;" + KEPT + PURE + SAVE, UNMET),
    ("in a branch alone", "if (process.env.X) {" + KEPT + PURE + "}" + SAVE, UNMET),
    ("kept in a name that may be set", KEPT.replace("const", "let") + PURE + SAVE, MET),
    ("set anew", KEPT.replace("const", "let") + "isNew = true;" + PURE + SAVE, UNMET),
    ("set by another", KEPT.replace("const", "let") + "isNew = other();" + PURE + SAVE, UNKNOWN),
    ("forgotten", "let isNew = true; try { isNew = await claimEvent(event); } catch {}" + PURE + SAVE, UNMET),
    ("not forgotten", "let isNew = false; try { isNew = await claimEvent(event); } catch {}" + PURE + SAVE, MET),
    ("forgotten with the way out", "try { " + KEPT + PURE + "} catch {}" + SAVE, UNMET),
    ("an error that is thrown on", "let isNew = true; try { isNew = await claimEvent(event); } catch (e) { throw e; }"
     + PURE + SAVE, MET),
]  # fmt: skip
BY = "if (!(await claimEvent(tx, %s))) return;" + SAVE
SUBJECTS = [
    ("the event", "event, 'a'", MET),
    ("its id under another name", "event.event_id, 'a'", MET),
    ("its id and more", "`${event.id}:a`", MET),
    ("a part of its contents", "event.payload.user_id, 'a'", UNMET),
    ("random", "crypto.randomUUID(), 'a'", UNMET),
    ("a random handler", "event.id, Math.random()", UNMET),
    ("a row's own key beside it", "newId('pe'), event.id, 'a'", MET),
    ("what nobody knows", "things(), 'a'", UNKNOWN),
]
DEEP = [
    ("all in one function", "async function take(event) {" + FIRST + SAVE + "}\n" + handled("await take(event);"), MET),
    (
        "beside that function",
        "async function take(event) {" + FIRST + "}\n" + handled("await take(event);" + SAVE),
        UNMET,
    ),
    (
        "in a function that refuses",
        "async function once(event) { if (!(await claimEvent(event))) throw new Error(); }\n"
        + handled("if (!(await once(event))) return;" + SAVE),
        MET,
    ),
    (
        "after a function that writes",
        "async function save(event) {" + SAVE + "}\n" + handled("await save(event);" + FIRST),
        UNMET,
    ),
    ("after a function that does not", "const check = (event) => 1;\n" + handled("check(event);" + FIRST), MET),
]


@pytest.mark.parametrize(("body", "outcome"), [each[1:] for each in ORDERS], ids=[each[0] for each in ORDERS])
def test_the_answer_of_a_claim_decides_about_what_is_done(body: str, outcome: Outcome) -> None:
    """What runs before it, or whatever it answers, runs twice."""
    assert found(handled(body)).outcome is outcome


@pytest.mark.parametrize(("body", "outcome"), [each[1:] for each in SIDES], ids=[each[0] for each in SIDES])
def test_only_a_first_delivery_may_go_on(body: str, outcome: Outcome) -> None:
    """An answer that is asked the wrong way round, or beside something else, lets the second one pass."""
    assert found(handled(body)).outcome is outcome


@pytest.mark.parametrize(("given", "outcome"), [each[1:] for each in SUBJECTS], ids=[each[0] for each in SUBJECTS])
def test_a_claim_is_made_on_the_event(given: str, outcome: Outcome) -> None:
    """On its id and a fixed name of the handler."""
    assert found(handled(BY % given)).outcome is outcome


def test_a_claim_by_a_part_of_the_contents_is_seen_through_names() -> None:
    """Also where they are taken apart before, and in a row."""
    taken = found(handled("const { user_id, brand_id } = event.payload;" + BY % "user_id, 'a', brand_id"))
    assert taken.outcome is UNMET
    assert "claims by" in taken.message
    assert found(handled(NOTE.replace("event.id", "event.payload.user_id") + SAVE)).outcome is UNMET
    assert found(handled(NOTE.replace("'a'", "Math.random()") + SAVE)).outcome is UNMET


def test_a_guard_of_the_service_itself_is_looked_into() -> None:
    """Its name alone says nothing."""
    own = "const claimEvent = async (event) => true;\n" + handled(FIRST + SAVE)
    seen = found(own)
    assert seen.outcome is UNKNOWN
    assert "claimEvent is the service's own" in seen.message
    asks = "async function claimEvent(event) { const rows = " + SKIPPED + "return rows.length > 0; }\n"
    assert found(asks + handled(FIRST + SAVE)).outcome is MET


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in DEEP], ids=[each[0] for each in DEEP])
def test_functions_that_a_handler_calls_are_looked_into(code: str, outcome: Outcome) -> None:
    """Both for claims and for effects."""
    assert found(code).outcome is outcome


def test_a_finding_names_the_claim_and_what_stands_beside_it() -> None:
    """Each with its line."""
    assert "calls claimEvent (line 1) and ignores the answer" in found(handled("claimEvent(event);" + SAVE)).message
    late = found(handled(SAVE + "\n" + FIRST)).message
    assert "calls db.insert (line 1) whatever claimEvent answers" in late


TABLES = [
    ("in another order", UNIQUE, {}, MET),
    ("a primary key", "primaryKey({ columns: [t.eventId, t.handler] })", {}, MET),
    ("over the event alone", "unique().on(t.eventId)", {}, UNMET),
    ("over more", "unique().on(t.eventId, t.handler, t.brandId)", {}, UNMET),
    ("no key", "", {}, UNMET),
    ("keys from elsewhere", "...keys", {}, UNKNOWN),
    ("no table at all", None, {}, UNMET),
    (
        "a migration without the key",
        UNIQUE,
        {"migration": "CREATE TABLE processed_events (event_id text, handler text);"},
        UNMET,
    ),
    (
        "a migration with it",
        UNIQUE,
        {"migration": "CREATE TABLE processed_events (event_id text, handler text, UNIQUE (event_id, handler));"},
        MET,
    ),
]


@pytest.mark.parametrize(("table", "files", "outcome"), [each[1:] for each in TABLES], ids=[each[0] for each in TABLES])
def test_a_row_counts_only_under_a_key_over_event_and_handler(
    table: str | None, files: dict[str, str], outcome: Outcome
) -> None:
    """A key over fewer refuses what should pass, one over more lets pass what should be refused."""
    assert found(handled(NOTE), table, **files).outcome is outcome


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file, line and event."""
    bad = found("\n" + handled("await save(1);"))
    assert bad.message == (
        f"{HANDLERS}:2 (a.b.v1) does not ask whether the event was handled before; call alreadyProcessed or claimEvent "
        "with the event's id and the handler's name first."
    )
    assert (bad.locations[0].line, bad.locations[0].snippet) == (2, "a.b.v1")
    assert "has no unique key over just event_id and handler" in found(handled(NOTE), "").message


def test_consumed_events_without_a_handler_are_unknown() -> None:
    """They are handled somewhere that is not seen."""
    consumed = found("export {};", manifest="contracts: {events_consumed: [a.b.v1]}")
    assert (consumed.outcome, consumed.reason) == (UNKNOWN, Reason.NO_EVIDENCE)
    assert found("export {};", manifest="contracts: {events_consumed: []}").outcome is EXEMPT


def test_an_edit_elsewhere_leaves_the_digest() -> None:
    """Lines and other services are not judged."""
    code = handled(FIRST)
    assert found(code).subject_digest == found("\n" + code, manifest="name: identity").subject_digest
