"""What a feedback source must do, what it is asked, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.feedback import FeedbackAnswer
from prr_pipeline.signals.by_name import SourceKind

GROUP = "prr_pipeline.feedback"
"""Entry-point group of feedback sources out of tree. An entry is a callable ``(options, root) -> FeedbackSource``."""


@dataclass(frozen=True, slots=True)
class FeedbackQuestion:
    """What people said of one operation in ``[since, until)``; of another kind of subject, its name stands there."""

    operation_id: str
    since: datetime
    until: datetime


class FeedbackSource(Protocol):
    """Somewhere that feedback is gathered."""

    name: str

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        """Every entry about the operation, whole. ``now`` (aware) becomes the answer's ``read_at``.

        Never raises for a bad answer: each thing that cannot be read, and may be about the operation, is a sentence in
        its ``faults``, which makes it unknown. "Nobody said anything" must be an answer, never a missing one.
        """
        ...


_KIND = SourceKind(
    "feedback source",
    GROUP,
    ("name", "read"),
    {
        "github": "prr_pipeline.signals.feedback.github:from_options",
        "inbox": "prr_pipeline.signals.feedback.inbox:from_options",
    },
)


def feedback_source(name: str, options: Mapping[str, object], root: Path) -> FeedbackSource:
    """The source of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    source: FeedbackSource = _KIND.make(name, options, root)
    return source
