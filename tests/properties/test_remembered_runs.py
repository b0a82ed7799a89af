"""What a run remembers of the one before it is what judging anew would write, for every kind of subject."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prr_pipeline.control.kept_reports import Page
from prr_pipeline.control.marks_now import MarksNow
from prr_pipeline.control.run_memory import RunMemory
from prr_pipeline.control.run_store import RunStore
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.evaluate import evaluate_noted
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.reports.json_report import page_of
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import NOW, FakeSnapshot, FakeTree
from tests.readiness.stores import MemoryVerdicts

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CATALOGUE, FACTS = load_catalogue(), Facts(now=NOW)
SUBJECTS = {
    "matter": (Subject(SubjectKind.OPERATION, "createGrant"), Subject(SubjectKind.OPERATION, "listGrants")),
    "loop": (
        Subject(SubjectKind.SERVICE, "care"),
        Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "care/createCheckIn"),
        Subject(SubjectKind.EVENT, "care.check_in.recorded.v1"),
        Subject(SubjectKind.JOB, "close-overdue-check-ins"),
        Subject(SubjectKind.INTEGRATION, "brightwell"),
        Subject(SubjectKind.DEPLOY, "care@1.4.0"),
    ),
}
PROFILES = {name: load_profile(name) for name in SUBJECTS}


def files_of(name: str) -> dict[str, bytes]:
    """A sample monorepo."""
    root = EXAMPLES / name / "src"
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


SAMPLES = {name: files_of(name) for name in SUBJECTS}


def run(
    name: str, files: dict[str, bytes], store: Path | None, tree: bool = False
) -> tuple[list[Report], list[str | None], int]:
    """The reports, the pages, and how many were judged; without a store all are. ``tree``: of no commit."""
    snapshot, profile, subjects = (FakeTree if tree else FakeSnapshot)(files), PROFILES[name], SUBJECTS[name]
    if store is None:
        found = evaluate_noted(snapshot, subjects, CATALOGUE, profile, FACTS)
        reports = [each.report for each in found]
        return reports, [page_of(each, CATALOGUE) for each in reports], len(subjects)
    memory = RunMemory(RunStore(store), name, MarksNow(snapshot, FACTS).holds)
    memory.load()
    known = memory.known_of(subjects, snapshot.commit, profile.name)
    rest = [subject for subject in subjects if subject not in known]
    judged = evaluate_noted(snapshot, rest, CATALOGUE, profile, FACTS, store=MemoryVerdicts())
    reports, pages = [], []
    for subject in subjects:
        if subject in known:
            report, page = known[subject]
            reports.append(Report(report.subject, report.commit, report.profile, report.results))
            pages.append(page.kept)
            continue
        each, page = next(judged), Page()
        page.written = page_of(each.report, CATALOGUE)
        memory.keep(each, page)
        reports.append(each.report)
        pages.append(page.written)
    memory.close()
    return reports, pages, len(rest)


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, dict[str, bytes | None]]:
    """A sample, and up to three of its files changed, emptied, cut, doubled or taken away."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    changes: dict[str, bytes | None] = {}
    for path in draw(st.lists(st.sampled_from(sorted(SAMPLES[name])), min_size=1, max_size=3, unique=True)):
        text = SAMPLES[name][path]
        at = draw(st.integers(0, len(text)))
        ways = [None, b"", text[:at], text + text, text[:at] + b"x" + text[at:], b"\n" + text]
        changes[path] = draw(st.sampled_from(ways))
    return name, changes


KEPT = TemporaryDirectory()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits(), st.booleans())
def test_what_is_remembered_is_what_judging_anew_would_write(
    edited: tuple[str, dict[str, bytes | None]], tree: bool
) -> None:
    """Reports and pages, byte by byte, whatever was remembered before; then nothing is judged twice."""
    name, changes = edited
    files = {path: text for path, text in {**SAMPLES[name], **changes}.items() if text is not None}
    store = Path(KEPT.name) / "runs"
    fresh = run(name, files, None, tree)[:2]
    assert run(name, files, store, tree)[:2] == fresh
    assert run(name, files, store, tree) == (*fresh, 0)


def test_commit_and_working_tree_of_the_same_files_are_told_apart(tmp_path: Path) -> None:
    """A deploy of what is no commit is said otherwise, and back again; whatever stands in the file."""
    for name in SUBJECTS:
        for tree in (False, True, False):
            assert run(name, SAMPLES[name], tmp_path / "runs", tree)[:2] == run(name, SAMPLES[name], None, tree)[:2]
    fresh = [run("loop", SAMPLES["loop"], None, tree)[0][0].results for tree in (False, True)]
    assert fresh[0] != fresh[1]


def test_only_what_rests_on_the_edited_file_is_judged_again(tmp_path: Path) -> None:
    """A page of one integration concerns no service."""
    path = "integrations/brightwell/integration.yaml"
    files = {**SAMPLES["loop"], path: SAMPLES["loop"][path] + b"\n# One more sentence.\n"}
    assert run("loop", SAMPLES["loop"], tmp_path / "runs")[2] == len(SUBJECTS["loop"])
    assert run("loop", files, tmp_path / "runs")[2] == 1
