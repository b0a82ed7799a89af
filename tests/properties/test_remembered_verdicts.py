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
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import NOW, SPEC, FakeSnapshot, FakeTree
from tests.readiness.stores import MemoryVerdicts

ROOT = Path(__file__).resolve().parents[2] / "examples" / "matter" / "src"
SAMPLE = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(ROOT.rglob("*")) if path.is_file()}
EDITED = sorted(SAMPLE)
SUBJECTS = [Subject(SubjectKind.OPERATION, name) for name in ("createGrant", "fileAnnualReport")]
CATALOGUE, PROFILE = load_catalogue(), load_profile("matter")


def judged(files: dict[str, bytes], store: VerdictStore | None, tree: bool = False) -> list[list[LineResult] | str]:
    """Every line of each operation, or why there is no such operation. ``tree``: of no commit."""
    snapshot, found = (FakeTree if tree else FakeSnapshot)(files), list[list[LineResult] | str]()
    for subject in SUBJECTS:
        try:
            [report] = evaluate_all(snapshot, [subject], CATALOGUE, PROFILE, Facts(now=NOW), store=store)
            found.append(list(report.results))
        except UnknownOperation as fault:
            found.append(str(fault))
    return found


@st.composite
def edits(draw: st.DrawFn, among: list[str]) -> dict[str, bytes | None]:
    """Up to three files changed, emptied, cut, doubled or taken away."""
    changes: dict[str, bytes | None] = {}
    for path in draw(st.lists(st.sampled_from(among), min_size=1, max_size=3, unique=True)):
        text = SAMPLE[path]
        at = draw(st.integers(0, len(text)))
        changes[path] = draw(
            st.sampled_from([None, b"", text[:at], text + text, text[:at] + b"x" + text[at:], b"\n" + text])
        )
    return changes


STORE = MemoryVerdicts()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits(EDITED), st.booleans())
def test_a_remembered_verdict_is_what_judging_anew_would_say(changes: dict[str, bytes | None], tree: bool) -> None:
    """Outcome, message, places, values and digests, line by line, on top of whatever was remembered before."""
    files = {path: text for path, text in {**SAMPLE, **changes}.items() if text is not None}
    assert judged(files, STORE, tree) == judged(files, None, tree)
    assert judged(SAMPLE, STORE) == judged(SAMPLE, None)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits([SPEC]), st.sampled_from([b"min_tier: 2", b"free: 30", b"level: Beta", b"Idempotency-Key", b"\n"]))
def test_so_it_is_when_the_specification_is_edited(changes: dict[str, bytes | None], word: bytes) -> None:
    """Cut, taken away, or sound with another value in it."""
    for text in (changes[SPEC], SAMPLE[SPEC].replace(word, word + b" ", 3), SAMPLE[SPEC].replace(word, b"other: 7")):
        files = {path: each for path, each in {**SAMPLE, SPEC: text}.items() if each is not None}
        assert judged(files, STORE) == judged(files, None)
        assert judged(SAMPLE, STORE) == judged(SAMPLE, None)
