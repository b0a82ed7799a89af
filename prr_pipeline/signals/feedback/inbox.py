"""Feedback from files: a file or a folder of CSV and JSON lines that a help desk or a form writes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.rollout.feedback import Entry, FeedbackAnswer, answer
from prr_pipeline.signals.by_name import check_options
from prr_pipeline.signals.feedback.rows import Line, OddEntry, entries_of
from prr_pipeline.signals.feedback.source import FeedbackQuestion

FORMS = (".csv", ".jsonl")
MAX_BYTES = 64 * 1024 * 1024
"""Most bytes of all files together."""


class FeedbackInbox:
    """One file, or every file of a folder; names that begin with a dot are passed over. Writes nothing.

    A folder without a file tells nothing: nobody may have brought anything there. A file without entries is an answer.
    """

    name = "inbox"

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        """The entries about the operation, with a sentence for each line that cannot be read and may be about it."""
        found: list[Entry] = []
        faults: list[str] = []
        try:
            for line in self._lines(now):
                if isinstance(line, OddEntry):
                    if line.about in (None, question.operation_id):
                        faults.append(f"The feedback inbox, {line}")
                elif line.operation_id == question.operation_id:
                    found.append(line)
        except OSError as fault:
            way_out = "let feedback.options.inbox.path name a file or folder that can be read"
            faults.append(f"The feedback inbox {self.path.name} cannot be read ({fault.strerror}); {way_out}.")
        except PrrError as fault:
            faults.append(f"The feedback inbox cannot be used: {fault}")
        return answer(self.name, now, found, faults, question.since, question.until)

    def _lines(self, now: datetime) -> Iterator[Line]:
        left = MAX_BYTES
        for path in self._paths():
            data = _content(path, left)
            left -= len(data)
            if data.strip() or path.suffix == ".csv":
                yield from entries_of(path.name, data, now)

    def _paths(self) -> list[Path]:
        is_folder = self.path.is_dir()
        found = sorted(self.path.iterdir()) if is_folder else [self.path]
        paths = [path for path in found if not path.name.startswith(".")]
        odd = next((path.name for path in paths if path.suffix not in FORMS), None)
        if odd is not None:
            raise Unreadable(f"{odd!r} is neither {' nor '.join(FORMS)}; rename or remove it.")
        if not paths:
            raise Unreadable(
                f"no file lies in {self.path.name}, so nobody can tell whether nothing was said; put one there, "
                "if need be with a heading alone."
            )
        return paths


def from_options(options: Mapping[str, object], root: Path) -> FeedbackInbox:
    """``path``: a file that ends in ``.csv`` or ``.jsonl``, or a folder of such; counted from ``root``."""
    check_options("feedback source inbox", options, ("path",))
    path = options.get("path")
    if not isinstance(path, str) or not path:
        raise PrrError(
            f"The option path of the feedback inbox is {path!r}; set feedback.options.inbox.path to a file or a folder."
        )
    return FeedbackInbox(root / path)


def _content(path: Path, most: int) -> bytes:
    """The bytes of a regular file; a pipe would never end. Raises `OSError` and `Unreadable`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(f"{path.name!r} is no regular file; remove it.")
        data = file.read(most + 1)
    if len(data) > most:
        raise Unreadable(f"its files are more than {MAX_BYTES:,} bytes; remove those of past months.")
    return data
