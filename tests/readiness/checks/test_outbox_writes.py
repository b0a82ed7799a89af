"""Events in the transaction of the change that they tell of (L17)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged, loop

FOLDER = "services/identity/src"
CODE = f"{FOLDER}/orders.ts"
MET, UNMET, UNKNOWN, EXEMPT = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
CHANGE = "await tx.insert(orders).values({});"
ROW = "await tx.insert(outbox).values({ eventName: 'a.b.v1' });"
EMIT = "async function emit(tx, order) { await tx.insert(outbox).values({ eventName: 'a.b.v1', order }); }\n"

RENAMED = "import { publishEvent as pe } from '@platform/events';\n"
BOX = "\nimport { outbox as box } from './schema';"
SHADOW = f"const tx = this.db; {ROW}"


def inside(body: str, opened: str = "db.transaction(async (tx) => {") -> str:
    """A function that runs a body in a transaction."""
    return f"export const place = async (order) => {opened} {body} }});"


def found(code: str, **files: str) -> Finding:
    """The finding over a file, and more files by name."""
    more = {f"{FOLDER}/{name}.ts": text for name, text in files.items()}
    return judged("L17", {CODE: code, **more}, IDENTITY)


CASES = [
    ("a row beside the change", inside(CHANGE + ROW), MET),
    ("a row of another schema object", inside(CHANGE + ROW.replace("(outbox)", "(schema.outbox)")), MET),
    ("a row with a follow-up", inside(CHANGE + ROW.replace("})", "}).onConflictDoNothing()")), MET),
    ("the row alone", inside(ROW), UNMET),
    ("two rows", inside(ROW + ROW), UNMET),
    ("a change by another connection", inside(CHANGE.replace("tx.", "db.") + ROW), UNMET),
    ("a row by another connection", inside(CHANGE + ROW.replace("tx.", "db.")), UNMET),
    ("a row by this", inside(CHANGE + ROW.replace("tx.", "this.db.")), UNMET),
    ("a row by the transaction of this", inside(CHANGE + ROW.replace("tx.", "this.tx.")), UNKNOWN),
    ("a row outside", "export const place = async () => { await db.insert(outbox).values({}); };", UNMET),
    ("a shadowed name", inside(CHANGE + "await each((tx) => tx.insert(outbox).values({}));"), UNKNOWN),
    ("a transaction in it", inside(CHANGE + "await tx.transaction(async (inner) => { " + ROW + " });"), MET),
    (
        "the inner transaction",
        inside(
            "await tx.transaction(async (inner) => { await inner.update(a).set({}); "
            "await inner.insert(outbox).values({}); });"
        ),
        MET,
    ),
    ("another connection's transaction", inside(CHANGE + ROW, "this.database.transaction(async (tx) => {"), MET),
    ("published inside", inside(CHANGE + "await publishEvent(tx, 'a.b.v1', {});"), MET),
    ("published inside without it", inside(CHANGE + "await publishEvent('a.b.v1', { order });"), UNMET),
    ("published outside, of an order", "export const f = async (order) => publishEvent('a.b.v1', order);", UNMET),
    ("published with what is given", "export const f = async (tx) => publishEvent(tx, 'a.b.v1');", UNKNOWN),
    ("a helper", EMIT + inside(CHANGE + "await emit(tx, order);"), MET),
    ("a helper alone", EMIT + inside("await emit(tx, order);"), UNMET),
    ("a helper with another connection", EMIT + inside(CHANGE + "await emit(db, order);"), UNMET),
    ("a helper outside", EMIT + "export const place = (order) => emit(db, order);", UNMET),
    ("a helper in both ways", EMIT + inside(CHANGE + "await emit(tx, order);") + "\nemit(db, 1);", UNMET),
    (
        "a helper of a helper",
        EMIT + "const pass = (tx, order) => emit(tx, order);\n" + inside(CHANGE + "await pass(tx, order);"),
        MET,
    ),
    ("a helper that nobody calls", EMIT.replace("async", "export async"), UNKNOWN),
    ("a helper with a default", EMIT.replace("(tx, order)", "(order, tx = db)") + "emit(1);", UNKNOWN),
    (
        "a callback by name",
        f"const work = async (tx) => {{ {CHANGE}{ROW} }};\nexport const f = () => db.transaction(work);",
        MET,
    ),
    (
        "a method of a class",
        "class Outbox {\n  async add(tx: Tx) { await tx.insert(outbox).values({}); }\n}\n"
        "class Orders {\n  constructor(private box: Outbox) {}\n  place() { return db.transaction(async (tx) => { "
        + CHANGE
        + " await this.box.add(tx); }); }\n}",
        MET,
    ),
    ("no event", inside(CHANGE), EXEMPT),
    ("another name of the publisher", RENAMED + inside(CHANGE + "await pe(this.db, 'a.b.v1', {});"), UNMET),
    ("another name, inside", RENAMED + inside(CHANGE + "await pe(tx, 'a.b.v1', {});"), MET),
    ("another name of the outbox", inside(CHANGE + "await db.insert(box).values({});") + BOX, UNMET),
    ("a dropped promise", inside(CHANGE + "void publishEvent(tx, 'a.b.v1', {});"), UNMET),
    ("nobody waits", inside(CHANGE + "publishEvent(tx, 'a.b.v1', {});"), UNMET),
    ("a caught promise", inside(CHANGE + "publishEvent(tx, 'a.b.v1', {}).catch(() => {});"), UNMET),
    ("a row that nobody waits for", inside(CHANGE + ROW.replace("await ", "")), UNMET),
    ("later", inside(CHANGE + "setTimeout(() => publishEvent(tx, 'a.b.v1', {}));"), UNMET),
    ("later, waited for there", inside(CHANGE + "setImmediate(async () => { " + ROW + " });"), UNMET),
    ("for each", inside(CHANGE + "order.lines.forEach(async (line) => { " + ROW + " });"), UNMET),
    ("all at once", inside(CHANGE + "await Promise.all(lines.map(async (line) => { " + ROW + " }));"), MET),
    ("handed back", inside(CHANGE + "return publishEvent(tx, 'a.b.v1', {});"), MET),
    ("waited for after all", inside(CHANGE + "const sent = publishEvent(tx, 'a.b.v1', {}); await sent;"), MET),
    ("a row at once", inside(CHANGE + ROW.replace("await ", "").replace("})", "}).run()")), MET),
    ("a driver without promises", inside(CHANGE + "publishEvent(tx, 'a.b.v1');", "db.transaction((tx) => {"), MET),
    ("a helper that drops it", EMIT.replace("await", "void") + inside(CHANGE + "await emit(tx, order);"), UNMET),
    ("a dropped helper", EMIT + inside(CHANGE + "void emit(tx, order);"), UNMET),
    ("a connection of the same name", inside(CHANGE + "{ const tx = this.db; " + ROW + " }"), UNKNOWN),
    ("a connection of the same name in a function", inside(CHANGE + f"await run(() => {{ {SHADOW} }});"), UNMET),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_an_event_shares_the_transaction_of_its_change(code: str, outcome: Outcome) -> None:
    """In the callback itself, or in what it hands its transaction to."""
    assert found(code).outcome is outcome


PUBLISH = "await publishEvent(tx, 'a.b.v1', {});"
SETTINGS = [
    ("of the process", inside(CHANGE + "if (process.env.EVENTS) " + PUBLISH), UNKNOWN),
    ("of the file", inside(CHANGE + "if (config.events.enabled) {" + PUBLISH + "}"), UNKNOWN),
    ("in short", inside(CHANGE + "config.events && (await publishEvent(tx, 'a.b.v1', {}));"), UNKNOWN),
    ("that leaves before", inside(CHANGE + "if (!process.env.EVENTS) return;" + PUBLISH), UNKNOWN),
    ("that leaves before the change", inside("if (!config.open) return;" + CHANGE + PUBLISH), MET),
    ("for the change as well", inside("if (config.open) {" + CHANGE + PUBLISH + "}"), MET),
    ("of the order", inside(CHANGE + "if (order.paid) " + PUBLISH), MET),
    ("around it all", "export const f = (order) => { if (config.open) { return db.transaction(async (tx) => {"
     + CHANGE + PUBLISH + "}); } };", MET),
]  # fmt: skip


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in SETTINGS], ids=[each[0] for each in SETTINGS])
def test_an_event_hangs_on_no_setting(code: str, outcome: Outcome) -> None:
    """A change that is made without its event is told to nobody."""
    assert found(code).outcome is outcome


def test_a_publisher_of_the_service_itself_must_be_seen_to_publish() -> None:
    """Its name alone says nothing."""
    seen = found("const publishEvent = async (..._) => undefined;\n" + inside(CHANGE + PUBLISH))
    assert seen.outcome is UNKNOWN
    assert "publishEvent is the service's own" in seen.message
    assert (
        found(EMIT.replace("emit", "publishEvent") + inside(CHANGE + "await publishEvent(tx, order);")).outcome is MET
    )


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file, line and event."""
    bad = found("\nexport const f = () => publishEvent('a.b.v1', {});")
    assert bad.message == (
        f"{CODE}:2 (a.b.v1): it stands outside a transaction; write the event with the transaction argument that the "
        "change uses."
    )
    assert (bad.locations[0].line, bad.locations[0].snippet) == (2, "a.b.v1")
    hidden = found("export const f = async (tx) => publishEvent(tx, 'a.b.v1');")
    assert (hidden.reason, "with which transaction" in hidden.message) == (Reason.NOT_RESOLVABLE, True)


def test_a_file_that_cannot_be_read_is_unknown() -> None:
    """It may publish as well; what is certain is said first."""
    assert found(inside(CHANGE + ROW), broken="fetch(").reason is Reason.UNREADABLE
    assert found(inside(ROW), broken="fetch(").outcome is UNMET


def test_an_edit_elsewhere_leaves_the_digest() -> None:
    """Lines and other code are not judged."""
    code = inside(CHANGE + ROW)
    assert found(code).subject_digest == found("\n" + code, more="export const a = g();").subject_digest


def test_without_an_outbox_only_calls_publish() -> None:
    """A platform may have no outbox of its own."""
    files = {CODE: inside(CHANGE + ROW)}
    assert judged("L17", files, IDENTITY, using=loop(events__outbox_table=None)).outcome is EXEMPT


def test_helpers_that_call_each_other_end() -> None:
    """Each is asked once for each depth."""
    many = "\n".join(
        f"const f{at} = (tx) => {{ {' '.join(f'f{to}(tx);' for to in range(15))} g(tx); }};" for at in range(15)
    )
    assert found(f"const g = (tx) => publishEvent(tx, 'a.b.v1');\n{many}").outcome is UNKNOWN
