"""A service as it is deployed, paged for and published (L27, L32, L40 to L47)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.judge import judge
from prr_pipeline.readiness.model import Outcome, Reason
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.remote_facts import (
    AlertRouting,
    Approval,
    CheckRun,
    ChecksAt,
    Deployment,
    DeploymentsTo,
    GateApprovals,
    Health,
    HealthOf,
    PackageVersions,
    PagingService,
    PagingServiceOf,
    Question,
    RecordsOf,
)
from prr_pipeline.readiness.sources import Sources
from tests.readiness.answering import facts_with
from tests.readiness.checks.platform import CATALOGUE, IDENTITY, judged, judged_all, loop
from tests.readiness.fakes import NOW, FakeSnapshot
from tests.readiness.filed import filed

HEAD, OTHER = "1" * 40, "2" * 40
HOUR = timedelta(hours=1)
LINES = ("L27", "L32", "L40", "L41", "L42", "L43", "L44", "L45", "L46", "L47")
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}
FILES = {
    "services/identity/service.yaml": "{name: identity, owner: '@access', status: beta, on_call: identity-primary}",
    "services/clinical/service.yaml": "{name: clinical}",
    "apps/docs/content/services/catalog.json": (
        '{"services": [{"name": "identity", "owner": "@access", "status": "beta", "on_call": "identity-primary"}]}'
    ),
    "packages/sdk-identity/package.json": '{"name": "@platform/sdk-identity", "version": "1.4.0"}',
}
PAGING = PagingServiceOf("identity")
STAGING, PROD = AlertRouting("identity", "staging"), AlertRouting("identity", "prod")
ROUTES = {"critical": ("page", "slack"), "warn": ("slack",)}
HOSTS = tuple(RecordsOf(f"identity{stage}.platform.loop.health") for stage in (".dev", ".staging", ""))
DEV, SOAK = DeploymentsTo("identity", HEAD, "dev"), DeploymentsTo("identity", HEAD, "staging")
HEALTH, CHECKS = HealthOf("identity.dev.platform.loop.health", "/healthz"), ChecksAt(HEAD)
GATE, PACKAGE = GateApprovals("identity", HEAD, "production"), PackageVersions("@platform/sdk-identity")


def deployment(hours: float = 30, state: Any = "success", over: float | None = None, commit: str = HEAD) -> Deployment:
    """One that succeeded some hours ago, and may have been replaced some hours ago."""
    at = NOW - hours * HOUR
    ended = at if state in ("success", "inactive") else None
    return Deployment(commit, state, at, ended, NOW - over * HOUR if over is not None else None)


def approval(person: str = "ada", approved: bool = True, **more: Any) -> Approval:
    """A decision at the gate."""
    given = {"is_author": False, "is_bot": False, "at_commit": HEAD, "at": NOW - HOUR, **more}
    return Approval(person, approved, **given)


def smoke(name: str = "smoke (identity, dev)", state: Any = "success", hours: float = 1) -> CheckRun:
    """A check of CI that ended some hours ago."""
    return CheckRun(name, state, NOW - hours * HOUR)


ANSWERS: dict[Question[Any], Any] = {
    PAGING: PagingService(True, ("ada",)),
    STAGING: ROUTES,
    PROD: ROUTES,
    **dict.fromkeys(HOSTS, ("192.0.2.1",)),
    DEV: (deployment(commit=OTHER, hours=1, state="pending"), deployment()),
    SOAK: (deployment(),),
    HEALTH: Health(200, HEAD[:12]),
    CHECKS: (smoke(), CheckRun("typecheck", "success", NOW)),
    GATE: (approval(),),
    PACKAGE: ("1.3.0", "1.4.0"),
}
GATES = {"gates": filed({"checks": [{"name": name, "conclusion": "success"} for name in ("sdk-gen", "drift")]})}
SILENT = object()


def vector(
    answers: Mapping[Question[Any], Any], files: Mapping[str, str | None] | None = None, gates: Any = None
) -> str:
    """The outcomes of all lines, with some answers and files replaced; `SILENT` is no answer."""
    given = {question: value for question, value in {**ANSWERS, **answers}.items() if value is not SILENT}
    texts: dict[str, str | bytes] = {
        path: text for path, text in {**FILES, **(files or {})}.items() if text is not None
    }
    facts = facts_with(given, gates if gates is not None else GATES)
    return "".join(SIGNS[found.outcome] for found in judged_all(LINES, texts, IDENTITY, facts))


PKG, CATALOG = "packages/sdk-identity/package.json", "apps/docs/content/services/catalog.json"
# What is answered instead; then the outcomes of L27, L32, L40, L41, L42, L43, L44, L45, L46, L47.
CASES: list[tuple[str, dict[Question[Any], Any], str]] = [
    ("all is well", {}, "mmmmmmmmmm"),
    ("paging knows it not", {PAGING: PagingService(False, ())}, "Ummmmmmmmm"),
    ("nobody is on call", {PAGING: PagingService(True, ())}, "Ummmmmmmmm"),
    ("paging is silent", {PAGING: SILENT}, "?mmmmmmmmm"),
    ("critical does not page", {PROD: {**ROUTES, "critical": ("slack",)}}, "mUmmmmmmmm"),
    ("warnings page", {STAGING: {**ROUTES, "warn": ("page", "slack")}}, "mUmmmmmmmm"),
    ("no route for warnings", {STAGING: {"critical": ("page",)}}, "mUmmmmmmmm"),
    ("the routing of a stage is silent", {PROD: SILENT}, "m?mmmmmmmm"),
    ("one stage is wrong, the other silent", {PROD: SILENT, STAGING: {}}, "mUmmmmmmmm"),
    ("a host without a record", {HOSTS[2]: ()}, "mmUmmmmmmm"),
    ("a host that nobody tells of", {HOSTS[1]: SILENT}, "mm?mmmmmmm"),
    ("a missing host beside a silent one", {HOSTS[0]: (), HOSTS[1]: SILENT}, "mmUmmmmmmm"),
    ("not deployed to dev", {DEV: (deployment(commit=OTHER),)}, "mmmU?mmmmm"),
    ("the deployment to dev failed", {DEV: (deployment(1, "failure"), deployment())}, "mmmUmmmmmm"),
    ("the deployment to dev is pending", {DEV: (deployment(1, "pending"),)}, "mmm??mmmmm"),
    ("dev is silent", {DEV: SILENT}, "mmm??mmmmm"),
    ("unhealthy, and dev is silent", {DEV: SILENT, HEALTH: Health(503, None)}, "mmmU?mmmmm"),
    ("unhealthy", {HEALTH: Health(503, None)}, "mmmUmmmmmm"),
    ("healthy in another version", {HEALTH: Health(200, OTHER)}, "mmmUmmmmmm"),
    ("healthy without a version", {HEALTH: Health(200, None)}, "mmm?mmmmmm"),
    ("healthy in a version of another kind", {HEALTH: Health(200, "1.4.0")}, "mmm?mmmmmm"),
    ("too short a version", {HEALTH: Health(200, HEAD[:6])}, "mmm?mmmmmm"),
    ("the smoke test failed", {CHECKS: (smoke(state="failure"),)}, "mmmmUmmmmm"),
    ("the smoke test was skipped", {CHECKS: (smoke(state="skipped"),)}, "mmmm?mmmmm"),
    ("no smoke test", {CHECKS: (CheckRun("smokehouse", "success", NOW),)}, "mmmm?mmmmm"),
    ("of another service", {CHECKS: (smoke("smoke clinical"),)}, "mmmm?mmmmm"),
    ("of another stage", {CHECKS: (smoke("smoke identity staging"),)}, "mmmm?mmmmm"),
    ("a smoke test of all", {CHECKS: (smoke("smoke"),)}, "mmmmmmmmmm"),
    ("its own failed, another's passed", {CHECKS: (smoke(state="failure"), smoke("smoke"))}, "mmmmUmmmmm"),
    ("a smoke test before the deployment", {CHECKS: (smoke(hours=40),)}, "mmmm?mmmmm"),
    ("staging failed", {SOAK: (deployment(30, "failure"),)}, "mmmmmUUmmm"),
    ("staging is pending", {SOAK: (deployment(30, "pending"),)}, "mmmmm??mmm"),
    ("never in staging", {SOAK: ()}, "mmmmmUUmmm"),
    ("staging is silent", {SOAK: SILENT}, "mmmmm??mmm"),
    ("23 hours", {SOAK: (deployment(23.9),)}, "mmmmmmUmmm"),
    ("24 hours", {SOAK: (deployment(24),)}, "mmmmmmmmmm"),
    ("replaced after 4 hours", {SOAK: (deployment(30, "inactive", over=26),)}, "mmmmmmUmmm"),
    ("replaced after 26 hours", {SOAK: (deployment(30, "inactive", over=4),)}, "mmmmmmmmmm"),
    ("twice for 20 hours", {SOAK: (deployment(20), deployment(60, "inactive", over=40))}, "mmmmmmUmmm"),
    ("nobody approved", {GATE: ()}, "mmmmmmmUmm"),
    ("the author approved", {GATE: (approval(is_author=True),)}, "mmmmmmmUmm"),
    ("a bot approved", {GATE: (approval(is_bot=True),)}, "mmmmmmmUmm"),
    ("approved at another commit", {GATE: (approval(at_commit=OTHER),)}, "mmmmmmmUmm"),
    ("one refused", {GATE: (approval(), approval("bo", False))}, "mmmmmmmUmm"),
    ("refused, then approved", {GATE: (approval(at=NOW), approval(approved=False))}, "mmmmmmmmmm"),
    ("refused after all, without times", {GATE: (approval(at=None), approval(approved=False))}, "mmmmmmmUmm"),
    ("the gate is silent", {GATE: SILENT}, "mmmmmmm?mm"),
    ("another version is published", {PACKAGE: ("1.3.0",)}, "mmmmmmmmmU"),
    ("no such package", {PACKAGE: ()}, "mmmmmmmmmU"),
    ("the registry is silent", {PACKAGE: SILENT}, "mmmmmmmmm?"),
]


@pytest.mark.parametrize(("answers", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_each_line_reacts_to_its_own_answer(answers: dict[Question[Any], Any], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(answers) == expected


EDITS: list[tuple[str, dict[str, str | None], str]] = [
    ("another owner in the catalog", {CATALOG: FILES[CATALOG].replace("@access", "@other")}, "Ummmmmmmmm"),
    ("no catalog", {CATALOG: None}, "?mmmmmmmmm"),
    ("no package", {PKG: None}, "mmmmmmmmmU"),
    ("another name", {PKG: '{"name": "sdk", "version": "1.4.0"}'}, "mmmmmmmmmU"),
    ("no version", {PKG: '{"name": "@platform/sdk-identity"}'}, "mmmmmmmmmU"),
    ("a broken package", {PKG: "{"}, "mmmmmmmmm?"),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_file(files: dict[str, str | None], expected: str) -> None:
    """As with answers."""
    assert vector({}, files) == expected


def checks(**ended: str) -> dict[str, Any]:
    """The artefact of gates, with how each ended (``_`` for ``-``)."""
    rows = [{"name": name.replace("_", "-"), "conclusion": value} for name, value in ended.items()]
    return {"gates": filed({"checks": rows})}


@pytest.mark.parametrize(
    ("gates", "sign"),
    [
        (checks(sdk_gen="success", drift="failure"), "U"),
        (checks(sdk_gen="failure", drift="success"), "U"),
        (checks(sdk_gen="success"), "?"),
        (checks(sdk_gen="skipped", drift="success"), "?"),
        ({}, "?"),
    ],
)
def test_the_sdk_is_generated_without_a_difference(gates: Any, sign: str) -> None:
    """The job that generates, and the one that compares."""
    assert vector({}, gates=gates) == f"mmmmmmmm{sign}m"


def test_where_nobody_may_ask_all_is_unknown() -> None:
    """No deployment says who can tell."""
    for number in ("L32", "L40", "L41", "L42", "L43", "L44", "L45", "L47"):
        found = judged(number, FILES, IDENTITY, Facts(now=NOW))
        assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED), number


def test_a_soak_says_when_it_is_over() -> None:
    """Which is when to come back."""
    found = judged("L44", FILES, IDENTITY, facts_with({**ANSWERS, SOAK: (deployment(4),)}))
    assert found.message == (
        "By deployments 111111111111 was live in staging for 4 of 24 h; leave it until 2026-03-03 08:00 UTC."
    )


def test_who_is_on_call_leaves_the_digest() -> None:
    """A statement outlives the shift in which it was given."""
    before = judged("L27", FILES, IDENTITY, facts_with(ANSWERS))
    after = judged("L27", FILES, IDENTITY, facts_with({**ANSWERS, PAGING: PagingService(True, ("bo",))}))
    assert before.subject_digest == after.subject_digest


def test_a_working_tree_was_never_deployed() -> None:
    """And what is said of it is not remembered for the commit that it becomes."""
    tree = FakeSnapshot(FILES)
    tree.commit = None
    sources, marks = Sources(tree, loop()), FactMarks(facts_with(ANSWERS))
    line = CATALOGUE.line("L43")
    with sources.tracker.frame() as frame:
        found = judge(str(line.check), line.parameters, sources, noted(marks, sources.tracker), IDENTITY)
    assert (found.finding.outcome, found.finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    assert found.finding.message.endswith("judge a commit with --commit.")
    assert {"remote", "label"} <= {kind for kind, _, _ in frame.reads.marks}
