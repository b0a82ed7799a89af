"""Judging in several processes says what one process says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prr_pipeline.control.spreading import Questions, judge_all
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.evaluate import discover_operations
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.repository.snapshot import open_commit
from tests.control.scene import Scene
from tests.readiness.fakes import NOW


def test_processes_change_nothing_but_the_time(empty: Scene, tmp_path: Path) -> None:
    """Same reports in the same order, with and without a cache that all of them write."""
    root = empty.work.repository
    snapshot, profile = open_commit(root, empty.commit_id("HEAD")), load_profile("matter")
    subjects = discover_operations(snapshot, profile)

    def asked(cache: Path | None) -> Questions:
        return Questions(root, profile, load_catalogue(), Facts(now=NOW), "Implementation", cache)

    def told(report: Report) -> tuple[Any, ...]:
        return report.subject, report.results, report.exit_code, report.outcomes, report.digest

    def spread(cache: Path | None) -> list[tuple[Any, ...]]:
        found = judge_all(snapshot, asked(cache), subjects, processes=2, trial=2, worth_seconds=0.0)
        return [told(each.report) for each in found]

    alone = [told(each.report) for each in judge_all(snapshot, asked(None), subjects, processes=1)]
    assert [subject for subject, *_ in alone] == list(subjects)
    assert spread(None) == alone
    for _ in range(2):
        assert spread(tmp_path / "verdicts") == alone
