"""Secrets per stage, the error project and the client of a partner (L30, L39, L66, L70)."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.facts import ArtefactFact
from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.readiness.remote_facts import ErrorProject, ErrorProjectOf, OauthClient, OauthClientOf
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.answering import facts_with
from tests.readiness.checks.platform import IDENTITY, judged
from tests.readiness.filed import filed

JOB, PARTNER = Subject(SubjectKind.JOB, "release-expired"), Subject(SubjectKind.INTEGRATION, "fitbook")
INFRA, SHARED, JOBS = "services/identity/infra.ts", "infra/secrets.ts", "services/jobs/src/jobs/registry.ts"
DECLARATION = "integrations/fitbook/integration.yaml"
FILES: dict[str, str | bytes] = {
    INFRA: """
import { secrets } from "../../infra/secrets";
const signing = new sst.Secret("SIGNING_KEY");
platformService("identity", { link: [signing], environment: { SENTRY_DSN: secrets.sentry.value } });
""",
    SHARED: """
const unused = new sst.Secret("BILLING_KEY");
export const secrets = { sentry: new sst.Secret("SENTRY_DSN"), unused };
""",
    JOBS: """
import { target } from "./targets";
export const JOBS = [
  { id: "release-expired", schedule: "rate(5 minutes)", targetSecret: "RELEASE_EXPIRED_URL" },
  { id: "other", schedule: "rate(1 day)", targetSecret: target },
];
""",
    "services/jobs/src/jobs/targets.ts": 'export const target = new sst.Secret("OTHER_URL");',
    DECLARATION: "client_id: fitbook-1\n",
}
NAMES = ["SIGNING_KEY", "SENTRY_DSN", "RELEASE_EXPIRED_URL", "OTHER_URL"]
STAGES = ("dev", "staging", "prod")
PROJECT, CLIENT = ErrorProjectOf("identity"), OauthClientOf("fitbook-1")
ANSWERS: dict[Any, Any] = {
    PROJECT: ErrorProject(True, 1, ("production",)),
    CLIENT: OauthClient(True, {}),
}
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}


def names(*missing: tuple[str, str], stages: tuple[str, ...] = STAGES) -> ArtefactFact:
    """CI's list, less some names in some stages."""
    return filed({"stages": {stage: [name for name in NAMES if (name, stage) not in missing] for stage in stages}})


def found_all(
    files: dict[str, str | bytes], answers: dict[Any, Any], listing: ArtefactFact | None
) -> list[tuple[str, Finding]]:
    """What each line says."""
    facts = facts_with(answers, {"secrets": listing} if listing is not None else {})
    subjects = {"L30": IDENTITY, "L39": IDENTITY, "L66": JOB, "L70": PARTNER}
    return [(number, judged(number, files, subject, facts)) for number, subject in subjects.items()]


def vector(
    edit: tuple[str, str, str] | None = None,
    answers: dict[Any, Any] | None = None,
    listing: ArtefactFact | None = names(),
) -> str:
    """The outcomes of the four lines after an edit of one file, other answers or another list."""
    files = dict(FILES)
    if edit is not None:
        path, old, new = edit
        assert old in str(files[path])
        files[path] = str(files[path]).replace(old, new)
    given = {question: value for question, value in {**ANSWERS, **(answers or {})}.items() if value is not None}
    return "".join(SIGNS[found.outcome] for _, found in found_all(files, given, listing))


DECLARED, GIVEN = 'new sst.Secret("SIGNING_KEY")', "environment: { SENTRY_DSN: secrets.sentry.value }"
# What is changed; then the outcomes of L30, L39, L66, L70.
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("as it is", {}, "mmmm"),
    ("a secret is not set in one stage", {"listing": names(("SIGNING_KEY", "prod"))}, "mUmm"),
    ("the address of errors is not set in one stage", {"listing": names(("SENTRY_DSN", "staging"))}, "UUmm"),
    ("the job's target is not set in one stage", {"listing": names(("RELEASE_EXPIRED_URL", "dev"))}, "mmUm"),
    ("another job's target is not set", {"listing": names(("OTHER_URL", "dev"))}, "mmmm"),
    ("a stage is not listed", {"listing": names(stages=("dev", "staging"))}, "???m"),
    ("a stage is not listed, one lacks it", {"listing": names(("SIGNING_KEY", "dev"), stages=("dev",))}, "?U?m"),
    ("no list", {"listing": None}, "???m"),
    ("a list of other code", {"listing": filed({"stages": {}}, current=False)}, "???m"),
    ("a list with values", {"listing": filed({"stages": {"dev": {"SENTRY_DSN": "https://x"}}})}, "???m"),
    ("no address of errors is declared", {"edit": (INFRA, GIVEN, "scaling: {}")}, "Ummm"),
    ("a computed name", {"edit": (INFRA, DECLARED, "new sst.Secret(name)")}, "m?mm"),
    ("computed options", {"edit": (INFRA, "link: [signing]", "...rest()")}, "m?mm"),
    ("computed options, and no address", {"edit": (INFRA, GIVEN, "...rest()")}, "??mm"),
    ("a linked thing that nobody can follow", {"edit": (INFRA, "link: [signing]", "link: [signing, other]")}, "m?mm"),
    ("a linked thing that is computed", {"edit": (INFRA, "link: [signing]", "link: keys()")}, "m?mm"),
    ("a linked thing that is no secret", {"edit": (INFRA, "[signing]", '[signing, new sst.Bucket("x")]')}, "mmmm"),
    ("no construct", {"edit": (INFRA, "platformService", "otherService")}, "??mm"),
    ("the job names no secret", {"edit": (JOBS, 'targetSecret: "RELEASE_EXPIRED_URL"', "target: 1")}, "mmUm"),
    ("the job spreads", {"edit": (JOBS, 'targetSecret: "RELEASE_EXPIRED_URL"', "...shared")}, "mm?m"),
    ("the job's secret is computed", {"edit": (JOBS, '"RELEASE_EXPIRED_URL"', "process.env.URL")}, "mm?m"),
    ("the job is not registered", {"edit": (JOBS, '"release-expired"', '"release-old"')}, "mm?m"),
    ("the job's secret is defined elsewhere", {"edit": (JOBS, '"RELEASE_EXPIRED_URL"', "target.name")}, "mmmm"),
    ("no error project", {"answers": {PROJECT: ErrorProject(False, 0, ())}}, "Ummm"),
    ("no active key", {"answers": {PROJECT: ErrorProject(True, 0, ())}}, "Ummm"),
    ("the error service is silent", {"answers": {PROJECT: None}}, "?mmm"),
    ("the portal knows it not", {"answers": {CLIENT: OauthClient(False, {})}}, "mmmU"),
    ("the portal is silent", {"answers": {CLIENT: None}}, "mmm?"),
    ("no client is declared", {"edit": (DECLARATION, "client_id", "client")}, "mmm?"),
    ("a client per environment", {"edit": (DECLARATION, "fitbook-1", "{development: fitbook-1}")}, "mmmm"),
    (
        "a client per environment, of which one is not known",
        {
            "edit": (DECLARATION, "fitbook-1", "{development: fitbook-1, production: fitbook-2}"),
            "answers": {OauthClientOf("fitbook-2"): OauthClient(False, {})},
        },
        "mmmU",
    ),
]


@pytest.mark.parametrize(("change", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_each_line_reacts_to_its_own_part(change: dict[str, Any], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(**change) == expected


def test_only_secrets_that_are_given_to_the_service_count() -> None:
    """What a shared file declares for others is not this service's."""
    found = dict(found_all(FILES, ANSWERS, names()))["L39"]
    assert found.values["secrets"] == ["SENTRY_DSN", "SIGNING_KEY"]
    assert {place.path for place in found.locations} == {INFRA, SHARED}


def test_a_service_without_secrets_is_unknown() -> None:
    """An empty set proves nothing."""
    files = {**FILES, INFRA: 'platformService("identity", {});'}
    assert dict(found_all(files, ANSWERS, names()))["L39"].outcome is Outcome.UNKNOWN


def test_no_value_is_ever_repeated() -> None:
    """Not even that of a list which should not hold any."""
    listing = filed({"stages": {"dev": ["SENTRY_DSN=hunter2"], "prod": {"A": "hunter2"}}})
    for number, found in found_all(FILES, ANSWERS, listing):
        assert "hunter2" not in repr(found), number


def test_what_is_missing_is_told_with_its_stage() -> None:
    """And what to do."""
    found = dict(found_all(FILES, ANSWERS, names(("SIGNING_KEY", "prod"))))["L39"]
    assert found.message == "By tool 1.0 SIGNING_KEY in prod is not set; set it and list the names again."
