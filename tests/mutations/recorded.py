"""Services that answer from a recorded folder that is held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from prr_pipeline.control.recorded_answers import answer_path, read_answer
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence

T = TypeVar("T")


class HeldAnswers:
    """Recorded answers by their path in the folder."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def ask(self, question: Question[T]) -> Answer[T] | Silence:
        """The recorded answer; silence where there is none, or where it has another form."""
        place = answer_path(question)
        if place not in self._files:
            return Silence(f"Nobody recorded an answer at {place}; record one.", Reason.SOURCE_SILENT)
        return read_answer(question, self._files[place], place)
