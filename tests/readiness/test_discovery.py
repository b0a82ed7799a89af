"""What there is to judge, kind by kind."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.discovery import declared_kinds, discover, discover_noted
from prr_pipeline.readiness.endpoints import page_words
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import FakeSnapshot

LOOP = load_profile("loop")
OPENAPI = """
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /healthz:
    get: {responses: {}}
  /v1/grants/{id}:
    get: {operationId: readGrant, responses: {}}
    delete: {responses: {}}
  /v1/admin/grants:
    post: {operationId: purgeGrants, responses: {}}
  /v1/a:
    get: {operationId: twice, responses: {}}
    post: {operationId: twice, responses: {}}
"""
EVENTS = """
import { placed } from "./order";
export const EVENT_SCHEMAS = { "order.placed.v1": placed, "user.created.v1": created } as const;
"""
JOBS = """
export const JOBS: JobDefinition[] = [
  { id: "release-expired", schedule: "rate(5 minutes)" },
  { schedule: "rate(1 day)" },
];
"""
FILES = {
    "services/_template/package.json": "{}",
    "services/identity/openapi.yaml": OPENAPI,
    "services/identity/service.yaml": "contracts: {events_published: [user.created.v1, user.gone.v1, 7]}",
    "services/bare/src/index.ts": "",
    "services/odd/service.yaml": "[not, a, mapping]",
    "packages/contracts/src/events/index.ts": EVENTS,
    "services/jobs/src/jobs/registry.ts": JOBS,
    "integrations/fitbook/integration.yaml": "client_id: x",
    "integrations/README.md": "",
}


def names(kind: SubjectKind, files: dict[str, str] = FILES) -> list[str]:
    """The discovered names."""
    return [subject.name for subject in discover(FakeSnapshot(files), LOOP, kind)]


def test_every_folder_of_services_is_a_service_but_the_template() -> None:
    """One without a manifest too: else nothing could say that it lacks one."""
    assert names(SubjectKind.SERVICE) == ["bare", "identity", "jobs", "odd"]


def test_one_name_that_no_subject_may_bear_hides_no_other() -> None:
    """A folder, or an id in a registry, with a line break is told; the rest of its kind is listed."""
    files = {
        **FILES,
        "services/od\nd/service.yaml": "",
        "services/jobs/src/jobs/registry.ts": JOBS.replace('"rel', '"\\u0007rel'),
    }
    assert names(SubjectKind.SERVICE, files) == ["bare", "identity", "jobs", "odd"]
    assert len(names(SubjectKind.THIRD_PARTY_ENDPOINT, files)) == 4
    for kind, name in ((SubjectKind.SERVICE, "od\nd"), (SubjectKind.JOB, "\x07release-expired")):
        subjects, told = discover_noted(FakeSnapshot(files), LOOP, kind)
        assert name not in [subject.name for subject in subjects]
        assert list(told) == [name]
        assert "holds control characters" in told[name]


def test_endpoints_are_the_routes_that_are_neither_open_nor_internal() -> None:
    """Those without an operationId, or with one that stands twice, go by method and path."""
    expected = ["readGrant", "GET /v1/a", "POST /v1/a", "DELETE /v1/grants/{id}"]
    assert names(SubjectKind.THIRD_PARTY_ENDPOINT) == [f"identity/{name}" for name in expected]


def test_events_are_those_registered_and_those_only_declared() -> None:
    """An event that nobody registered is a subject, so that a line can say so."""
    assert names(SubjectKind.EVENT) == ["order.placed.v1", "user.created.v1", "user.gone.v1"]


def test_jobs_are_the_ids_of_the_registry() -> None:
    """An entry without one has no name to be judged by."""
    assert names(SubjectKind.JOB) == ["release-expired"]


def test_integrations_are_declared_by_a_file() -> None:
    """Its folder names it."""
    assert names(SubjectKind.INTEGRATION) == ["fitbook"]


def test_an_empty_repository_has_no_services_and_cannot_list_events() -> None:
    """No registry is a fault of its own, not an empty list."""
    assert names(SubjectKind.SERVICE, {}) == []
    with pytest.raises(PrrError, match=r"packages/contracts/src/events/index\.ts"):
        names(SubjectKind.EVENT, {})


def test_a_kind_without_a_declared_place_says_which_key_is_missing() -> None:
    """The profile of endpoints knows no services."""
    with pytest.raises(NotDeclared, match=r"paths\.service is not declared"):
        discover(FakeSnapshot({}), load_profile("matter"), SubjectKind.SERVICE)


def test_profiles_declare_the_kinds_that_they_list() -> None:
    """One the operations, the other all else."""
    assert declared_kinds(load_profile("matter")) == (SubjectKind.OPERATION,)
    assert declared_kinds(LOOP) == tuple(SubjectKind)[1:]


PLACES = [
    (Subject(SubjectKind.SERVICE, "identity"), "services/{service}/infra.ts", "services/identity/infra.ts"),
    (Subject(SubjectKind.EVENT, "order.placed.v1"), "events/{family}.ts", "events/order.ts"),
    (Subject(SubjectKind.EVENT, "order.placed.v1"), "{event}.mdx", "order.placed.v1.mdx"),
    (Subject(SubjectKind.JOB, "a/../b"), "runs/{job}.json", "runs/a%2F..%2Fb.json"),
    (
        Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/DELETE /v1/grants/{id}"),
        "api/{service}/{method}_{path}.mdx",
        "api/identity/delete_v1_grants_id.mdx",
    ),
    (
        Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/readGrant"),
        "{service}-{operation_id}",
        "identity-readGrant",
    ),
]


@pytest.mark.parametrize(("subject", "template", "path"), PLACES, ids=[str(each[0]) for each in PLACES])
def test_templates_are_filled_from_the_subject(subject: Subject, template: str, path: str) -> None:
    """Each word is one safe segment."""
    assert Sources(FakeSnapshot(FILES), LOOP).fill(template, subject) == path


def test_an_endpoint_is_an_operation_of_its_service() -> None:
    """By id, or by method and path."""
    seen = Sources(FakeSnapshot(FILES), LOOP)
    found = seen.operation(Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/DELETE /v1/grants/{id}"))
    assert (found.method, found.path) == ("delete", "/v1/grants/{id}")
    assert page_words(found) == {"method": "delete", "path": "v1_grants_id"}
    with pytest.raises(UnknownName, match="readGrant"):
        seen.operation(Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/readGrants"))
    with pytest.raises(PrrError, match="names no service"):
        seen.operation(Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "readGrant"))


def test_the_digest_of_an_endpoint_is_that_of_its_own_part() -> None:
    """An edit of its neighbour leaves it."""
    subject = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/readGrant")
    other = {**FILES, "services/identity/openapi.yaml": OPENAPI.replace("purgeGrants", "dropGrants")}
    own = {**FILES, "services/identity/openapi.yaml": OPENAPI.replace("readGrant, ", "readGrant, summary: s, ")}
    digests = [Sources(FakeSnapshot(files), LOOP).subject_digest(subject) for files in (FILES, other, own)]
    assert digests[0] == digests[1] != digests[2]
