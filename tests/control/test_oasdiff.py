"""The comparison with the previous minor: which spec, whose report, and the real oasdiff."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.oasdiff import compare_with_previous, find_program
from prr_pipeline.readiness.facts import OasdiffAbsent, OasdiffReport
from prr_pipeline.readiness.model import Reason
from prr_pipeline.repository.artefacts import ArtefactSet
from tests.readiness.fakes import SPEC, FakeSnapshot, profile, spec

FROZEN = "apps/docs/api-reference/versions/{}.yaml"
TOOLS = Path(__file__).parents[2] / "tools" / "bin"
OLD = spec("2026-05-01")
CHANGE = {"id": "api-removed", "level": 3, "operation": "GET", "path": "/holders", "text": "gone", "section": "paths"}
PROGRAM = find_program(TOOLS)
needs_oasdiff = pytest.mark.skipif(
    PROGRAM is None, reason="oasdiff is neither on PATH nor in tools/bin; build it with tools/install_oasdiff.sh"
)


def snapshot(current: str = "2026-06-10", frozen: tuple[str, ...] = ("2026-05-01",), **changes: Any) -> FakeSnapshot:
    return FakeSnapshot(
        {SPEC: spec(current, **changes), **{FROZEN.format(version): spec(version) for version in frozen}}
    )


def side(text: str, path: str, version: str) -> dict[str, str]:
    return {"version": version, "path": path, "sha256": hashlib.sha256(text.encode()).hexdigest()}


def artefacts(folder: Path, **changes: Any) -> ArtefactSet:
    """CI's report on the two specs of `snapshot`, filed with its envelope."""
    report = {
        "tool": "oasdiff",
        "version": "1.28.0",
        "arguments": ["breaking", "-f", "json"],
        "config_digest": None,
        "base": side(OLD, FROZEN.format("2026-05-01"), "2026-05-01"),
        "head": side(spec(), SPEC, "2026-06-10"),
        "exit_code": 0,
        "report": [CHANGE],
    } | changes
    data = json.dumps(report).encode()
    commit = "1" * 40
    (folder / commit).mkdir()
    (folder / commit / "oasdiff.report").with_suffix(".txt").write_bytes(data)
    envelope = {
        "tool": "oasdiff",
        "version": "1.28.0",
        "created_at": "2026-03-01T00:00:00Z",
        "sha256": hashlib.sha256(data).hexdigest(),
        "code_digest": "sha256:" + "0" * 64,
        "file": "oasdiff.txt",
    }
    (folder / commit / "oasdiff.json").write_text(json.dumps(envelope))
    return ArtefactSet(folder, commit)


def absent(found: OasdiffReport | OasdiffAbsent) -> OasdiffAbsent:
    assert isinstance(found, OasdiffAbsent)
    return found


@pytest.mark.parametrize(
    ("current", "frozen", "base"),
    [
        ("2026-06-10", ("2025-11-01", "2026-05-01", "2026-06-10"), "2026-05-01"),
        ("2026-06-10", ("2026-05-01", "2026-09-01"), "2026-05-01"),
        ("2026-06-10", ("2026-05-01", "README", "next"), "2026-05-01"),
        ("1.10.2", ("1.9.0", "1.9.3", "1.10.0", "1.10.1", "1.8.9"), "1.9.3"),
        ("2.0.0", ("1.9.3", "1.10.0", "2.0.0-rc.1"), "1.10.0"),
        ("v1.3.0", ("v1.2.0", "v1.2.11", "v1.2.9"), "v1.2.11"),
    ],
)
def test_the_previous_minor_is_not_the_previous_file(
    tmp_path: Path, current: str, frozen: tuple[str, ...], base: str
) -> None:
    """Patches of the same minor, pre-releases, later versions and other files are passed over."""
    using = profile(spec__version_kind=None)
    given = snapshot(current, frozen)
    filed = artefacts(tmp_path, base=side(spec(base), "b", base), head=side(spec(current), "h", current))
    found = compare_with_previous(given, using, filed)
    assert isinstance(found, OasdiffReport)
    assert found.base.version == base


def test_cis_report_counts_when_both_digests_are_those_of_the_specs(tmp_path: Path) -> None:
    """It is taken before the program is run."""
    found = compare_with_previous(snapshot(), profile(), artefacts(tmp_path))
    assert isinstance(found, OasdiffReport)
    assert (found.source, found.tool, found.changes[0].id) == ("ci report", "oasdiff 1.28.0", "api-removed")
    assert found.head.sha256 == digest_bytes(spec().encode())


@pytest.mark.parametrize(
    ("changes", "reason", "message"),
    [
        ({"head": side("other", SPEC, "2026-06-10")}, Reason.STALE, "compares other specs"),
        ({"base": side("other", "x", "2026-05-01")}, Reason.STALE, "compares other specs"),
        ({"exit_code": 102}, Reason.UNREADABLE, "failed (exit code 102)"),
        ({"arguments": ["breaking", "--err-ignore=x"]}, Reason.UNREADABLE, "--err-ignore, which leaves changes out"),
        ({"config_digest": "sha256:" + "1" * 64}, Reason.UNREADABLE, "under a configuration"),
        ({"report": {"changes": []}}, Reason.UNREADABLE, "is no list of changes"),
        ({"report": [{**CHANGE, "level": "ERR"}]}, Reason.UNREADABLE, "without id and level"),
        ({"base": {"version": "1"}}, Reason.UNREADABLE, "does not say version, path and sha256"),
    ],
)
def test_a_report_that_proves_nothing_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], reason: Reason, message: str
) -> None:
    """Of other specs, of a failed run, or made so that changes are left out; and no program to ask instead."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = absent(compare_with_previous(snapshot(), profile(), artefacts(tmp_path, **changes)))
    assert found.reason is reason
    assert message in found.message


@pytest.mark.parametrize(
    ("given", "reason", "message"),
    [
        (snapshot(frozen=()), Reason.NO_BASELINE, "No frozen spec lies at"),
        (snapshot(frozen=("2026-06-10",)), None, "2026-06-10 is the first minor version"),
        (snapshot("2019-01-01", ("2026-05-01", "2026-06-10")), Reason.NO_BASELINE, "cannot be the first minor version"),
        (snapshot(current="draft"), Reason.NO_BASELINE, "are not each a date"),
        (FakeSnapshot({}), Reason.NO_BASELINE, "holds no file"),
        (FakeSnapshot({SPEC: "{", FROZEN.format("2026-05-01"): OLD}), Reason.UNREADABLE, "cannot be read"),
    ],
)
def test_without_a_baseline_it_says_why(given: FakeSnapshot, reason: Reason | None, message: str) -> None:
    """Only a list of versions that was read and shows no earlier one proves that there is none."""
    found = absent(compare_with_previous(given, profile()))
    assert found.reason is reason
    assert message in found.message


def test_an_undeclared_place_of_frozen_specs_is_no_baseline() -> None:
    """The message names the key to set."""
    found = absent(compare_with_previous(snapshot(), profile(paths__openapi_previous=None)))
    assert found.reason is Reason.NO_BASELINE
    assert "paths.openapi_previous" in found.message


def test_without_program_and_report_the_way_out_is_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install it, or publish the artefact for these two digests."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = absent(compare_with_previous(snapshot(), profile(), ArtefactSet(tmp_path, "1" * 40)))
    assert found.reason is Reason.TOOL_ABSENT
    assert "go install github.com/oasdiff/oasdiff@v1.28.0" in found.message
    assert digest_bytes(OLD.encode())[:19] in found.message


def program(folder: Path, script: str) -> Path:
    """A stand-in for oasdiff."""
    (folder / "oasdiff").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "oasdiff").chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo boom >&2; exit 102", "102: boom"),
        ("echo '[]'; exit 101", "101: it says nothing"),
        ("echo nothing", "cannot be read"),
        ("echo '{}'", "is no list of changes"),
    ],
)
def test_a_run_that_failed_is_unknown(tmp_path: Path, script: str, message: str) -> None:
    """Bad flags, a spec that does not load, output of another form: none of it is a clean comparison."""
    found = absent(compare_with_previous(snapshot(), profile(), tools=program(tmp_path, script)))
    assert found.reason is Reason.UNREADABLE
    assert message in found.message


def test_the_program_runs_in_an_empty_folder_without_the_callers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a configuration file beside it nor OASDIFF_CONFIG can hide a change."""
    monkeypatch.setenv("OASDIFF_CONFIG", "hide.yaml")
    script = f'ls -a > {tmp_path}/seen; env >> {tmp_path}/seen; echo "$@" >> {tmp_path}/seen; echo "[]"'
    (tmp_path / "bin").mkdir()
    found = compare_with_previous(snapshot(), profile(), tools=program(tmp_path / "bin", script))
    assert isinstance(found, OasdiffReport)
    seen = (tmp_path / "seen").read_text()
    assert "OASDIFF_CONFIG" not in seen
    assert seen.startswith(".\n..\n")


def test_the_program_is_told_to_compare_drafts_and_to_fetch_nothing(tmp_path: Path) -> None:
    """The flags that keep a verdict honest; removals need a deprecation as old as the profile's notice."""
    script = f'[ "$1" = --version ] || echo "$@" > {tmp_path}/flags; echo "[]"'
    (tmp_path / "bin").mkdir()
    compare_with_previous(snapshot(), profile(), tools=program(tmp_path / "bin", script))
    flags = (tmp_path / "flags").read_text()
    assert "breaking --format json --stability-level draft --allow-external-refs=false" in flags
    assert "--deprecation-days-stable 90 --deprecation-days-beta 90" in flags


@needs_oasdiff
def test_the_real_program_finds_nothing_between_equal_specs() -> None:
    """The output of the pinned version is read."""
    found = compare_with_previous(snapshot(), profile(), tools=TOOLS)
    assert isinstance(found, OasdiffReport)
    assert (found.changes, found.source) == ((), "oasdiff")


@needs_oasdiff
def test_the_real_program_finds_a_new_required_property() -> None:
    """A request that used to be valid no longer is."""
    schema = {
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["note"], "properties": {"note": {}}}}
        }
    }
    found = compare_with_previous(snapshot(requestBody=schema), profile(), tools=TOOLS)
    assert isinstance(found, OasdiffReport)
    assert ("new-required-request-property", 3, "createGrant") in {
        (c.id, c.level, c.operation_id) for c in found.changes
    }


@needs_oasdiff
def test_the_real_program_does_not_follow_references_out_of_the_spec(tmp_path: Path) -> None:
    """A spec under review cannot make it read a file or call a server."""
    (tmp_path / "secret.json").write_text('{"type": "string"}')
    schema = {"content": {"application/json": {"schema": {"$ref": f"{tmp_path}/secret.json"}}}}
    found = absent(compare_with_previous(snapshot(requestBody=schema), profile(), tools=TOOLS))
    assert found.reason is Reason.UNREADABLE
