"""Events between services (L15, L16)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged

REGISTRY = "packages/contracts/src/events/index.ts"
SCHEMAS = 'export const EVENT_SCHEMAS = { "user.created.v1": z.object({}), "user.gone.v1": z.object({}) };'
NAMES = 'export const EVENT_NAMES = { USER_CREATED_V1: "user.created.v1" } as const;'
CODE = "services/identity/src/services/user.service.ts"
HANDLERS = "services/identity/src/events/index.ts"
MANIFEST = "services/identity/service.yaml"
IMPORT = 'import { EVENT_NAMES } from "../names";\n'


def published(code: str, registry: str = SCHEMAS) -> Finding:
    """L15 over one file of the service."""
    names = "services/identity/src/names.ts"
    return judged("L15", {CODE: IMPORT + code, REGISTRY: registry, names: NAMES}, IDENTITY)


MET = [
    'await publishEvent(tx, "user.created.v1", payload);',
    'class S { async f() { await publishEvent(this.db, "user.created.v1", payload); } }',
    "await publishEvent(tx, 'user.created.v1', payload);",
    "await events.publishEvent(EVENT_NAMES.USER_CREATED_V1, payload);",
    'await publishEvent(tx, { name: "user.created.v1", payload });',
    "await tx.insert(outbox).values({ eventName: EVENT_NAMES.USER_CREATED_V1, payload });",
    "await tx.insert(schema.outbox).values({ eventName: `user.created.v1`, payload });",
    'const name = "user.gone.v1";\npublishEvent(name, {});',
    'function f() { const name = "user.gone.v1"; publishEvent(name, {}); }',
]


@pytest.mark.parametrize("code", MET, ids=range(len(MET)))
def test_every_idiom_of_publishing_is_read(code: str) -> None:
    """The publisher's call and the outbox row, texts and constants."""
    assert published(code).outcome is Outcome.MET


def test_an_event_that_is_not_registered_is_unmet_with_its_place() -> None:
    """In one sentence."""
    found = published('publishEvent("user.lost.v1", {});')
    assert found.outcome is Outcome.UNMET
    assert found.message == f"EVENT_SCHEMAS lacks user.lost.v1 ({CODE}:2); register them."
    assert (found.locations[0].path, found.locations[0].line) == (CODE, 2)


RENAMED = [
    'import { publishEvent as pe } from "@platform/events";\nawait pe(this.db, "user.lost.v1", {});',
    'import * as events from "@platform/events";\nconst { publishEvent: pe } = events;\npe(tx, "user.lost.v1");',
    'import { publishEvent } from "@platform/events";\nconst send = publishEvent;\nsend(tx, "user.lost.v1");',
    'import { outbox as box } from "../db/schema";\ntx.insert(box).values({ eventName: "user.lost.v1" });',
]


@pytest.mark.parametrize("code", RENAMED)
def test_a_publisher_of_another_name_publishes(code: str) -> None:
    """What a file calls it after its imports hides nothing."""
    assert published(code).outcome is Outcome.UNMET


UNKNOWN = [
    "publishEvent(`user.${action}.v1`, {});",
    "function f(name: string) { publishEvent(name, {}); }",
    "publishEvent();",
    "tx.insert(outbox).values(row);",
    "publishEvent('user.created.v1'",
]


@pytest.mark.parametrize("code", UNKNOWN)
def test_a_name_that_only_running_tells_is_unknown(code: str) -> None:
    """So is a file with a syntax error."""
    found = published(code)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_a_seen_fault_counts_beside_an_unseen_one() -> None:
    """Unmet is sure."""
    assert published('publishEvent(name, {});\npublishEvent("user.lost.v1");').outcome is Outcome.UNMET


def test_a_service_that_publishes_nothing_has_nothing_to_register() -> None:
    """Other tables and other calls are no events."""
    found = published("tx.insert(users).values({ name: 'x' }); sendMail('user.created.v1');")
    assert found.outcome is Outcome.NOT_APPLICABLE


def test_a_registry_with_gaps_proves_no_absence() -> None:
    """The missing name may be in the spread."""
    found = published('publishEvent("user.lost.v1");', SCHEMAS.replace("{ ", "{ ...more, "))
    assert found.outcome is Outcome.UNKNOWN


def handled(consumed: str, code: str) -> Finding:
    """L16: the manifest's list against the handlers."""
    names = "services/identity/src/names.ts"
    files = {MANIFEST: f"contracts: {{events_consumed: {consumed}}}", HANDLERS: IMPORT + code, names: NAMES}
    return judged("L16", files, IDENTITY)


HANDLED = [
    'subscribe("user.created.v1", async () => {});',
    "bus.onEvent(EVENT_NAMES.USER_CREATED_V1, handler);",
    'export const handlers = { "user.created.v1": async () => {} };',
]


@pytest.mark.parametrize("code", HANDLED)
def test_a_consumed_event_with_a_handler_is_met(code: str) -> None:
    """Registered by a call or in an exported object."""
    assert handled("[user.created.v1]", code).outcome is Outcome.MET


FAULTS = [
    ("[user.created.v1]", "", "user.created.v1 is consumed and has no handler"),
    ("[]", HANDLED[0], f"user.created.v1 has a handler and is not listed in {MANIFEST}"),
    ("[user.gone.v1]", HANDLED[2], "user.gone.v1 is consumed and has no handler, user.created.v1 has a handler"),
]


@pytest.mark.parametrize(("consumed", "code", "why"), FAULTS, ids=["no handler", "not listed", "both"])
def test_both_differences_are_unmet(consumed: str, code: str, why: str) -> None:
    """Each event by name."""
    found = handled(consumed, code)
    assert found.outcome is Outcome.UNMET
    assert why in found.message


def test_nothing_consumed_and_nothing_handled_does_not_apply() -> None:
    """The empty list is the evidence."""
    assert handled("[]", "export const x = 1;").outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("consumed", "code"),
    [("user.created.v1", ""), ("[user.created.v1]", "subscribe(topic(), h);")],
    ids=["a text", "a computed name"],
)
def test_what_cannot_be_told_is_unknown(consumed: str, code: str) -> None:
    """A list of another form, and a subscription that is computed."""
    assert handled(consumed, code).outcome is Outcome.UNKNOWN


def test_without_a_manifest_nothing_says_what_is_consumed() -> None:
    """It is not declared."""
    found = judged("L16", {HANDLERS: HANDLED[0]}, IDENTITY)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
