"""Tools run with a limit, and their faults are sentences."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from prr_pipeline.control.programs import Program, version_of
from prr_pipeline.errors import Unavailable

LATE = Program("linter", 0.2, "try again", "`pip install linter`")


def test_a_program_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    """The sentence has the limit and the way out."""
    with pytest.raises(Unavailable, match=r"linter did not answer within 0 seconds; try again\."):
        LATE.call([sys.executable, "-c", "import time; time.sleep(30)"], tmp_path)


def test_a_program_that_is_not_there_says_how_to_get_it(tmp_path: Path) -> None:
    """For a call and for its version."""
    absent = str(tmp_path / "absent")
    with pytest.raises(Unavailable, match=r"linter cannot be run .*; install it with `pip install linter`\."):
        LATE.call([absent], tmp_path)
    with pytest.raises(Unavailable, match="cannot be run"):
        version_of(LATE, absent)


def test_a_program_sees_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that lies there is not handed on."""
    monkeypatch.setenv("SECRET_TOKEN", "canary")
    program = Program("linter", 20, "try again", "pip")
    done = program.call([sys.executable, "-c", "import os; print(sorted(os.environ))"], tmp_path)
    assert b"SECRET_TOKEN" not in done.stdout
    assert b"PATH" in done.stdout
