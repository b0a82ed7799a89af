"""Judge one subject at the tracked ref, promotion or none, and keep what the judgement rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.control.artefact_facts import artefact_marks
from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.checking import Checkup
from prr_pipeline.control.deploy_gate import judge_deploy
from prr_pipeline.control.monorepo import commit_to_judge, open_head, prr_folder, snapshot_to_judge
from prr_pipeline.control.places import Place
from prr_pipeline.control.subject_listing import list_at_head, subject_key, subject_of_key
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.profile import OVERLAY_PATH, Profile
from prr_pipeline.repository.artefacts import JudgedCommit
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.repository.recorder import ReadSet, Recorder
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

JUDGED, READS = "subject_judged", "subject_reads"
"""Tables of what is kept of each subject: the mark of its judgement, and what that read."""


@dataclass(frozen=True, slots=True)
class SubjectJudgement:
    """A subject's report at a commit, with what a person should know beside it."""

    subject: Subject
    report: Report
    catalogue: Catalogue
    commit: str
    notes: tuple[str, ...]

    @property
    def key(self) -> str:
        return subject_key(self.subject)

    @property
    def counts(self) -> Mapping[str, int]:
        """Outcome to the number of all lines."""
        return Counter(str(result.outcome) for result in self.report.results)


@dataclass(frozen=True, slots=True)
class Input:
    """What subjects of one kind are judged by. ``rest`` names all but the commit: artefacts, lines, conventions."""

    judged: JudgedCommit
    folder: str
    rest: str

    @property
    def mark(self) -> str:
        """A judgement with the same mark has nothing new to read."""
        return f"{self.judged.commit}/{self.judged.complete}/{self.rest}"


def input_of(work: Workplace, head: Snapshot, profile: Profile, subject: Subject) -> Input:
    """What a judgement of the subject would start from now."""
    judged = commit_to_judge(work, profile, subject)
    rest = [
        artefact_marks(work, profile, judged.commit),
        asked_lines(work.settings).asked_digest(subject.kind),
        profile.name,
        head.blob_id(OVERLAY_PATH) if head.exists(OVERLAY_PATH) else None,
    ]
    return Input(judged, prr_folder(profile, subject), digest(rest))


def judge_subject(work: Workplace, key: str, kind: SubjectKind) -> SubjectJudgement:
    """Judge now, and keep the mark. A judgement that fails is kept as such, and its error raised.

    The commit is that of a promotion: the newest with a complete set of artefacts; an operation that is newer than
    that is judged at the head.

    Raises `PrrError` for a subject of another kind, or one that the tracked ref does not hold.
    """
    subject = subject_of_key(key)
    if subject.kind is not kind:
        raise PrrError(f"{key} is no {kind}; materialize readiness_{subject.kind} for it.")
    head = open_head(work)
    profile = work.profile_at(head)
    given = input_of(work, head, profile, subject)
    try:
        return _judged(work, subject, head, profile, given)
    except PrrError as fault:
        _keep(work, key, given.mark, None, failed=str(fault))
        raise


def _judged(work: Workplace, subject: Subject, head: Snapshot, profile: Profile, given: Input) -> SubjectJudgement:
    key = subject_key(subject)
    if subject.kind is SubjectKind.DEPLOY:
        work.ledger.last_seq()
        verdict = judge_deploy(work.settings, subject.name)
        _keep(work, key, given.mark, None)
        checked, catalogue, commit = verdict.checked, verdict.catalogue, verdict.commit
        return SubjectJudgement(subject, checked.report, catalogue, commit, (*verdict.faults, *checked.notes))
    _require(work, subject)
    asked = asked_lines(work.settings)
    code = Recorder(snapshot_to_judge(work, head, given.judged, given.folder))
    place = Place(work.repository, code, profile, asked, work)
    try:
        [checked] = Checkup(place, None, records=head).check([subject], None)
    except UnknownOperation:
        if given.judged.commit == head.commit:
            raise
        code = Recorder(head)
        [checked] = Checkup(replace(place, snapshot=code), None).check([subject], None)
    _keep(work, key, given.mark, _reads_of(code, given))
    return SubjectJudgement(subject, checked.report, asked, code.commit or "", checked.notes)


def _reads_of(code: Recorder, given: Input) -> ReadSet:
    """What the lines read. The digest of all code, which tells whether CI's artefacts are complete, is in the mark."""
    found = code.read_set
    return replace(found, code={key: value for key, value in found.code.items() if key != given.folder})


def _require(work: Workplace, subject: Subject) -> None:
    listing = list_at_head(work)
    if subject.kind in listing.faults:
        raise PrrError(listing.faults[subject.kind])
    if subject_key(subject) not in listing.by_kind[subject.kind]:
        raise PrrError(f"The tracked ref holds no {subject}; `prr subjects --kind {subject.kind}` lists those there.")


def _keep(work: Workplace, key: str, mark: str, reads: ReadSet | None, failed: str = "") -> None:
    counters = work.ledger.counters
    counters.put(READS, key, {"reads": reads.as_plain() if reads is not None else None})
    counters.put(JUDGED, key, {"at": instant_text(work.now()), "failed": failed, "mark": mark})
