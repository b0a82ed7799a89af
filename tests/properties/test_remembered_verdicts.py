"""A remembered verdict is what judging anew would say, whatever was edited in between."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.evaluate import evaluate_all
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import LineResult
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.readiness.verdicts import VerdictStore
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import NOW, SPEC, FakeSnapshot
from tests.readiness.stores import MemoryVerdicts

ROOT = Path(__file__).resolve().parents[2] / "examples" / "matter" / "src"
SAMPLE = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(ROOT.rglob("*")) if path.is_file()}
EDITED = sorted(path for path in SAMPLE if path != SPEC)
SUBJECTS = [Subject(SubjectKind.OPERATION, name) for name in ("createGrant", "fileAnnualReport")]
CATALOGUE, PROFILE = load_catalogue(), load_profile("matter")


def judged(files: dict[str, bytes], store: VerdictStore | None) -> list[LineResult]:
    """Every line of both operations."""
    reports = evaluate_all(FakeSnapshot(files), SUBJECTS, CATALOGUE, PROFILE, Facts(now=NOW), store=store)
    return [result for report in reports for result in report.results]


@st.composite
def edits(draw: st.DrawFn) -> dict[str, bytes | None]:
    """Up to three files changed, emptied, cut, doubled, taken away or put in another's place."""
    changes: dict[str, bytes | None] = {}
    for path in draw(st.lists(st.sampled_from(EDITED), min_size=1, max_size=3, unique=True)):
        text = SAMPLE[path]
        at = draw(st.integers(0, len(text)))
        changes[path] = draw(
            st.sampled_from([None, b"", text[:at], text + text, text[:at] + b"x" + text[at:], b"\n" + text])
        )
    return changes


STORE = MemoryVerdicts()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits())
def test_a_remembered_verdict_is_what_judging_anew_would_say(changes: dict[str, bytes | None]) -> None:
    """Outcome, message, places, values and digests, line by line, on top of whatever was remembered before."""
    files = {path: text for path, text in {**SAMPLE, **changes}.items() if text is not None}
    assert judged(files, STORE) == judged(files, None)
    assert judged(SAMPLE, STORE) == judged(SAMPLE, None)
