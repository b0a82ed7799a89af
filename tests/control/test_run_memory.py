"""A run's memory: a damaged or foreign one is as good as none, and what was written comes back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from operator import ne
from pathlib import Path

import pytest

from prr_pipeline.control.kept_reports import Page
from prr_pipeline.control.run_memory import RunMemory
from prr_pipeline.control.run_store import RUNS_CAP, SIZE_CAP, RunStore
from prr_pipeline.readiness.evaluate import Evaluated
from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason, Report
from prr_pipeline.subjects import Subject, SubjectKind

SUBJECT = Subject(SubjectKind.EVENT, "care/ü.v1")
FINDING = Finding(Outcome.UNKNOWN, "Not seen – why.", "sha256:d", (Location("a", 3, "x"),), Reason.STALE, {"n": 1})
LINE = LineResult("line", FINDING, "check", 2, {"days": 3}, True, None, None, "a note", ("sha256:a",))
REPORT = Report(SUBJECT, "1" * 40, "loop", (LINE,))
MARKS = frozenset({("blob", "a", "id"), ("exists", "b", "absent")})


def memory(path: Path, name: str = "run", holds: Callable[[tuple[str, str, str]], bool] = lambda _: True) -> RunMemory:
    """What the last run kept."""
    found = RunMemory(RunStore(path), name, holds)
    found.load()
    return found


def known(found: RunMemory, commit: str | None = "1" * 40) -> tuple[Report, bytes | None] | None:
    """The one report, with all its lines read, and its page."""
    kept = found.known_of([SUBJECT], commit, "loop").get(SUBJECT)
    if kept is None:
        return None
    report, page = kept
    assert (report.exit_code, report.outcomes) == (REPORT.exit_code, REPORT.outcomes)
    return Report(report.subject, report.commit, report.profile, report.results), page.kept


def fill(path: Path, name: str = "run", page: bytes | None = b"page") -> None:
    """A run that judged one subject."""
    first, written = memory(path, name), Page()
    written.written = page
    first.keep(Evaluated(REPORT, MARKS, 1), written)
    first.close()


def test_what_was_kept_comes_back_at_the_commit_that_is_judged(tmp_path: Path) -> None:
    """Every field; the commit is that of the run which asks."""
    fill(tmp_path / "r")
    assert known(memory(tmp_path / "r")) == (REPORT, b"page")
    assert known(memory(tmp_path / "r"), None) == (Report(SUBJECT, None, "loop", (LINE,)), b"page")


def test_a_report_of_which_one_mark_changed_is_not_there(tmp_path: Path) -> None:
    """Any one of them."""
    fill(tmp_path / "r")
    for changed in MARKS:
        assert known(memory(tmp_path / "r", holds=partial(ne, changed))) is None


def test_a_report_that_notes_nothing_is_not_kept(tmp_path: Path) -> None:
    """Nobody could tell whether it still holds."""
    first = memory(tmp_path / "r")
    first.keep(Evaluated(REPORT, None, 1), Page())
    first.close()
    assert known(memory(tmp_path / "r")) is None


def test_a_page_that_is_written_later_is_kept_too(tmp_path: Path) -> None:
    """A run for the terminal writes none."""
    fill(tmp_path / "r", page=None)
    later = memory(tmp_path / "r")
    ((report, page),) = later.known_of([SUBJECT], "1" * 40, "loop").values()
    assert page.kept is None
    page.written = b"later"
    later.keep_page(report, page)
    later.close()
    assert known(memory(tmp_path / "r")) == (REPORT, b"later")


def test_runs_of_other_questions_are_kept_apart(tmp_path: Path) -> None:
    """The oldest is dropped once there are too many."""
    fill(tmp_path / "r", "first")
    assert known(memory(tmp_path / "r", "second")) is None
    for number in range(RUNS_CAP):
        fill(tmp_path / "r", f"run {number}")
    assert known(memory(tmp_path / "r", "first")) is None
    assert known(memory(tmp_path / "r", "run 0")) == (REPORT, b"page")


@pytest.mark.parametrize("column", ["runs SET body", "bodies SET body", "bodies SET page"])
@pytest.mark.parametrize("value", ["zeroblob(9)", "substr(body, 2)", "'text'", "body || x'00'"])
def test_a_damaged_row_is_no_row(tmp_path: Path, column: str, value: str) -> None:
    """Cut, emptied, of another type, or longer: the subject is judged; nothing is raised."""
    fill(tmp_path / "r")
    database = sqlite3.connect(tmp_path / "r")
    database.execute(f"UPDATE {column} = {value}")
    database.commit()
    database.close()
    assert known(memory(tmp_path / "r")) is None


def test_the_rows_of_another_run_are_no_rows(tmp_path: Path) -> None:
    """The index is sealed with the name of its run."""
    fill(tmp_path / "r")
    database = sqlite3.connect(tmp_path / "r")
    database.execute("UPDATE runs SET name = 'other'")
    database.execute("UPDATE bodies SET run = 'other'")
    database.commit()
    database.close()
    assert known(memory(tmp_path / "r", "other")) is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_none_of_ours_does_no_harm(tmp_path: Path, content: bytes) -> None:
    """What it holds is not there; judging goes on, and writing too."""
    (tmp_path / "r").write_bytes(content)
    assert known(memory(tmp_path / "r")) is None
    fill(tmp_path / "r")


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "f").write_text("")
    fill(tmp_path / "f" / "r")
    assert known(memory(tmp_path / "f" / "r")) is None


def test_a_file_beyond_the_cap_is_thrown_away(tmp_path: Path) -> None:
    """What nothing refers to any more would grow for ever."""
    with (tmp_path / "r").open("wb") as file:
        file.truncate(SIZE_CAP + 1)
    fill(tmp_path / "r")
    assert (tmp_path / "r").stat().st_size < SIZE_CAP
