"""A test lets an event's schema accept what its producer builds (L61)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.platform import PLACED, judged
from tests.readiness.fakes import NOW
from tests.readiness.filed import filed, having, junit

FAMILY, REGISTRY = "packages/contracts/src/events/order.ts", "packages/contracts/src/events/index.ts"
BUILD, PLACE = "services/orders/src/events/build.ts", "services/orders/src/services/order.service.ts"
MANIFEST, TEST = "services/orders/service.yaml", "services/orders/tests/events/order-placed.test.ts"
HELPER = "services/orders/tests/support/sample.ts"
IMPORTS = """import { EVENT_NAMES, EVENT_SCHEMAS, orderPlacedV1, validateEvent } from "@platform/contracts";
import { buildOrderPlaced } from "../../src/events/build";
import { OrderService } from "../../src/services/order.service";
import { sample } from "../support/sample";
const order = { id: "o1" };
"""
FILES = {
    FAMILY: 'import { z } from "zod";\nexport const orderPlacedV1 = z.object({ id: z.string() });\n',
    REGISTRY: """import { orderPlacedV1 } from "./order";
export { orderPlacedV1 };
export { validateEvent } from "./validate";
export const EVENT_NAMES = { ORDER_PLACED_V1: "order.placed.v1" } as const;
export const EVENT_SCHEMAS = { "order.placed.v1": orderPlacedV1 } as const;
""",
    "packages/contracts/src/events/validate.ts": "export function validateEvent(name, payload) {}\n",
    BUILD: "export function buildOrderPlaced(order) {\n  return { id: order.id };\n}\n",
    PLACE: """import { buildOrderPlaced } from "../events/build";
export class OrderService {
  place(order) { publishEvent(tx, "order.placed.v1", buildOrderPlaced(order)); return { event: order }; }
}
""",
    HELPER: """import { buildOrderPlaced } from "../../src/events/build";
export const sample = () => buildOrderPlaced({ id: "o2" });
export const byHand = () => ({ id: "o3" });
""",
    MANIFEST: "contracts: {events_published: [order.placed.v1]}\n",
    "package.json": '{"name": "root", "workspaces": ["packages/*", "services/*"]}',
    "packages/contracts/package.json": '{"name": "@platform/contracts", "main": "src/events/index.ts"}',
    "services/orders/package.json": '{"name": "@services/orders"}',
}
TITLE = "the schema accepts a placed order"
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def outcome(body: str, top: str = "", known: Facts | None = None, **files: str) -> Outcome:
    """What is found where the case has that body."""
    return judged("L61", with_case(body, top, **files), PLACED, known or ran()).outcome


def with_case(body: str, top: str = "", **files: str) -> dict[str, str]:
    """The files with a test of that body; ``top`` stands above the case."""
    places = {"manifest": MANIFEST, "registry": REGISTRY, "place": PLACE}
    text = f'{IMPORTS}{top}\nit("{TITLE}", async () => {{\n  {body}\n}});\n'
    return {**FILES, TEST: text, **{places[name]: given for name, given in files.items()}}


def ran(inside: str = "") -> Facts:
    """A report in which the case passed, or ended as said."""
    return having(junit=junit((f"order.placed > {TITLE}", TEST, inside)))


BODIES = [
    ("parsed at once", "orderPlacedV1.parse(buildOrderPlaced(order));", MET),
    (
        "parsed later",
        "const payload = buildOrderPlaced(order);\n  expect(orderPlacedV1.parse(payload)).toEqual(payload);",
        MET,
    ),
    ("through the registry", 'EVENT_SCHEMAS["order.placed.v1"].parse(buildOrderPlaced(order));', MET),
    (
        "through the registry by constant",
        "EVENT_SCHEMAS[EVENT_NAMES.ORDER_PLACED_V1].parse(buildOrderPlaced(order));",
        MET,
    ),
    ("by the name of the event", "validateEvent(EVENT_NAMES.ORDER_PLACED_V1, buildOrderPlaced(order));", MET),
    ("another event's name", 'validateEvent("order.paid.v1", buildOrderPlaced(order));', UNMET),
    ("a part of what was built", "orderPlacedV1.parse(new OrderService().place(order).event);", MET),
    ("what was built, and more", "orderPlacedV1.parse({ ...buildOrderPlaced(order), at: 1 });", MET),
    ("built by a helper of the tests", "orderPlacedV1.parse(sample());", MET),
    ("asked whether, and asserted", "expect(orderPlacedV1.safeParse(sample()).success).toBe(true);", MET),
    (
        "asked first, asserted then",
        "const result = orderPlacedV1.safeParse(sample());\n  expect(result.success).toBe(true);",
        MET,
    ),
    (
        "asserted of the parts",
        "const { success } = orderPlacedV1.safeParse(sample());\n  expect(success).toBeTruthy();",
        MET,
    ),
    (
        "asserted as an object",
        "const r = orderPlacedV1.safeParse(sample());\n  expect(r).toMatchObject({ success: true });",
        MET,
    ),
    ("asserted plainly", "const r = orderPlacedV1.safeParse(sample());\n  assert(r.success);", MET),
    ("asked, and not asserted", "orderPlacedV1.safeParse(sample());", UNMET),
    ("asserted to be refused", "expect(orderPlacedV1.safeParse(sample()).success).toBe(false);", UNMET),
    ("asserted not to be accepted", "expect(orderPlacedV1.safeParse(sample()).success).not.toBe(true);", UNMET),
    ("expected to throw", "expect(() => orderPlacedV1.parse(sample())).toThrow();", UNMET),
    ("expected not to throw", "expect(() => orderPlacedV1.parse(sample())).not.toThrow();", MET),
    ("expected to be rejected", "await expect(orderPlacedV1.parseAsync(sample())).rejects.toThrow();", UNMET),
    ("written by hand", 'orderPlacedV1.parse({ id: "o1" });', UNMET),
    ("written by hand above", "orderPlacedV1.parse(order);", UNMET),
    ("another schema", "other.parse(buildOrderPlaced(order));", UNMET),
    ("nothing parsed", "expect(buildOrderPlaced(order)).toEqual(order);", UNMET),
    (
        "captured from what the producer did",
        "await new OrderService().place(order);\n  const [row] = await rows();\n  orderPlacedV1.parse(row.payload);",
        MET,
    ),
]


@pytest.mark.parametrize(("body", "expected"), [each[1:] for each in BODIES], ids=[each[0] for each in BODIES])
def test_the_schema_must_accept_what_the_producer_built(body: str, expected: Outcome) -> None:
    """A payload that the test wrote, or a refusal, proves nothing."""
    assert outcome(body) is expected


PARSED = "orderPlacedV1.parse(buildOrderPlaced(order));"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (ran("<failure/>"), UNMET),
        (ran("<skipped/>"), UNMET),
        (ran("<flakyFailure/>"), MET),
        (having(junit=junit(("another case", TEST))), UNMET),
        (having(), UNKNOWN),
        (having(junit=filed(junit((TITLE, TEST)), current=False)), UNKNOWN),
    ],
)
def test_the_case_must_have_passed(known: Facts, expected: Outcome) -> None:
    """At the judged code."""
    assert outcome(PARSED, known=known) is expected


def test_without_a_report_a_missing_test_is_still_missing() -> None:
    """What is certain needs no further evidence."""
    assert outcome("expect(1).toBe(1);", known=Facts(now=NOW)) is UNMET


def test_a_call_in_a_helper_of_the_file_counts_for_its_caller() -> None:
    """The case that calls it ran it; one that nobody calls did not run."""
    helper = "const accept = () => orderPlacedV1.parse(buildOrderPlaced(order));"
    assert outcome("accept();", helper) is MET
    assert outcome("refuse();", helper) is UNMET


def test_what_comes_from_elsewhere_cannot_be_told() -> None:
    """A value of unknown origin in a file that does not run the producer's code."""
    files = with_case("orderPlacedV1.parse(await latest());")
    bare = IMPORTS.partition("import { build")[0] + files[TEST].removeprefix(IMPORTS)
    found = judged("L61", {**files, TEST: bare}, PLACED, ran())
    assert (found.outcome, found.reason) == (UNKNOWN, Reason.NOT_RESOLVABLE)
    assert found.locations[0].path == TEST


def test_another_services_function_is_no_producer() -> None:
    """Not who builds it counts, but that the publisher does."""
    elsewhere = {"manifest": "contracts: {events_published: []}", "place": "export class OrderService {}\n"}
    assert judged("L61", with_case(PARSED, **elsewhere), PLACED, ran()).reason is Reason.NOT_DECLARED
    other = {**with_case(PARSED, **elsewhere), "services/shop/service.yaml": FILES[MANIFEST]}
    assert judged("L61", other, PLACED, ran()).outcome is UNMET


def test_a_producer_may_be_seen_in_its_code() -> None:
    """Without a manifest that says so, who publishes is the producer."""
    files = with_case(PARSED, manifest="contracts: {}")
    assert judged("L61", files, PLACED, ran()).outcome is MET


BUILT = "buildOrderPlaced(order)"
SENT = [
    ("something else", "{ id: order.id }", UNMET),
    ("something else by a constant", "other", UNMET),
    ("something else of its own", "{ ...other, id: buildId() }", UNMET),
    ("a constant that holds it", "kept", MET),
    ("it, and more", f"{{ ...{BUILT}, at: 1 }}", MET),
    ("it, checked", f"schema.parse({BUILT})", MET),
    ("what a function hands on", "wrapped(order)", MET),
    ("what is given to the function", "order", UNKNOWN),
    ("what somebody else makes", "make(order)", UNKNOWN),
    ("of two one", f"order.old ? {{ id: 1 }} : {BUILT}", MET),
]


@pytest.mark.parametrize(("payload", "expected"), [each[1:] for each in SENT], ids=[each[0] for each in SENT])
def test_what_is_tested_must_be_what_is_published(payload: str, expected: Outcome) -> None:
    """A builder that the producer no longer uses proves nothing of what it sends."""
    above = f"const other = {{ id: 1 }};\nconst wrapped = (order) => {BUILT};\nconst kept = {BUILT};\n"
    place = FILES[PLACE].replace("export", f"{above}export").replace(f", {BUILT})", f", {payload})")
    assert outcome(PARSED, place=place) is expected


def test_a_row_of_the_outbox_is_published_too() -> None:
    """With its payload under a name."""
    call = f'publishEvent(tx, "order.placed.v1", {BUILT})'
    for payload, expected in ((BUILT, MET), ("{ id: order.id }", UNMET)):
        row = f'tx.insert(outbox).values({{ eventName: "order.placed.v1", payload: {payload} }})'
        assert outcome(PARSED, place=FILES[PLACE].replace(call, row)) is expected


def test_an_event_that_nobody_is_seen_to_publish_cannot_be_told() -> None:
    """What was built may go another way."""
    assert outcome(PARSED, place="export class OrderService {}\n") is UNKNOWN


SWALLOWED = [
    ("swallowed", f"try {{ {PARSED} }} catch {{}}", UNMET),
    ("logged at most", f"try {{ {PARSED} }} catch (e) {{ console.log(e); }}", UNMET),
    ("swallowed by the promise", f"await orderPlacedV1.parseAsync({BUILT}).catch(() => {{}});", UNMET),
    ("thrown again", f"try {{ {PARSED} }} catch (e) {{ throw e; }}", MET),
    ("asserted", f"try {{ {PARSED} }} catch (e) {{ expect(e).toBeUndefined(); }}", MET),
    ("cleaned up", f"try {{ {PARSED} }} finally {{ close(); }}", MET),
    ("in the cleaning up", f"try {{ run(); }} catch {{}} finally {{ {PARSED} }}", MET),
]


@pytest.mark.parametrize(("body", "expected"), [each[1:] for each in SWALLOWED], ids=[each[0] for each in SWALLOWED])
def test_a_refusal_that_is_swallowed_asserts_nothing(body: str, expected: Outcome) -> None:
    """The case passes whatever the schema says."""
    assert outcome(body) is expected


@pytest.mark.parametrize(
    ("registry", "reason"),
    [
        ("export const EVENT_SCHEMAS = {};", Reason.NO_EVIDENCE),
        ('import { x } from "zod";\nexport const EVENT_SCHEMAS = { "order.placed.v1": x };', Reason.NOT_RESOLVABLE),
        ("export const EVENT_SCHEMAS = {", Reason.UNREADABLE),
    ],
)
def test_without_a_schema_nothing_can_be_tested(registry: str, reason: Reason) -> None:
    """Whether it is registered, another line says."""
    found = judged("L61", with_case(PARSED, registry=registry), PLACED, ran())
    assert (found.outcome, found.reason) == (UNKNOWN, reason)


def test_a_test_file_that_cannot_be_read_may_hold_the_case() -> None:
    """Unless another one does."""
    broken = {"services/orders/tests/broken.test.ts": "orderPlacedV1.parse(("}
    assert judged("L61", {**with_case("run();"), **broken}, PLACED, ran()).outcome is UNKNOWN
    assert judged("L61", {**with_case(PARSED), **broken}, PLACED, ran()).outcome is MET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    found = judged("L61", with_case("orderPlacedV1.parse(order);"), PLACED, ran())
    assert found.message == (
        "No passed test lets the schema of order.placed.v1 accept what its producer builds: the tests parse what they "
        "wrote themselves; build the payload by the producer's own function."
    )
    assert [(each.path, each.line) for each in found.locations][:1] == [(TEST, 8)]


def test_another_test_of_another_event_leaves_the_digest() -> None:
    """What was signed for one event holds while others come."""
    more = {"services/orders/tests/other.test.ts": "other.parse({});"}
    before = judged("L61", with_case(PARSED), PLACED, ran())
    assert judged("L61", {**with_case(PARSED), **more}, PLACED, ran()).subject_digest == before.subject_digest
