"""Facts that tell a tracker which of them a check looked at, and marks to compare them by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

from prr_pipeline.canonical import digest, instant_text, parse_instant
from prr_pipeline.readiness.facts import ArtefactFact, Facts, HistoryFacts
from prr_pipeline.readiness.reads import Tracker
from prr_pipeline.readiness.release_facts import BaseFact, DeployAbsent, DeployFact, DeployFacts
from prr_pipeline.repository.tree import Blob


class FactMarks:
    """The marks of one set of facts. ``fact`` marks a field, ``artefact`` one artefact, the rest git's answers."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, key: str) -> str | None:
        """The mark of one fact; None for a kind that is no fact."""
        found = self._known.get((kind, key))
        if found is None:
            made = self._make(kind, key)
            if made is None:
                return None
            found = self._known[kind, key] = made
        return found

    def _make(self, kind: str, key: str) -> str | None:
        if kind == "nobody":
            return key if getattr(self.facts, key) is None else None
        if kind == "fact":
            return digest(plain_fact(getattr(self.facts, key, None)))
        if kind == "artefact":
            return digest(_plain_artefact(self.facts.artefacts.get(key)))
        history = self.facts.history
        if kind == "last change":
            return _instant(history.last_changed_at(key)) if history else "no history"
        if kind == "operation since":
            return _instant(history.operation_since(key)) if history else "no history"
        if kind == "passed":
            return "yes" if self.facts.has_passed(parse_instant(key)) else "no"
        if kind == "deploy":
            return digest(plain_fact(self.facts.deploys.of(key) if self.facts.deploys else None))
        return None


def noted(marks: FactMarks, tracker: Tracker) -> Facts:
    """The same facts; whatever is looked at is noted."""
    return cast(Facts, _NotedFacts(marks, tracker))


class _NotedFacts:
    def __init__(self, marks: FactMarks, tracker: Tracker) -> None:
        self._marks = marks
        self._tracker = tracker

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._marks.facts, name)
        if name == "has_passed":
            return self._has_passed
        if name == "artefacts":
            return _NotedArtefacts(self._marks, self._tracker)
        if name == "remote" and value is None:
            self._tracker.note("nobody", name, name)
            return value
        if name == "remote":
            # What a service answers today says nothing of tomorrow: a mark that nothing confirms is never remembered.
            self._tracker.note("remote", "", "asked")
            return value
        if name == "deploys":
            return _NotedDeploys(self._marks, self._tracker) if value is not None else None
        if name == "history":
            return _NotedHistory(self._marks, self._tracker) if value is not None else None
        self._tracker.note("fact", name, self._marks.of("fact", name) or "")
        return value

    def _has_passed(self, at: datetime) -> bool:
        self._tracker.note("passed", instant_text(at), self._marks.of("passed", instant_text(at)) or "")
        return self._marks.facts.has_passed(at)


class _NotedArtefacts(Mapping[str, Any]):
    def __init__(self, marks: FactMarks, tracker: Tracker) -> None:
        self._marks = marks
        self._tracker = tracker

    def __getitem__(self, name: str) -> Any:
        self._tracker.note("artefact", name, self._marks.of("artefact", name) or "")
        return self._marks.facts.artefacts[name]

    def __iter__(self) -> Iterator[str]:
        self._tracker.note("fact", "artefacts", self._marks.of("fact", "artefacts") or "")
        return iter(self._marks.facts.artefacts)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _NotedHistory:
    def __init__(self, marks: FactMarks, tracker: Tracker) -> None:
        self._marks = marks
        self._tracker = tracker

    def last_changed_at(self, path: str) -> datetime | None:
        self._tracker.note("last change", path, self._marks.of("last change", path) or "")
        return cast(HistoryFacts, self._marks.facts.history).last_changed_at(path)

    def operation_since(self, operation_id: str) -> datetime | None:
        self._tracker.note("operation since", operation_id, self._marks.of("operation since", operation_id) or "")
        return cast(HistoryFacts, self._marks.facts.history).operation_since(operation_id)


class _NotedDeploys:
    def __init__(self, marks: FactMarks, tracker: Tracker) -> None:
        self._marks = marks
        self._tracker = tracker

    def of(self, name: str) -> DeployFact | DeployAbsent:
        self._tracker.note("deploy", name, self._marks.of("deploy", name) or "")
        return cast(DeployFacts, self._marks.facts.deploys).of(name)


def plain_fact(value: object) -> object:
    """A fact as canonical JSON: equal facts give equal values. Raises `TypeError` for what has no plain form."""
    if value is None or isinstance(value, bool | int | str):
        return str(value) if isinstance(value, Enum) else value
    if isinstance(value, Blob):
        return [value.path, value.id]
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseFact):
        return [value.name, value.commit]
    if isinstance(value, DeployFact):
        # What a commit and its base hold, their ids say; which one is the base, the tags.
        return [value.name, value.commit, value.base, [blob.id for blob in value.changesets]]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(plain_fact(getattr(value, each.name)) for each in fields(value))]
    if isinstance(value, Mapping):
        return [[plain_fact(key), plain_fact(value[key])] for key in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [plain_fact(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((plain_fact(each) for each in value), key=str)
    if isinstance(value, Enum | float):
        return repr(value)
    raise TypeError(f"a fact of type {type(value).__name__} has no plain form")


def _plain_artefact(artefact: object) -> object:
    """Of an artefact made from the judged code, content and tool count; when and for which commit says no more."""
    if isinstance(artefact, ArtefactFact) and artefact.current:
        return ["current", artefact.blob.id, artefact.tool, artefact.version]
    return plain_fact(artefact)


def _instant(at: datetime | None) -> str:
    return instant_text(at) if at is not None else "never"
