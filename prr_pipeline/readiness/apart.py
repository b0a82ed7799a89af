"""Runs a check of another distribution apart: what it breaks, changes or prints costs its own line and no other."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from types import MappingProxyType
from typing import Any, cast

import orjson

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.declared import fitted
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import shown
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.registry import Check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.openapi import Spec, parse_anew
from prr_pipeline.subjects import Subject

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


class Misbehaved(PrrError):
    """A check did what no check may."""


def run_apart(check: Check, sources: Sources, facts: Facts, subject: Subject, given: Mapping[str, Any]) -> Finding:
    """What the check finds, over copies of what others share.

    Raises `Misbehaved` when it printed, changed the subject's specification or returned no sound finding; what it
    raises itself passes, but for an exit of the whole process.
    """
    room = sources.once("apart", check.origin or "", _Room)
    own = room.sources_beside(sources)
    printed = StringIO()
    try:
        with redirect_stdout(printed):
            parameters = fitted(copy.deepcopy(dict(given)), check.parameters)
            finding: object = check.function(own, _read_only(facts), subject, parameters)
    except SystemExit as fault:
        raise Misbehaved("it tried to end the process") from fault
    except NotSeen as fault:
        places: object = fault.locations
        if not isinstance(places, tuple) or not all(_is_sound_place(place) for place in places):
            raise Misbehaved("its locations are no tuple of Location(path, line, snippet)") from fault
        raise
    finally:
        changed = own.changed(subject, sources)
        if changed:
            room.clear()
    if changed:
        raise Misbehaved("it changed the specification that it was given to read")
    if printed.getvalue():
        raise Misbehaved(f"it printed {shown(printed.getvalue())!r}; what it has to say belongs in the finding")
    fault_found = fault_of(finding)
    if fault_found:
        raise Misbehaved(fault_found)
    return cast(Finding, finding)


def fault_of(finding: object) -> str | None:
    """Why a finding is none that a report can hold; None if it is sound."""
    if not isinstance(finding, Finding):
        return f"it returned a {type(finding).__name__} instead of a Finding"
    if not isinstance(finding.outcome, Outcome) or finding.outcome is Outcome.PENDING:
        return f"its outcome is {finding.outcome!r}; give Outcome.MET, UNMET, UNKNOWN or NOT_APPLICABLE"
    if (finding.outcome is Outcome.UNKNOWN) != isinstance(finding.reason, Reason):
        return f"it is {finding.outcome} with the reason {finding.reason!r}; give a Reason exactly when it is unknown"
    if not isinstance(finding.message, str) or not finding.message.strip():
        return "its finding says nothing; give a sentence"
    if not isinstance(finding.subject_digest, str) or not _DIGEST.match(finding.subject_digest):
        return "its finding holds no digest; give sources.subject_digest(subject), or the digest of what was read"
    if not isinstance(finding.locations, tuple) or not all(map(_is_sound_place, finding.locations)):
        return "its locations are no tuple of Location(path, line, snippet)"
    if not isinstance(finding.values, Mapping):
        return f"its values are a {type(finding.values).__name__} instead of a mapping"
    try:
        canonical_bytes(dict(finding.values))
    except PrrError as fault:
        return f"its values cannot stand in a report: {str(fault).rstrip('.')}"
    for part, content in (("message", finding.message), ("values", dict(finding.values))):
        fault_found = _unwritable(content)
        if fault_found:
            return f"its {part} cannot stand in a report: {fault_found}"
    return None


def _unwritable(content: object) -> str | None:
    """Why there is no JSON of it, such as an integer beyond 64 bits or half a character; None where there is."""
    try:
        orjson.dumps(content)
    except TypeError as fault:
        return shown(fault)
    return None


def _is_sound_place(place: object) -> bool:
    return (
        isinstance(place, Location)
        and isinstance(place.path, str)
        and type(place.line) is int
        and place.line >= 0
        and isinstance(place.snippet, str)
        and _unwritable([place.path, place.line, place.snippet]) is None
    )


class _Room:
    """The sources of one distribution, parsed for it alone; a new set after one was damaged."""

    def __init__(self) -> None:
        self._own: _OwnSources | None = None

    def sources_beside(self, sources: Sources) -> _OwnSources:
        self._own = self._own or _OwnSources(sources)
        return self._own

    def clear(self) -> None:
        self._own = None


class _OwnSources(Sources):
    """Sources that share what is read with others, and nothing that is parsed."""

    def __init__(self, shared: Sources) -> None:
        profile = replace(shared.profile, keys=copy.deepcopy(shared.profile.keys))
        super().__init__(shared.snapshot, profile)
        self.tracker = shared.tracker
        self.snapshot = shared.snapshot.for_foreign()

    def spec(self) -> Spec:
        path = self.profile.value("paths.openapi")
        return super().spec() if path is None else self.once("own spec", path, lambda: parse_anew(self.blob(path)))

    def changed(self, subject: Subject, shared: Sources) -> bool:
        """Whether the subject's part of what was parsed here is not what others see."""
        parsed = any(kind == "own spec" for kind, _ in self._known)
        return parsed and self._digest(subject) != shared.subject_digest(subject)


def _read_only(facts: Facts) -> Facts:
    return cast(Facts, _ReadOnlyFacts(facts))


class _ReadOnlyFacts:
    """The same facts, whose mappings cannot be written."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Facts) -> None:
        object.__setattr__(self, "_facts", facts)

    def __getattr__(self, name: str) -> Any:
        value = getattr(object.__getattribute__(self, "_facts"), name)
        return MappingProxyType(value) if isinstance(value, dict) else value

    def __setattr__(self, name: str, value: object) -> None:
        raise Misbehaved(f"it tried to change the fact {name}")
