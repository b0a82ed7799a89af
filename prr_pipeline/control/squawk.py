"""Lint SQL migrations with squawk, which ships as a program within its wheel: many files in one call."""

from __future__ import annotations

import re
import shutil
import sysconfig
import tempfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from prr_pipeline.control.programs import Program, version_of
from prr_pipeline.control.squawk_reading import ignoring_in, masked, read_findings
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.migration_facts import LintedMigration, MigrationAbsent, MigrationLint
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.repository.tree import Blob, Snapshot

if TYPE_CHECKING:
    from prr_pipeline.control.workplace import Workplace

PROGRAM = "squawk"
VERSION = "2.70.0"
TIME_LIMIT = 60.0
"""Seconds that one call may take."""
FILES_CAP = 10_000
"""Most migrations of one snapshot that are linted."""
_BATCH = 1_000
_REMEMBERED = 16_384
_SIZE_CAP = 4 * 2**20
_INSTALL = f"`pip install squawk-cli=={VERSION}`"
_TOOL = Program(PROGRAM, TIME_LIMIT, "try again", _INSTALL)
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_CONCURRENTLY = re.compile(rb"\bconcurrently\b", re.IGNORECASE)

Linted = LintedMigration | MigrationAbsent


def with_migrations(facts: Facts, snapshot: Snapshot, profile: Profile, tools: Path | None = None) -> Facts:
    """The facts with what squawk says of the migrations that are new since their base.

    Nothing is run where nobody can tell which are new. ``tools`` is a folder with the program.
    """
    base = facts.base
    if isinstance(base, BaseFact):
        return replace(facts, migrations=gather_migrations(snapshot, profile, base.snapshot, tools))
    if isinstance(base, BaseAbsent) and base.reason is None:
        return replace(facts, migrations=gather_migrations(snapshot, profile, None, tools))
    return facts


def gather_migrations(
    snapshot: Snapshot, profile: Profile, base: Snapshot | None, tools: Path | None = None
) -> MigrationLint | MigrationAbsent | None:
    """What squawk says of the snapshot's migrations that ``base`` does not hold; of all without one.

    None for a profile that names no migrations. Raises nothing for bad input.
    """
    template = profile.value("paths.migrations")
    if template is None:
        return None
    try:
        paths = snapshot.paths(_PLACEHOLDER.sub("*", template))
        wanted = [path for path in paths if base is None or snapshot.blob_id(path) != base.blob_id(path)]
        if len(wanted) > FILES_CAP:
            message = f"{len(wanted):,} migrations are new, more than {FILES_CAP:,}; name a later base."
            return MigrationAbsent(message, Reason.UNREADABLE)
        return lint([snapshot.read(path) for path in wanted if snapshot.blob_id(path) is not None], tools)
    except PrrError as fault:
        return MigrationAbsent(str(fault), Reason.UNREADABLE)


def lint(blobs: Sequence[Blob], tools: Path | None = None) -> MigrationLint | MigrationAbsent:
    """What squawk says of these files, by blob id. What it said before of equal contents is not asked again."""
    program = find_program(tools)
    if program is None:
        return MigrationAbsent(f"squawk is not installed; run {_INSTALL}.", Reason.TOOL_ABSENT)
    try:
        version = version_of(_TOOL, program)
        by_id = {blob.id: blob for blob in blobs}
        found = {blob_id: _memory.get(version, blob_id) for blob_id in by_id}
        fresh = _fresh(program, [by_id[blob_id] for blob_id, known in found.items() if known is None])
    except PrrError as fault:
        return MigrationAbsent(str(fault), Reason.UNREADABLE)
    _memory.keep(version, fresh)
    known = {blob_id: linted for blob_id, linted in found.items() if linted is not None}
    return MigrationLint(f"{PROGRAM} {version}", {**known, **fresh})


def tools_of(work: Workplace) -> Path | None:
    """The deployment's own folder of programs, if it has one."""
    folder = work.settings.repository.tools
    return work.settings.path(folder) if folder else None


def find_program(tools: Path | None = None) -> str | None:
    """Where squawk is: in the folder of tools, beside the Python that runs, else on PATH."""
    folders = [str(tools)] if tools else []
    for folder in (*folders, sysconfig.get_path("scripts")):
        found = shutil.which(PROGRAM, path=folder)
        if found is not None:
            return found
    return shutil.which(PROGRAM)


class _Memory:
    """Findings by version and blob id, the oldest forgotten first. Safe for use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Linted] = OrderedDict()
        self._lock = Lock()

    def get(self, version: str, blob_id: str) -> Linted | None:
        with self._lock:
            return self._kept.get((version, blob_id))

    def keep(self, version: str, found: Mapping[str, Linted]) -> None:
        with self._lock:
            for blob_id, linted in found.items():
                self._kept[version, blob_id] = linted
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)


_memory = _Memory()


def _fresh(program: str, blobs: Sequence[Blob]) -> dict[str, Linted]:
    """Files that would stop squawk for all the others are kept from it."""
    refused = {blob.id: fault for blob in blobs if (fault := _refusal(blob)) is not None}
    asked = [blob for blob in blobs if blob.id not in refused]
    found: dict[str, Linted] = dict(refused)
    for within in (True, False):
        same = [blob for blob in asked if _runs_in_transaction(blob) is within]
        for at in range(0, len(same), _BATCH):
            found.update(_run(program, same[at : at + _BATCH], within))
    return found


def _refusal(blob: Blob) -> MigrationAbsent | None:
    if len(blob.data) > _SIZE_CAP:
        message = f"The migration has {len(blob.data):,} bytes; at most {_SIZE_CAP:,} are linted."
        return MigrationAbsent(message, Reason.UNREADABLE)
    try:
        blob.text()
    except PrrError as fault:
        return MigrationAbsent(str(fault), Reason.UNREADABLE)
    if b"\0" in blob.data:
        return MigrationAbsent("The migration holds a NUL character; remove it.", Reason.UNREADABLE)
    return None


def _runs_in_transaction(blob: Blob) -> bool:
    """What works on an index concurrently cannot, so its tool does not wrap that file."""
    return _CONCURRENTLY.search(blob.data) is None


def _run(program: str, blobs: Sequence[Blob], within: bool) -> dict[str, Linted]:
    """One call, in a private folder with a configuration of its own, so that none of the monorepo is found."""
    with tempfile.TemporaryDirectory(prefix="prr-squawk-") as folder:
        root = Path(folder)
        configuration = root / "squawk.toml"
        configuration.write_bytes(b"")
        names = {f"{at:05}.sql": blob for at, blob in enumerate(blobs)}
        for name, blob in names.items():
            (root / name).write_bytes(masked(blob.data))
        options = ["--reporter", "json", "--config", str(configuration)]
        done = _TOOL.call([program, *options, *(["--assume-in-transaction"] if within else []), *names], root)
    if done.returncode not in (0, 1):
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[0][:200].replace(folder, "") if said else "it says nothing"
        raise Unavailable(f"squawk failed on {len(names)} migrations ({done.returncode}: {why}).")
    found = read_findings(done.stdout, tuple(names))
    return {names[name].id: _with_comments(linted, names[name]) for name, linted in found.items()}


def _with_comments(linted: Linted, blob: Blob) -> Linted:
    return replace(linted, ignoring=ignoring_in(blob.data)) if isinstance(linted, LintedMigration) else linted
