"""The sample of the full checklist: one clean subject of each kind, its last release, what CI and services say."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any

import orjson

from prr_pipeline.control.squawk import gather_migrations
from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.release_facts import BaseFact, DeployAbsent, DeployFact, Merge
from prr_pipeline.subjects import Subject, SubjectKind
from tests.mutations.loop_circumstances import LOOP_CIRCUMSTANCES
from tests.mutations.recorded import HeldAnswers
from tests.mutations.state import DAY, EXAMPLES, TABLES, Sample, Signer, World, artefacts_of, files_of
from tests.mutations.world import History
from tests.readiness.fakes import FakeSnapshot

NOW = datetime(2026, 11, 4, 16, 30, tzinfo=UTC)
"""A Wednesday afternoon, the day after the release was tagged."""
RELEASED, RELEASE = "v1.2.0", "v1.3.0"
BASE_COMMIT = "2" * 40
SUBJECTS = (
    Subject(SubjectKind.SERVICE, "care"),
    Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "care/createCheckIn"),
    Subject(SubjectKind.EVENT, "care.check_in.recorded.v1"),
    Subject(SubjectKind.JOB, "close-overdue-check-ins"),
    Subject(SubjectKind.INTEGRATION, "meridian"),
    Subject(SubjectKind.DEPLOY, RELEASE),
)
CATALOGUE = Catalogue(tuple(line for line in load_catalogue().lines if line.checklist == "full"))


@cache
def script(name: str) -> ModuleType:
    """One of the sample's own scripts, imported from its file."""
    spec = importlib.util.spec_from_file_location(f"loop_{name}", EXAMPLES / "loop" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def sample() -> World:
    """The sample at its newest release, everything done that any line asks for."""
    commit = FakeSnapshot.commit
    times = NOW - timedelta(hours=1), NOW + 30 * DAY
    capacities = frozenset({"on_call", "owning_context", "consent_reviewer"})
    signers = {line.id: Signer("mara", capacities, *times) for line in LOOP.asked}  # type: ignore[arg-type]
    remote = script("record_answers").answers(commit, NOW - timedelta(minutes=5))
    return World(LOOP, files_of(LOOP), artefacts_of(LOOP), signers, _facts(), remote=remote)


def _facts() -> Facts:
    since = datetime(2026, 5, 20, 9, 30, tzinfo=UTC)
    documented = dict.fromkeys(("apps/docs/content/connect/check-ins.mdx",), since + 90 * DAY)
    return Facts(now=NOW, author="noor", history=History(documented, {"care/createCheckIn": since}))


def _gathered(world: World, snapshot: FakeSnapshot, profile: Profile) -> Mapping[str, Any]:
    base = _released()
    fact = BaseFact(f"the release {RELEASED}", BASE_COMMIT, base)
    return {
        "base": fact,
        "migrations": gather_migrations(snapshot, profile, base),
        "remote": HeldAnswers(world.remote),
        "deploys": _Deploys(snapshot, base, world.facts.now - DAY),
    }


@cache
def _released() -> FakeSnapshot:
    found = FakeSnapshot(script("make_repository").HISTORY.files_at(RELEASED))
    found.commit = BASE_COMMIT
    return found


@dataclass(frozen=True, slots=True)
class _Deploys:
    """What git would say of the release: one commit, which changes what the sample's history changes.

    A row's edit counts as made before the last release, else each would also change what goes out.
    """

    head: FakeSnapshot
    base: FakeSnapshot
    merged_at: datetime

    def of(self, name: str) -> DeployFact | DeployAbsent:
        """The release's deploy; there is no other."""
        if name != RELEASE:
            return DeployAbsent(f"There is no tag {name}; tag the release.", Reason.NO_BASELINE)
        changesets = tuple(self.head.read(path) for path in self.head.paths(".changeset/*.md"))
        merges = (Merge(FakeSnapshot.commit, self.merged_at),)
        return DeployFact(
            *(name, FakeSnapshot.commit, "Felix <felix@loop.example>", self.merged_at, BASE_COMMIT),
            *(merges, _changed(), changesets, self.head, self.base),
        )


@cache
def _changed() -> tuple[str, ...]:
    head, base = sample().files, _released().files
    return tuple(sorted(path for path in {*head, *base} if head.get(path) != base.get(path)))


def _renewed(world: World) -> World:
    """Pages are generated anew, CI reports what is there now; what a row edited itself stays as the row says."""
    first, recorder = sample(), script("record_artefacts")
    files, artefacts = dict(world.files), dict(world.artefacts)
    if "pages" not in world.stale:
        stamped = recorder.stamped_pages(files)
        files.update({path: data for path, data in stamped.items() if files[path] == first.files[path]})
    made = {
        "junit": recorder.junit(files).encode(),
        "migration-runs": orjson.dumps(recorder.migration_runs(_new(files))),
    }
    for name, data in made.items():
        if name in artefacts and artefacts[name].data == first.artefacts[name].data:
            artefacts[name] = replace(artefacts[name], data=data)
    if "job-runs" in artefacts:
        runs = artefacts["job-runs"]
        artefacts["job-runs"] = replace(runs, data=runs.data.replace(b'"HEAD"', b'"%b"' % FakeSnapshot.commit.encode()))
    return replace(world, files=files, artefacts=artefacts)


def _new(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {p: data for p, data in files.items() if p.endswith(".sql") and p not in _released().files}


LOOP = Sample(
    profile="loop",
    subjects=SUBJECTS,
    catalogue=CATALOGUE,
    artefacts=("coverage", "gates", "job-runs", "junit", "migration-runs", "secrets"),
    table=TABLES / "table_loop",
    start=sample,
    gather=_gathered,
    renew=_renewed,
    circumstances=LOOP_CIRCUMSTANCES,
)
