"""An event from its schema to its publisher (L57 to L60)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.platform import PLACED, judged

FAMILY = "packages/contracts/src/events/order.ts"
REGISTRY = "packages/contracts/src/events/index.ts"
NAMES = "packages/contracts/src/events/names.generated.ts"
MANIFEST = "services/orders/service.yaml"
SCHEMA = 'import { z } from "zod";\nexport const orderPlacedV1 = z.object({ id: z.string() }).strict();\n'
IMPORT = 'import { orderPlacedV1 } from "./order";\n'
INDEX = IMPORT + 'export const EVENT_SCHEMAS = { "order.placed.v1": orderPlacedV1 } as const;\n'
GENERATED = 'export const EVENT_NAMES = { ORDER_PLACED_V1: "order.placed.v1" } as const;\n'
FILES = {
    FAMILY: SCHEMA,
    REGISTRY: INDEX,
    NAMES: GENERATED,
    MANIFEST: "contracts:\n  events_published: [order.placed.v1]\n",
}
LINES = ("L57", "L58", "L59", "L60")
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def vector(**changes: str | None) -> list[Outcome]:
    """The outcomes of the four lines with some files replaced or left out."""
    places = {"family": FAMILY, "registry": REGISTRY, "names": NAMES, "manifest": MANIFEST}
    files = {**FILES, **{places[name]: text for name, text in changes.items() if text is not None}}
    files = {path: text for path, text in files.items() if changes.get(_name(places, path), "") is not None}
    return [judged(number, files, PLACED).outcome for number in LINES]


def _name(places: dict[str, str], path: str) -> str:
    return next((name for name, place in places.items() if place == path), "")


CASES = [
    ("all there", {}, [MET, MET, MET, MET]),
    (
        "the schema under its PascalCase name",
        {
            "family": SCHEMA.replace("orderPlacedV1", "OrderPlacedV1Schema"),
            "registry": INDEX.replace("orderPlacedV1 ", "OrderPlacedV1Schema as orderPlacedV1 ", 1),
        },
        [MET, MET, MET, MET],
    ),
    (
        "a re-exported schema",
        {"registry": 'export { EVENT_SCHEMAS } from "./all";', "names": GENERATED},
        [MET, UNKNOWN, UNKNOWN, MET],
    ),
    ("no schema, the registry dangles", {"family": "export const other = 1;"}, [UNKNOWN, UNKNOWN, MET, MET]),
    ("no family file", {"family": None}, [UNMET, UNKNOWN, MET, MET]),
    ("not made by Zod", {"family": "export const orderPlacedV1 = { id: String };"}, [UNMET, UNMET, MET, MET]),
    ("another maker", {"family": SCHEMA.replace("z.object", "v.object")}, [UNMET, UNKNOWN, MET, MET]),
    ("another of the maker's kind", {"family": SCHEMA.replace("z.object", "z.string")}, [UNMET, UNMET, MET, MET]),
    (
        "registered as what a function makes",
        {"registry": 'export const EVENT_SCHEMAS = { "order.placed.v1": eventSchema({}) };'},
        [MET, UNKNOWN, MET, MET],
    ),
    ("not registered", {"registry": "export const EVENT_SCHEMAS = {};"}, [MET, UNMET, UNMET, MET]),
    (
        "registered inline",
        {"registry": 'export const EVENT_SCHEMAS = { "order.placed.v1": z.object({}) };'},
        [MET, MET, MET, MET],
    ),
    (
        "registered under a constant",
        {
            "registry": IMPORT
            + GENERATED
            + "export const EVENT_SCHEMAS = { [EVENT_NAMES.ORDER_PLACED_V1]: orderPlacedV1 };"
        },
        [MET, MET, MET, MET],
    ),
    (
        "spread from elsewhere",
        {"registry": 'import { rest } from "zod";\nexport const EVENT_SCHEMAS = { ...rest };'},
        [MET, UNKNOWN, UNKNOWN, MET],
    ),
    ("no registry", {"registry": None}, [MET, UNKNOWN, UNKNOWN, MET]),
    ("broken registry", {"registry": "export const EVENT_SCHEMAS = {"}, [MET, UNKNOWN, UNKNOWN, MET]),
    ("names not generated", {"names": "export const EVENT_NAMES = {};"}, [MET, MET, UNMET, MET]),
    ("names under another constant", {"names": GENERATED.replace("ORDER_PLACED_V1", "PLACED")}, [MET, MET, UNMET, MET]),
    ("no names", {"names": None}, [MET, MET, UNMET, MET]),
    ("names that are computed", {"names": "export const EVENT_NAMES = { [key]: 1 };"}, [MET, MET, UNKNOWN, MET]),
    ("nobody declares it", {"manifest": "contracts: {events_published: []}"}, [MET, MET, MET, UNMET]),
    ("declared at the top", {"manifest": "events_published: [order.placed.v1]"}, [MET, MET, MET, UNMET]),
    ("declared as a text", {"manifest": "contracts: {events_published: order.placed.v1}"}, [MET, MET, MET, UNKNOWN]),
    ("no manifest", {"manifest": None}, [MET, MET, MET, UNMET]),
]


@pytest.mark.parametrize(("changes", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_each_line_reacts_to_its_own_part(changes: dict[str, str | None], expected: list[Outcome]) -> None:
    """The vector of all four is compared, so that no line answers for another."""
    assert vector(**changes) == expected


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    found = judged("L58", {**FILES, REGISTRY: "\nexport const EVENT_SCHEMAS = {};"}, PLACED)
    assert found.message == f"EVENT_SCHEMAS in {REGISTRY} has no entry for order.placed.v1; register it."
    assert (found.locations[0].path, found.locations[0].line) == (REGISTRY, 2)
    wrong = judged("L60", {**FILES, MANIFEST: "events_published: [order.placed.v1]"}, PLACED)
    assert wrong.message == f"{MANIFEST} lists order.placed.v1 at the top; move it under contracts.events_published."


def test_a_schema_in_another_file_is_to_be_moved() -> None:
    """The family's file is where consumers look."""
    files = {**FILES, FAMILY: "export const unrelated = 1;", "packages/contracts/src/events/misc.ts": SCHEMA}
    found = judged("L57", {**files, REGISTRY: INDEX.replace("./order", "./misc")}, PLACED)
    assert found.outcome is UNMET
    assert "is defined in packages/contracts/src/events/misc.ts; define it in" in found.message


def test_stale_names_are_reported_beside() -> None:
    """A name of no event belongs to no subject, so it is told with each."""
    names = GENERATED.replace("} as", ', GONE_V1: "gone.v1" } as')
    assert judged("L59", {**FILES, NAMES: names}, PLACED).values["names_of_no_event"] == ["gone.v1"]


def test_an_unrelated_event_leaves_the_digest() -> None:
    """What was signed for one event holds while others come."""
    more = INDEX.replace("} as", ', "user.created.v1": userCreatedV1 } as')
    for number in LINES:
        before, after = judged(number, FILES, PLACED), judged(number, {**FILES, REGISTRY: more}, PLACED)
        assert before.subject_digest == after.subject_digest


def test_what_cannot_be_followed_has_a_reason() -> None:
    """A dangling import is no proof of absence."""
    found = judged("L58", {**FILES, FAMILY: "export const other = 1;"}, PLACED)
    assert found.reason is Reason.NOT_RESOLVABLE


def test_a_value_that_an_unknown_function_makes_is_named() -> None:
    """With its place, for only running it could tell whether it is a schema."""
    registry = '\nexport const EVENT_SCHEMAS = { "order.placed.v1": eventSchema({}) };'
    found = judged("L58", {**FILES, REGISTRY: registry}, PLACED)
    assert (found.outcome, found.reason) == (UNKNOWN, Reason.NOT_RESOLVABLE)
    assert (found.locations[0].path, found.locations[0].line) == (REGISTRY, 2)
    assert f"eventSchema at {REGISTRY}:2" in found.message
