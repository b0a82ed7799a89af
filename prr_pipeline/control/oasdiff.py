"""Compare the spec with its previous minor: by CI's report if it is of these two specs, else by running oasdiff."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.programs import Program, version_of
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.facts import OasdiffAbsent, OasdiffReport, SpecChange, SpecVersion
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.previous_minor import Baseline, FirstVersion, NoBaseline, previous_minor
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.snapshot import Blob, MissingFile, Snapshot

if TYPE_CHECKING:
    from prr_pipeline.control.workplace import Workplace
    from prr_pipeline.repository.artefacts import ArtefactSet, ArtefactStore

PROGRAM = "oasdiff"
VERSION = "v1.28.0"
TIME_LIMIT = 120.0
"""Seconds that one comparison may take."""
_LOOK_BACK = 2_000
_INSTALL = f"`go install github.com/oasdiff/oasdiff@{VERSION}` (Go 1.26 or newer)"
_TOOL = Program(PROGRAM, TIME_LIMIT, "publish its report from CI", _INSTALL)


def gather_oasdiff(work: Workplace, snapshot: Snapshot, profile: Profile) -> OasdiffReport | OasdiffAbsent:
    """The comparison for one snapshot of a deployment, with its artefacts and tools."""
    from prr_pipeline.repository.artefacts import ArtefactStore

    repository = work.settings.repository
    tools = work.settings.path(repository.tools) if repository.tools else None
    store = ArtefactStore(work.settings.path(repository.artefacts))
    commit = snapshot.commit or _newest_reported(work, store)
    return compare_with_previous(snapshot, profile, store.for_commit(commit) if commit else None, tools)


def _newest_reported(work: Workplace, store: ArtefactStore) -> str | None:
    """For a working tree: the newest commit with artefacts. Its report counts only where both specs' digests agree."""
    from prr_pipeline.repository.history import first_parent_line

    filed = store.commits()
    line = first_parent_line(work.repository, work.settings.repository.ref) if filed else iter(())
    return next((commit for commit in islice(line, _LOOK_BACK) if commit in filed), None)


def compare_with_previous(
    snapshot: Snapshot, profile: Profile, artefacts: ArtefactSet | None = None, tools: Path | None = None
) -> OasdiffReport | OasdiffAbsent:
    """The changes since the previous minor, or why they are not known. Raises nothing for bad input.

    ``tools`` is a folder with the program, searched before PATH.
    """
    try:
        baseline = previous_minor(snapshot, profile)
    except FirstVersion as fault:
        return OasdiffAbsent(str(fault), None)
    except (NoBaseline, MissingFile) as fault:
        return OasdiffAbsent(str(fault), Reason.NO_BASELINE)
    except PrrError as fault:
        return OasdiffAbsent(str(fault), Reason.UNREADABLE)
    name = profile.value("artefacts.oasdiff")
    reported = _from_ci(artefacts, name, baseline) if artefacts is not None and name else None
    if isinstance(reported, OasdiffReport):
        return reported
    program = find_program(tools)
    if program is None:
        return reported or _tool_absent(baseline, name)
    return _by_running(program, baseline, profile)


def find_program(tools: Path | None = None) -> str | None:
    """Where oasdiff is: in the folder of tools, else on PATH."""
    import shutil

    return (shutil.which(PROGRAM, path=str(tools)) if tools else None) or shutil.which(PROGRAM)


def _from_ci(artefacts: ArtefactSet, name: str, baseline: Baseline) -> OasdiffReport | OasdiffAbsent | None:
    try:
        from prr_pipeline.control.oasdiff_reading import Wrapped

        wrapped = Wrapped(artefacts.read(name))
    except MissingFile:
        return None
    except PrrError as fault:
        return OasdiffAbsent(str(fault), Reason.UNREADABLE)
    base, head = _specs(baseline)
    if (wrapped.base.sha256, wrapped.head.sha256) != (base.sha256, head.sha256):
        message = f"CI's oasdiff report compares other specs than {base.path} and {head.path} as judged; run it again."
        return OasdiffAbsent(message, Reason.STALE)
    return OasdiffReport(base, head, wrapped.changes, "ci report", wrapped.tool)


def _by_running(program: str, baseline: Baseline, profile: Profile) -> OasdiffReport | OasdiffAbsent:
    days = profile.value("deprecation.notice_days")
    base, head = _specs(baseline)
    try:
        changes = _run(_Question(program, baseline.base, baseline.head, days))
        return OasdiffReport(base, head, changes, PROGRAM, f"{PROGRAM} {version_of(_TOOL, program)}")
    except PrrError as fault:
        return OasdiffAbsent(str(fault), Reason.UNREADABLE)


@dataclass(frozen=True, slots=True)
class _Question:
    """All that the answer depends on."""

    program: str
    base: Blob
    head: Blob
    notice_days: int | None


@lru_cache(maxsize=4)
def _run(question: _Question) -> tuple[SpecChange, ...]:
    """Run oasdiff in an empty folder, so that no configuration of the monorepo is found. Raises `PrrError`."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="prr-oasdiff-") as folder:
        root = Path(folder)
        (root / "empty").mkdir()
        files = []
        for side, blob in (("base", question.base), ("head", question.head)):
            files.append(root / f"{side}{Path(blob.path).suffix}")
            files[-1].write_bytes(blob.data)
        done = _TOOL.call([question.program, *_arguments(question), *map(str, files)], root / "empty")
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[0][:200].replace(folder, "") if said else "it says nothing"
        raise Unreadable(f"oasdiff failed on {question.base.path} and {question.head.path} ({done.returncode}: {why}).")
    from prr_pipeline.control.oasdiff_reading import read_changes
    from prr_pipeline.repository.markup import load_json

    return read_changes(load_json(Blob("oasdiff's output", "", done.stdout)), "oasdiff's output")


def _arguments(question: _Question) -> list[str]:
    """Drafts are compared too, removals need a dated deprecation, and no spec may refer outside itself."""
    flags = ["breaking", "--format", "json", "--stability-level", "draft", "--allow-external-refs=false"]
    if question.notice_days is not None:
        days = str(question.notice_days)
        flags += ["--deprecation-days-stable", days, "--deprecation-days-beta", days]
    return flags


def _specs(baseline: Baseline) -> tuple[SpecVersion, SpecVersion]:
    base, head = baseline.base, baseline.head
    return (
        SpecVersion(baseline.version, base.path, digest_bytes(base.data)),
        SpecVersion(baseline.current, head.path, digest_bytes(head.data)),
    )


def _tool_absent(baseline: Baseline, name: str | None) -> OasdiffAbsent:
    base, head = _specs(baseline)
    artefact = (
        f", or publish the artefact {name!r} from CI for {base.sha256[:19]} and {head.sha256[:19]}" if name else ""
    )
    return OasdiffAbsent(f"oasdiff is not installed; run {_INSTALL}{artefact}.", Reason.TOOL_ABSENT)
