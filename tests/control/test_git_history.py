"""Since when a third-party endpoint stands in its service's own description."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prr_pipeline.control.git_history import GitHistory, operation_ids
from tests.repository.conftest import GitMaker

PLACE = "services/{service}/openapi.yaml"
SPEC = "services/identity/openapi.yaml"
FIRST = "openapi: 3.1.0\npaths:\n  /v1/apps:\n    get: {operationId: listApps}\n"
GRANTS = "  /v1/grants:\n    post: {operationId: createGrant}\n"
EVENTS = "  /v1/events:\n    post: {responses: {}}\n"


class Told:
    """A repository with versions of one description, and the instant of each."""

    def __init__(self, path: Path) -> None:
        self.git = GitMaker(path)
        self.instants: list[datetime] = []

    def add(self, spec: str | None, **files: str) -> None:
        """Commit a version of the description; None for none."""
        self.git.commit({"README.md": str(len(self.instants)), **({SPEC: spec} if spec is not None else {}), **files})
        self.instants.append(datetime.fromtimestamp(self.git.seconds, UTC))

    def since(self, name: str, path: Path | None = None) -> datetime | None:
        """What the history says at the head."""
        return GitHistory(path or self.git.path, "HEAD", PLACE).operation_since(name)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Nothing is committed yet."""
    return Told(tmp_path / "repository")


@pytest.mark.parametrize(
    ("name", "part"), [("identity/createGrant", GRANTS), ("identity/POST /v1/events", EVENTS)], ids=["id", "path"]
)
def test_an_endpoint_is_as_old_as_its_place_in_the_description(told: Told, name: str, part: str) -> None:
    """One that was gone and came back counts from its return; other changes make it no newer."""
    told.add(None)
    told.add(FIRST + part)
    told.add(FIRST)
    told.add(FIRST + part)
    told.add(FIRST + part + "  /v1/more: {}\n")
    told.add(FIRST + part)
    assert told.since(name) == told.instants[3]
    assert told.since("identity/listApps") == told.instants[1]


def test_a_version_that_cannot_be_read_makes_nothing_newer(told: Told) -> None:
    """Neither for an id nor for a path."""
    told.add(FIRST + GRANTS + EVENTS)
    told.add("openapi: [\n")
    told.add(FIRST + GRANTS + EVENTS)
    assert told.since("identity/createGrant") == told.instants[0]
    assert told.since("identity/POST /v1/events") == told.instants[0]


def test_what_is_not_there_has_no_age(told: Told) -> None:
    """Another service, another endpoint, and an id in another service's description."""
    told.add(FIRST + GRANTS)
    assert told.since("clinical/createGrant") is None
    assert told.since("identity/createGrants") is None
    assert told.since("identity/GET /v1/none") is None
    assert told.since("createGrant") is None


def test_a_shallow_clone_answers_only_what_it_holds(told: Told, tmp_path: Path) -> None:
    """At its boundary an endpoint may be older than anybody can see."""
    told.add(FIRST)
    told.add(FIRST)
    told.add(FIRST + GRANTS)
    clone = tmp_path / "clone"
    source = f"file://{told.git.path}"
    subprocess.run(["git", "clone", "-q", "--depth", "2", "--branch", "main", source, str(clone)], check=True)
    assert told.since("identity/createGrant", clone) == told.instants[2]
    assert told.since("identity/listApps", clone) is None
    assert told.since("identity/listApps") == told.instants[0]


@pytest.mark.parametrize("form", ["operationId: {}\n", '{{"operationId":"{}"}}', "get: {{'operationId' : '{}'}}"])
def test_an_id_may_hold_the_word_that_it_is_found_by(form: str) -> None:
    """YAML and JSON alike."""
    names = {"listApps", "list_operationId", "operationIdMap", "getoperationIdMap"}
    assert operation_ids("".join(map(form.format, sorted(names))).encode()) == names
