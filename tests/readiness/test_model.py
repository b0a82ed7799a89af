"""The report digest is that of canonical JSON, however it is put together."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.model import Finding, LineResult, Outcome, Report
from prr_pipeline.subjects import Subject, SubjectKind

RESULTS = (
    LineResult("b", Finding(Outcome.MET, "m", "sha256:b"), "check", 2, {"limit": 50, "é": ["x", None, True]}, True),
    LineResult("a", Finding(Outcome.UNMET, "n", "sha256:a"), None, 0, {}, True),
    LineResult("c", Finding(Outcome.UNKNOWN, "o", "sha256:c"), "check", 1, {"huge": 2**80}, True),
    LineResult("d", Finding(Outcome.UNMET, "p", "sha256:d"), "check", 1, {}, False),
)


def test_the_report_digest_covers_the_counted_lines_in_their_order() -> None:
    """Line, outcome, subject digest, version and parameters, as canonical JSON by line id."""
    rows = [
        [each.line_id, str(each.outcome), each.finding.subject_digest, each.check_version, dict(each.parameters)]
        for each in sorted(RESULTS, key=lambda each: each.line_id)
        if each.counted
    ]
    report = Report(Subject(SubjectKind.OPERATION, "one"), None, "matter", RESULTS)
    assert report.digest == digest(rows)
