"""The sample monorepo `loop`: it builds the same everywhere, its code hangs together, its README tells the truth."""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from prr_pipeline.control.deploys import GitDeploys
from prr_pipeline.control.recorded_answers import RecordedAnswers
from prr_pipeline.readiness.discovery import discover
from prr_pipeline.readiness.evaluate import evaluate_all
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.readiness.release_facts import DeployFact
from prr_pipeline.readiness.remote_facts import Answer, DeploymentsTo, RecordsOf
from prr_pipeline.subjects import Subject, SubjectKind
from tests.mutations.judging import gathered, judge, profile_of
from tests.mutations.loop import LOOP, SUBJECTS, sample, script
from tests.readiness.fakes import FakeSnapshot

ROOT = LOOP.root
MAKER, RECORDER = script("make_repository"), script("record_artefacts")
KINDS = {"endpoint": SubjectKind.THIRD_PARTY_ENDPOINT, **{str(kind): kind for kind in SubjectKind}}
_IMPORT = re.compile(r"^(?:import|export)\b[^;]*?from \"([^\"]+)\"", re.MULTILINE | re.DOTALL)
_SIDES = ("", ".ts", ".tsx", "/index.ts", "/index.tsx")


def git(folder: Path, *words: str) -> str:
    """What git says of a repository."""
    return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=True, text=True).stdout


def test_the_repository_builds_twice_to_the_same_head(tmp_path: Path) -> None:
    """Commit ids depend on the files and the history alone; the working tree is clean, both releases are tagged."""
    one, two = tmp_path / "one", tmp_path / "two"
    assert MAKER.make_repository(one) == MAKER.make_repository(two)
    assert git(one, "status", "--porcelain", "--ignored") == ""
    assert git(one, "tag").split() == [MAKER.BEFORE, MAKER.HEAD]
    assert git(one, "rev-parse", MAKER.HEAD) == git(one, "rev-parse", "main")
    kept = {path: (one / path).read_bytes() for path in git(one, "ls-files").splitlines()}
    assert kept == dict(MAKER.HISTORY.files_at(MAKER.HEAD)) == LOOP.start().files


def test_git_says_of_the_release_what_the_matrix_assumes(tmp_path: Path) -> None:
    """What goes out with the tag is what differs between the two releases, with the changeset that came between."""
    head = MAKER.make_repository(tmp_path / "one")
    profile = profile_of(sample())
    deploys = GitDeploys(tmp_path / "one", profile.value("deploy.tags"), profile.value("paths.changesets"))
    told = deploys.of(MAKER.HEAD)
    world = LOOP.renew(sample())
    assumed = LOOP.gather(world, FakeSnapshot(world.files), profile)["deploys"].of(MAKER.HEAD)
    assert isinstance(told, DeployFact)
    assert (told.commit, told.author) == (head, assumed.author)
    assert told.base == git(tmp_path / "one", "rev-parse", MAKER.BEFORE).strip()
    assert told.changed == assumed.changed
    assert [each.data for each in told.changesets] == [each.data for each in assumed.changesets]


@pytest.mark.parametrize("tag", [MAKER.BEFORE, MAKER.HEAD])
def test_every_import_leads_somewhere(tag: str) -> None:
    """At each release a relative import has its file, and an own package is in the workspace."""
    files = MAKER.HISTORY.files_at(tag)
    own = {json.loads(data)["name"] for path, data in files.items() if path.endswith("/package.json")}
    assert list(_dangling(files, own)) == []


def _dangling(files: Mapping[str, bytes], own: set[str]) -> Iterator[str]:
    for path, data in files.items():
        for name in _IMPORT.findall(data.decode()) if path.endswith((".ts", ".tsx")) else ():
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if name.startswith(".") and not any(target + side in files for side in _SIDES):
                yield f"{path}: {name}"
            if name.startswith("@platform/") and "/".join(name.split("/")[:2]) not in own:
                yield f"{path}: {name}"


def test_everything_that_is_data_can_be_read() -> None:
    """YAML and JSON parse, in every file of the finished monorepo."""
    for path, data in sample().files.items():
        if path.endswith((".yaml", ".yml")):
            assert yaml.safe_load(data) is not None, path
        if path.endswith(".json"):
            assert json.loads(data) is not None, path


def test_the_artefacts_are_those_of_the_sources() -> None:
    """`record_artefacts.py` would write what is there, and the pages carry the digests of their sources."""
    world = sample()
    files, folder = world.files, ROOT / "artefacts"
    assert {path for path, data in RECORDER.stamped_pages(files).items() if files[path] != data} == set()
    assert (folder / "junit.xml").read_text(encoding="utf-8") == RECORDER.junit(files)
    made = {
        "coverage": RECORDER.coverage(files),
        "migration-runs": RECORDER.migration_runs({path: files[path] for path in RECORDER.NEW}),
        "secrets": RECORDER.secrets(),
        "job-runs": RECORDER.job_runs(),
    }
    for name, data in made.items():
        assert json.loads((folder / f"{name}.json").read_bytes()) == json.loads(json.dumps(data)), name
    assert set(json.loads((folder / "index.json").read_bytes())) == set(LOOP.artefacts)


def test_recorded_answers_are_read_as_such(tmp_path: Path) -> None:
    """The folder that the script writes answers what a check would ask of this commit, and nothing of another."""
    read_at = datetime(2026, 11, 4, 16, tzinfo=UTC)
    assert script("record_answers").main([str(tmp_path), "1a2b", read_at.isoformat()]) == 0
    answers = RecordedAnswers(tmp_path)
    records = answers.ask(RecordsOf("care.platform.loop.health"))
    assert records == Answer(("192.0.2.17",), read_at, "the recorded dns")
    assert isinstance(answers.ask(DeploymentsTo("care", "1a2b", "staging")), Answer)
    assert not isinstance(answers.ask(DeploymentsTo("care", "3c4d", "staging")), Answer)


@cache
def readme_rows() -> Mapping[Subject, tuple[str, ...]]:
    """Each subject of the README's table, and the ids of the lines that are unmet on purpose."""
    rows = re.findall(r"^\| (\w+) `([^`]+)` \|.*\|(.*)\|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    return {Subject(KINDS[kind], name): tuple(re.findall(r"`([^`]+)`", lines)) for kind, name, lines in rows}


def test_the_readme_speaks_of_subjects_that_there_are() -> None:
    """Those of the table are found in the repository; the clean ones are those that the matrix edits."""
    snapshot, profile = FakeSnapshot(sample().files), profile_of(sample())
    found = {each for kind in KINDS.values() if kind is not SubjectKind.OPERATION for each in _of(snapshot, kind)}
    assert {each for each in readme_rows() if each.kind is not SubjectKind.DEPLOY} <= found
    assert {each for each, lines in readme_rows().items() if not lines} == set(SUBJECTS)
    assert profile.name == "loop"


def _of(snapshot: FakeSnapshot, kind: SubjectKind) -> tuple[Subject, ...]:
    return discover(snapshot, profile_of(sample()), kind)


def test_what_is_unmet_on_purpose_is_unmet() -> None:
    """And no check fails on the sample; the clean subjects meet every line."""
    world = LOOP.renew(sample())
    snapshot, profile = FakeSnapshot(world.files), profile_of(world)
    facts = gathered(world, snapshot, profile)
    subjects = [each for each, lines in readme_rows().items() if lines]
    for report in evaluate_all(snapshot, subjects, LOOP.catalogue, profile, facts):
        unmet = {each.line_id for each in report.results if each.outcome is Outcome.UNMET}
        unread = {each.line_id for each in report.results if "failed on this input" in each.finding.message}
        assert (set(readme_rows()[report.subject]) - unmet, unread) == (set(), set()), report.subject
    assert set(judge(sample()).vector.values()) == {"met"}
