"""An event that users see: chosen through a filter, opened by a scope (L63)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import PLACED, judged, loop

FAMILY = "packages/contracts/src/events/order.ts"
REGISTRY = "packages/contracts/src/events/index.ts"
NAMES = "packages/contracts/src/events/names.generated.ts"
FILTERS = "packages/contracts/src/webhooks/filters.ts"
CATALOG = "packages/contracts/src/webhooks/catalog.ts"
SCOPES = "packages/scopes/src/index.ts"
META = ".meta({ user_facing: true })"
FILES = {
    FAMILY: f'import {{ z }} from "zod";\nexport const orderPlacedV1 = z.object({{ id: z.uuid() }}).strict(){META};\n',
    REGISTRY: 'import { orderPlacedV1 } from "./order";\n'
    'export const EVENT_SCHEMAS = { "order.placed.v1": orderPlacedV1 } as const;\n',
    NAMES: 'export const EVENT_NAMES = { ORDER_PLACED_V1: "order.placed.v1" } as const;\n',
    FILTERS: 'import { EVENT_NAMES } from "../events/names.generated";\n'
    "export const WEBHOOK_FILTERS = [EVENT_NAMES.ORDER_PLACED_V1] as const;\n",
    CATALOG: 'import { SCOPES } from "@platform/scopes";\n'
    'export const WEBHOOK_EVENTS = { "order.placed.v1": { scope: SCOPES.READ_ORDERS } } as const;\n',
    "packages/contracts/src/webhooks/entry.ts": 'const own = "read:orders";\nexport const entry = { scope: own };\n',
    SCOPES: 'export const SCOPES = { READ_ORDERS: "read:orders", ADMIN_ORDERS: "admin:orders" } as const;\n',
    "package.json": '{"name": "root", "workspaces": ["packages/*"]}',
    "packages/scopes/package.json": '{"name": "@platform/scopes", "main": "src/index.ts"}',
    "packages/contracts/package.json": '{"name": "@platform/contracts", "main": "src/index.ts"}',
}
MET, UNMET, UNKNOWN, EXEMPT = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
NO_FILTER = (FILTERS, "EVENT_NAMES.ORDER_PLACED_V1", "")
INTERNAL = (FAMILY, "true", "false")
ENTRY = '"order.placed.v1": { scope: SCOPES.READ_ORDERS }'
Edits = list[tuple[str, str, str]]

CASES: list[tuple[str, Edits, Outcome, str]] = [
    ("as it is", [], MET, "WEBHOOK_FILTERS offers order.placed.v1, and WEBHOOK_EVENTS gives it a scope"),
    ("filters by key", [(FILTERS, "[EVENT_NAMES.ORDER_PLACED_V1]", '{ "order.placed.v1": {} }')], MET, "offers"),
    ("filters under constants", [(FILTERS, "[EVENT_NAMES.ORDER_PLACED_V1]", "EVENT_NAMES")], MET, "offers"),
    ("filters that spread a list", [(FILTERS, "[EVENT", "[...own];\nconst own = [EVENT")], MET, "offers"),
    ("a scope as a text", [(CATALOG, "SCOPES.READ_ORDERS", '"read:orders"')], MET, "gives it a scope"),
    ("a scope alone", [(CATALOG, "{ scope: SCOPES.READ_ORDERS }", "SCOPES.READ_ORDERS")], MET, "gives it a scope"),
    ("several scopes", [(CATALOG, "SCOPES.READ_ORDERS", '[SCOPES.READ_ORDERS, "read:orders"]')], MET, "gives"),
    ("entries of a list", [(CATALOG, f"{{ {ENTRY} }}", '[{ id: "order.placed.v1", scope: "read:orders" }]')], MET, ""),
    ("an imported entry", [
        (CATALOG, "{ scope: SCOPES.READ_ORDERS }", "entry"),
        (CATALOG, "import", 'import { entry } from "./entry";\nimport'),
    ], MET, "gives it a scope"),
    ("marked by the entry", [
        (REGISTRY, ": orderPlacedV1", ": { schema: orderPlacedV1, user_facing: true }"), (FAMILY, META, ""),
    ], MET, "offers"),
    ("a payload of that name", [(FAMILY, "id: z.uuid()", "user_facing: z.boolean()")], MET, "offers"),
    ("internal", [INTERNAL, NO_FILTER], EXEMPT, f"{FAMILY}:2 marks order.placed.v1 as not user_facing"),
    ("internal, and no filters at all", [INTERNAL, (FILTERS, "", "(gone)")], EXEMPT, "as not user_facing"),
    ("internal, and offered", [INTERNAL], UNMET, "WEBHOOK_FILTERS offers it to partners; drop it there, or mark it"),
    ("not marked", [(FAMILY, META, "")], UNKNOWN, "add .meta({ user_facing: true }), or false"),
    ("only the payload has it", [(FAMILY, META, ""), (FAMILY, "id:", "user_facing:")], UNKNOWN, "does not say"),
    ("a computed mark", [(FAMILY, "true", "isPublic()")], UNKNOWN, "does not say whether users see it"),
    ("not registered", [(REGISTRY, '"order.placed.v1": orderPlacedV1', "")], UNKNOWN, "register it"),
    ("a registry that is spread", [(REGISTRY, '"order.placed.v1": orderPlacedV1', "...all()")], UNKNOWN, "write it"),
    ("a schema that leads nowhere", [(REGISTRY, "./order", "./gone")], UNKNOWN, "could not be followed"),
    ("no filter", [NO_FILTER], UNMET, f"WEBHOOK_FILTERS in {FILTERS} lacks it; add it"),
    ("no file of filters", [(FILTERS, "", "(gone)")], UNMET, f"{FILTERS} does not exist; list it there"),
    ("computed filters", [(FILTERS, "EVENT_NAMES.ORDER_PLACED_V1", "...all()")], UNKNOWN, "has no plain entry for"),
    ("broken filters", [(FILTERS, "[EVENT_NAMES", "[[EVENT_NAMES")], UNKNOWN, FILTERS),
    ("no entry", [(CATALOG, ENTRY, "")], UNMET, f"WEBHOOK_EVENTS in {CATALOG} lacks it; add it with its scope"),
    ("no scope", [(CATALOG, "scope: SCOPES.READ_ORDERS", "")], UNMET, "gives it no scope; write one"),
    ("a blank scope", [(CATALOG, "SCOPES.READ_ORDERS", '" "')], UNMET, "gives it no scope; write one"),
    ("names alone", [(CATALOG, f"{{ {ENTRY} }}", '["order.placed.v1"]')], UNMET, "gives it no scope; write one"),
    ("no catalog", [(CATALOG, "", "(gone)")], UNMET, f"{CATALOG} does not exist; give it a scope there"),
    ("a scope of no export", [(CATALOG, "SCOPES.READ_ORDERS", '"read:all"')], UNMET, "read:all is none of SCOPES"),
    ("a constant of no export", [(CATALOG, "READ_ORDERS", "READ_ALL")], UNMET, "its scope SCOPES.READ_ALL is none of"),
    ("a scope that nobody gets", [(CATALOG, "READ_", "ADMIN_")], UNMET, "one that no third party gets"),
    ("a computed scope", [(CATALOG, "SCOPES.READ_ORDERS", "scopeOf()")], UNKNOWN, "name one of SCOPES"),
    ("scopes that hide some", [(SCOPES, 'READ_ORDERS: "read:orders",', "...more(),")], UNKNOWN, "told only by running"),
    ("no filter, and a computed scope", [NO_FILTER, (CATALOG, "SCOPES.READ_ORDERS", "scopeOf()")], UNMET, "lacks it"),
]  # fmt: skip


def found(edits: Edits) -> Finding:
    """What the line finds after the edits."""
    files = dict(FILES)
    for path, old, new in edits:
        assert old in files[path]
        files[path] = files[path].replace(old, new)
        if new == "(gone)":
            del files[path]
    return judged("L63", files, PLACED)


@pytest.mark.parametrize(("edits", "outcome", "why"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_user_facing_event_has_a_filter_and_a_scope(edits: Edits, outcome: Outcome, why: str) -> None:
    """What is missing is named with its place; what only running tells is unknown."""
    finding = found(edits)
    assert finding.outcome is outcome, finding.message
    assert why in finding.message


def test_findings_say_where() -> None:
    """The mark, the filter and the entry, each with file and line."""
    places = [(place.path, place.line) for place in found([]).locations]
    assert places == [(FAMILY, 2), (FILTERS, 2), (CATALOG, 2)]
    assert [place.path for place in found([NO_FILTER]).locations] == [FAMILY, FILTERS]


def test_another_event_leaves_the_digest() -> None:
    """What is said of one event holds while others come."""
    more = found([(CATALOG, "{ scope", '{ "user.left.v1": {} }, x: { scope'), (FILTERS, "[EV", '["user.left.v1", EV')])
    assert more.outcome is UNMET
    beside = found([(CATALOG, "} }", '}, "user.left.v1": {} }'), (FILTERS, "[EV", '["user.left.v1", EV')])
    assert beside.subject_digest == found([]).subject_digest
    assert more.subject_digest != beside.subject_digest


def test_a_platform_without_filters_is_unknown() -> None:
    """Nobody said where they lie."""
    finding = judged("L63", FILES, PLACED, using=loop(paths__webhook_filters=None))
    assert (finding.outcome, finding.reason) == (UNKNOWN, Reason.NOT_DECLARED)
