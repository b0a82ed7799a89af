"""What a repository's lines would say today under a drafted profile, and which next steps are the easiest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from prr_pipeline.control.checking import Checkup
from prr_pipeline.control.places import Place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.discovery import declared_kinds
from prr_pipeline.readiness.model import LineResult, Outcome, Reason, Report
from prr_pipeline.readiness.profile import PROFILE_KEYS, Profile
from prr_pipeline.subjects import Subject

PER_KIND = 25
"""Subjects of a kind that are judged at most, those that are listed first: a forecast need not wait for thousands."""
STEPS = 10
_DECLARED_AT_MOST = STEPS // 2
_KEY = re.compile(r"\b[a-z]+\.[a-z][a-z0-9_]*\b")
_EFFORT = {"declare": 1, "mend": 1, "publish": 5, "sign": 5}
"""How hard a step is beside the others: one key serves all subjects, evidence from CI or a person takes longer."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next. ``how``: declare, mend, publish or sign; ``settles``: findings that wait for it."""

    how: str
    what: str
    settles: int
    lines: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """As one object of `prr init --format json`."""
        return {"how": self.how, "lines": list(self.lines), "settles": self.settles, "what": self.what}


@dataclass(slots=True)
class Forecast:
    """``subjects``: kind to how many were judged and how many there are. ``outcomes`` counts counted lines of all."""

    subjects: dict[str, tuple[int, int]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    lines: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    steps: tuple[Step, ...] = ()


@dataclass(slots=True)
class _Wanted:
    """What would settle findings: a key to declare, or a line's own remedy."""

    how: str
    what: str
    share: float = 0
    waiting: int = 0
    lines: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)

    @property
    def worth(self) -> float:
        """Findings settled per effort: what must be mended in each subject is done as often."""
        return self.share / (_EFFORT[self.how] * (len(self.subjects) if self.how == "mend" else 1))


class Forecaster:
    """One repository, judged under a draft; nothing of it is remembered."""

    def __init__(self, place: Place) -> None:
        self._checkup = Checkup(place, None)
        self.forecast = Forecast()
        self.subjects = self._chosen()

    def judge(self) -> Iterator[Subject]:
        """Judge each of ``subjects``, and yield it; afterwards the forecast is whole."""
        wanted: dict[str, _Wanted] = {}
        for subject, one in zip(self.subjects, self._checkup.check(self.subjects, None), strict=True):
            _count(self.forecast, one.report)
            for result in one.report.counted:
                if not result.passes:
                    _want(wanted, result, self._checkup.place, subject)
            yield subject
        self.forecast.steps = _easiest(list(wanted.values()))

    def _chosen(self) -> tuple[Subject, ...]:
        chosen: list[Subject] = []
        for kind in declared_kinds(self._checkup.place.profile):
            try:
                found = self._checkup.subjects(kind)
            except PrrError as fault:
                self.forecast.faults.append(str(fault))
                continue
            self.forecast.subjects[str(kind)] = (len(found[:PER_KIND]), len(found))
            chosen += found[:PER_KIND]
        return tuple(chosen)


def _count(forecast: Forecast, report: Report) -> None:
    for result in report.counted:
        outcome = "justified" if result.outcome is Outcome.UNMET and result.passes else str(result.outcome)
        forecast.outcomes[outcome] += 1
        forecast.lines.setdefault(result.line_id, Counter())[outcome] += 1


def _want(wanted: dict[str, _Wanted], result: LineResult, place: Place, subject: Subject) -> None:
    line, profile = place.catalogue.by_id[result.line_id], place.profile
    found = result.finding
    keys = _undeclared(found.message, profile) if found.outcome is Outcome.UNKNOWN else ()
    if keys:
        steps = [(key, "declare", f"Declare {key} in .prr/profile.yaml, if the repository has it.") for key in keys]
    elif found.reason is Reason.NOT_ATTESTED:
        steps = [(line.id, "sign", found.message or line.if_unmet)]
    elif found.outcome is Outcome.UNMET:
        steps = [(line.id, "mend", found.message)]
    else:
        steps = [(found.message.replace(subject.name, ""), "publish", found.message)]
    for name, how, what in steps:
        one = wanted.setdefault(f"{how} {name}", _Wanted(how, what))
        one.share += 1 / len(steps)
        one.waiting += 1
        one.lines.add(line.id)
        one.subjects.add(str(subject))


def _undeclared(message: str, profile: Profile) -> list[str]:
    """The keys of a profile that a sentence names and that are not declared."""
    named = dict.fromkeys(_KEY.findall(message))
    return [key for key in named if key in PROFILE_KEYS and profile.value(key) is None]


def _easiest(wanted: list[_Wanted]) -> tuple[Step, ...]:
    """The steps that settle most for the least effort; keys to declare are half of them, if there are others."""
    ordered = sorted(wanted, key=lambda one: (-one.worth, one.what))
    declared = [one for one in ordered if one.how == "declare"]
    others = [one for one in ordered if one.how != "declare"]
    kept = declared[: max(_DECLARED_AT_MOST, STEPS - len(others))]
    kept += others[: STEPS - len(kept)]
    kept.sort(key=lambda one: (-one.worth, one.what))
    return tuple(Step(one.how, one.what, one.waiting, tuple(sorted(one.lines))) for one in kept)
