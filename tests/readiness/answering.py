"""Services that answer from memory, as control hands them to checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence
from tests.readiness.fakes import NOW


class Answering:
    """Equal questions to answers; of whatever else is asked nobody knows."""

    def __init__(self, answers: Mapping[Question[Any], Any]) -> None:
        self.answers = dict(answers)

    def ask(self, question: Question[Any]) -> Any:
        """The answer, read now; what is a silence already is one."""
        if question not in self.answers:
            return Silence(f"{question.system} does not answer; try later.", Reason.SOURCE_SILENT)
        given = self.answers[question]
        return given if isinstance(given, Silence) else Answer(given, NOW, question.system)


def facts_with(
    answers: Mapping[Question[Any], Any], artefacts: Mapping[str, ArtefactFact | ArtefactAbsent] | None = None
) -> Facts:
    """What a check may know: these answers, and these artefacts."""
    return Facts(now=NOW, remote=Answering(answers), artefacts=dict(artefacts or {}))
