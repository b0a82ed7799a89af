"""Where a report goes: stdout, the step summary of a GitHub job, or a file that is whole or not there."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from enum import StrEnum
from pathlib import Path

from prr_pipeline.errors import PrrError

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file of a job's step summary."""
_OF_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Format(StrEnum):
    """How a report is written."""

    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    HTML = "html"


@contextmanager
def written_to(output: Path | None, form: Format) -> Iterator[None]:
    """Lead stdout to ``output`` meanwhile; the file is replaced in one step if all went well, else left as it was.

    A step summary goes to the end of the job's file if nothing else is named. Raises `PrrError` for a file that cannot
    be written.
    """
    summary = summary_file(form)
    if output is not None and str(output) != "-":
        with _replaced(output):
            yield
    elif output is None and summary is not None:
        with _opened(summary, "a"):
            yield
    else:
        yield


def summary_file(form: Format) -> Path | None:
    """The file of the job's step summary, if that is what is asked for and there is one."""
    named = os.environ.get(STEP_SUMMARY) if form is Format.GITHUB else None
    return Path(named) if named else None


@contextmanager
def _replaced(path: Path) -> Iterator[None]:
    """A device or pipe is written as it is: it can be neither replaced nor taken back."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with _opened(target, "w"):
            yield
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with _opened(temporary, "x", path):
            yield
        try:
            os.replace(temporary, target)
        except OSError as fault:
            raise _cannot(path, fault) from None
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, mode: str, named: Path | None = None) -> Iterator[None]:
    """Stdout led to a file. Only faults of this file are told as such: what is judged meanwhile reads others."""
    try:
        out = path.open(mode, encoding="utf-8", errors="replace")
    except OSError as fault:
        raise _cannot(named or path, fault) from None
    try:
        with out, redirect_stdout(out):
            yield
            out.flush()
    except OSError as fault:
        if fault.errno not in _OF_WRITING:
            raise
        raise _cannot(named or path, fault) from None


def _cannot(path: Path, fault: OSError) -> PrrError:
    why = fault.strerror or type(fault).__name__
    return PrrError(
        f"The report cannot be written to {path} ({why}); name a file that you may write, with room for it."
    )
