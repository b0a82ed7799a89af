"""Judging in several processes says what one process says."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.control import spreading
from prr_pipeline.control.kept_reports import KeptReport
from prr_pipeline.control.spreading import Questions, judge_all
from prr_pipeline.readiness import evaluate
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.evaluate import discover_operations
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.reports.json_report import page_of
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.subjects import Subject
from tests.control.scene import Scene
from tests.readiness.fakes import NOW


def asked(scene: Scene, cache: Path | None) -> Questions:
    """One section of the shipped checklists."""
    profile = load_profile("matter")
    return Questions(scene.work.repository, profile, load_catalogue(), Facts(now=NOW), "Implementation", cache)


def told(report: Report) -> tuple[Any, ...]:
    """What an output shows of a report."""
    return report.subject, report.commit, report.results, report.exit_code, report.outcomes, report.digest


def test_processes_change_nothing_but_the_time(empty: Scene, tmp_path: Path) -> None:
    """Same reports in the same order, with and without a cache that all of them write."""
    snapshot = open_commit(empty.work.repository, empty.commit_id("HEAD"))
    subjects = discover_operations(snapshot, load_profile("matter"))

    def spread(cache: Path | None) -> list[tuple[Any, ...]]:
        found = judge_all(snapshot, asked(empty, cache), subjects, processes=2, trial=2, worth_seconds=0.0)
        return [told(each.report) for each in found]

    alone = [told(each.report) for each in judge_all(snapshot, asked(empty, None), subjects, processes=1)]
    assert [subject for subject, *_ in alone] == list(subjects)
    assert spread(None) == alone
    for _ in range(2):
        assert spread(tmp_path / "verdicts") == alone


@pytest.mark.parametrize("processes", [2, 3, 4])
@pytest.mark.parametrize("is_remembered", [True, False], ids=["remembered", "judged for this run alone"])
def test_what_a_copy_judges_is_not_judged_here_too(
    empty: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_remembered: bool, processes: int
) -> None:
    """Everything that it sends comes whole, with its page; its lines can be read all the same."""
    snapshot = open_commit(empty.work.repository, empty.commit_id("HEAD"))
    subjects = discover_operations(snapshot, load_profile("matter"))
    here: list[Subject] = []

    def noted(report: Report, subject: Subject, results: Any) -> Report:
        here.append(subject)
        return report

    usual = evaluate._report
    monkeypatch.setattr(evaluate, "_report", lambda *given: noted(usual(*given), given[1], given[2]))
    questions = asked(empty, tmp_path / "verdicts" if is_remembered else None)
    write = partial(page_of, catalogue=questions.catalogue)
    judged = judge_all(snapshot, questions, subjects, processes=processes, trial=2, worth_seconds=0.0, write=write)
    found, by_copy = [], 0
    for each in judged:
        found.append(each)
        if isinstance(each.report, KeptReport):
            by_copy += 1
            assert each.report.subject not in here
            assert each.page == write(each.report)
            assert (each.marks is not None) == is_remembered
    assert [each.report.subject for each in found] == list(subjects)
    assert by_copy > 0


def test_a_report_without_a_plain_form_is_judged_again_here(empty: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a character in a value, say, which no JSON holds."""
    snapshot = open_commit(empty.work.repository, empty.commit_id("HEAD"))
    subjects = discover_operations(snapshot, load_profile("matter"))

    def refused(report: Report) -> bytes:
        raise TypeError("str is not valid UTF-8: surrogates not allowed")

    monkeypatch.setattr(spreading, "body_of", refused)
    found = judge_all(snapshot, asked(empty, None), subjects, processes=2, trial=2, worth_seconds=0.0)
    alone = judge_all(snapshot, asked(empty, None), subjects, processes=1)
    assert [told(each.report) for each in found] == [told(each.report) for each in alone]
