"""Judge a damaged sample as `prr` would: gather, evaluate, write. What must never happen comes back as words."""

from __future__ import annotations

import io
import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, TypeVar, cast

import orjson
from rich.console import Console

from prr_pipeline.calendars.freeze import FreezeCalendar
from prr_pipeline.calendars.ics import Calendar
from prr_pipeline.calendars.rota import Rota
from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.checking import Checked
from prr_pipeline.control.document import line_texts
from prr_pipeline.control.git_history import operation_ids
from prr_pipeline.control.known_names import names_in
from prr_pipeline.control.oasdiff import compare_with_previous
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.evaluate import discover_operations, evaluate_all
from prr_pipeline.readiness.facts import ArtefactFact, Facts, OnCall
from prr_pipeline.readiness.judge import INTERNAL_FAULT
from prr_pipeline.readiness.model import Outcome, Report
from prr_pipeline.readiness.previous_minor import previous_minor
from prr_pipeline.readiness.profile import OVERLAY_PATH, Profile, load_profile, profile_in
from prr_pipeline.reports.json_report import report_data
from prr_pipeline.reports.junit import JunitStream
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.markdown_report import report_markdown
from prr_pipeline.reports.sarif import SarifStream
from prr_pipeline.reports.scorecard import Scorecard
from prr_pipeline.reports.terminal import report_screen
from prr_pipeline.repository.artefacts import ArtefactSet
from prr_pipeline.repository.tree import Blob, blob_id_of, path_parts, refuse_mode, refuse_size
from prr_pipeline.review.document import document_state, render
from prr_pipeline.review.document_reading import human_section_digest, open_tasks
from prr_pipeline.subjects import Subject, SubjectKind, Target
from tests.mutations.matter import finished
from tests.mutations.state import DAY
from tests.mutations.world import DOCUMENT, NOW, catalogue
from tests.readiness.fakes import SPEC, FakeSnapshot
from tests.reports.made import written

T = TypeVar("T")
NAMES = ("createGrant", "transferShares", "reports/annual.v2")
SUBJECTS = tuple(Subject(SubjectKind.OPERATION, name) for name in NAMES)
FREEZES, ROTA = "ops/freezes.ics", "ops/on-call.ics"
_FREEZE = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261201T000000Z\r\n"
    b"DTSTART;TZID=Europe/Berlin:20261220T000000\r\nDTEND;TZID=Europe/Berlin:20270102T000000\r\n"
    b"RRULE:FREQ=YEARLY;COUNT=5\r\nEXDATE;TZID=Europe/Berlin:20281220T000000\r\nSUMMARY:Holidays\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)


@dataclass(frozen=True, slots=True)
class Repository:
    """The files, the artefacts by name, and what lies where a file was: ``modes`` of links and the like, ``sizes``."""

    files: Mapping[str, bytes]
    artefacts: Mapping[str, bytes]
    modes: Mapping[str, int] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)


class StrictSnapshot(FakeSnapshot):
    """Refuses what the views of real trees refuse: paths that lead elsewhere, links, submodules, large files."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository.files)
        self._modes, self._sizes = repository.modes, repository.sizes

    def read(self, path: str) -> Blob:
        if self.exists(path):
            refuse_size(path, self._sizes.get(path, 0))
        return super().read(path)

    def exists(self, path: str) -> bool:
        path_parts(path)
        if not super().exists(path):
            return False
        refuse_mode(path, self._modes.get(path, 0o100644))
        return True

    def blob_id(self, path: str) -> str | None:
        try:
            return super().blob_id(path) if self.exists(path) else None
        except PrrError:
            return None


@cache
def whole() -> Repository:
    """The sample with everything that a person or CI files, and its profile written out in full."""
    world = finished()
    overlay = orjson.dumps(_declared(), option=orjson.OPT_INDENT_2)
    files = {**world.files, OVERLAY_PATH: overlay, FREEZES: _FREEZE}
    return Repository(files, {name: filed.data for name, filed in world.artefacts.items()})


def _declared() -> dict[str, Any]:
    """What the profile `matter` says, as far as a monorepo may say it."""
    keys = load_profile("matter").keys.plain()
    return {
        name: section for name, section in keys.items() if section and name not in ("council", "ladder", "after_ga")
    }


def faults(repository: Repository) -> list[str]:
    """Everything that must not be, in words: an exception, a fault in a check, an incomplete report, a line break."""
    found: list[str] = []
    snapshot = StrictSnapshot(repository)
    profile = _said(found, "the profile", lambda: profile_in(snapshot, "matter")) or load_profile("matter")
    facts = _facts(found, repository, snapshot, profile)
    _said(found, "the names", lambda: names_in(snapshot, profile))
    listed = _said(found, "the operations", lambda: discover_operations(snapshot, profile))
    subjects = SUBJECTS if listed is None else [one for one in SUBJECTS if one in listed]
    reports = evaluate_all(snapshot, subjects, catalogue(), profile, facts)
    judged = _said(found, "the evaluation", lambda: list(reports)) or []
    for report in judged:
        found += _of_report(report)
    if len(judged) != len(subjects):
        found.append(f"{len(judged)} reports of {len(subjects)} subjects")
    elif judged:
        _outputs(found, judged[0], repository.files.get(DOCUMENT))
    return found


def _said(found: list[str], what: str, act: Callable[[], T]) -> T | None:
    """What the act gives; None if it is refused in one sentence. Anything else is a fault."""
    try:
        return act()
    except PrrError as fault:
        if not str(fault) or "\n" in str(fault):
            found.append(f"{what}: not one sentence: {str(fault)!r}")
    except Exception as fault:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        found.append(f"{what}: {type(fault).__name__}: {str(fault)[:200]} ({last.filename}:{last.lineno})")
    return None


def _facts(found: list[str], repository: Repository, snapshot: StrictSnapshot, profile: Profile) -> Facts:
    told: dict[str, Any] = {
        "artefacts": {name: _artefact(name, data) for name, data in repository.artefacts.items()},
        "oasdiff": _said(found, "the comparison", lambda: _compared(repository, snapshot, profile)),
        "on_call": _said(found, "the rota", lambda: _on_call(repository.files.get(ROTA, b""))),
    }
    _said(found, "the freezes", lambda: _frozen(repository.files.get(FREEZES, b"")))
    _said(found, "the history", lambda: operation_ids(repository.files.get(SPEC, b"")))
    return replace(finished().facts, **told)


def _artefact(name: str, data: bytes) -> ArtefactFact:
    filed = finished().artefacts[name]
    blob = Blob(f"artefacts/{filed.file}", blob_id_of(data), data)
    return ArtefactFact(blob, filed.tool, filed.version, NOW - DAY, FakeSnapshot.commit, True)


@dataclass(frozen=True, slots=True)
class _Reported:
    """CI's artefacts of this commit, as the comparison of specifications reads them."""

    data: bytes

    def read(self, name: str) -> Blob:
        return Blob(f"{name}.json", blob_id_of(self.data), self.data)


def _compared(repository: Repository, snapshot: StrictSnapshot, profile: Profile) -> Any:
    """The comparison, of what is there now as far as it can be read: CI ran after the damage was done."""
    data = repository.artefacts["oasdiff"]
    try:
        baseline = previous_minor(snapshot, profile)
        report = orjson.loads(data)
        for side, blob in (("base", baseline.base), ("head", baseline.head)):
            report[side]["sha256"] = digest_bytes(blob.data)
        data = orjson.dumps(report)
    except (PrrError, ValueError, TypeError, LookupError):
        pass
    return compare_with_previous(snapshot, profile, cast(ArtefactSet, _Reported(data)))


def _on_call(data: bytes) -> OnCall:
    rota = Rota(Calendar.parse(data, zone="UTC", name=ROTA))
    return OnCall(rota.on_call(NOW), rota.changes_at(NOW), ROTA)


def _frozen(data: bytes) -> object:
    return FreezeCalendar([Calendar.parse(data, zone="Europe/Berlin", name=FREEZES)]).reading(NOW)


def _of_report(report: Report) -> Iterator[str]:
    """What is wrong with a report itself."""
    if [result.line_id for result in report.results] != [line.id for line in catalogue().lines]:
        yield f"{report.subject}: {len(report.results)} lines of {len(catalogue().lines)}"
    for result in report.results:
        finding = result.finding
        where = f"{report.subject} {result.line_id}: "
        if INTERNAL_FAULT in finding.message:
            yield where + finding.message
        if not isinstance(finding.outcome, Outcome) or (finding.reason is None) == (finding.outcome is Outcome.UNKNOWN):
            yield f"{where}{finding.outcome} for the reason {finding.reason}"
        if not finding.message.strip():
            yield f"{where}no sentence"


def _outputs(found: list[str], report: Report, document: bytes | None) -> None:
    """Every form in which the report is written, and the document that it is filed in."""
    one, texts = Checked(report, ()), line_texts(catalogue(), report)
    _said(found, "the digest", lambda: report.digest)
    for form, write in _FORMS.items():
        _said(found, form, lambda write=write: write(one).encode())  # type: ignore[misc]
    _said(found, "the document", lambda: document_state(document, render(document, Target.GA, report, texts)))
    _said(found, "its section", lambda: human_section_digest(document, Target.GA))
    _said(found, "its tasks", lambda: open_tasks(document or b"", Target.GA))


def _on_screen(one: Checked) -> str:
    screen = Console(file=io.StringIO(), width=120)
    screen.print(report_screen(one.report, catalogue()))
    return str(screen.file.getvalue())  # type: ignore[attr-defined]


_FORMS: Mapping[str, Callable[[Checked], str]] = {
    "terminal": _on_screen,
    "JSON": lambda one: json.dumps(report_data(one.report, catalogue())),
    "Markdown": lambda one: report_markdown(one.report, catalogue()),
    "JUnit": partial(written, partial(JunitStream, catalogue=catalogue())),
    "SARIF": partial(written, partial(SarifStream, catalogue=catalogue(), pages=LinePages())),
    "HTML": partial(written, partial(Scorecard, catalogue=catalogue(), pages=LinePages())),
}
