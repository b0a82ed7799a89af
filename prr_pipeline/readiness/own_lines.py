"""What a line of a user's own checklist may not do: pass for one that ships, or void what people sign."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.declared import faults_of
from prr_pipeline.readiness.lines import Due, Line
from prr_pipeline.readiness.parameters import is_reference, references
from prr_pipeline.readiness.profile import require_key
from prr_pipeline.readiness.registry import check_named, checks_of, validate_names

AGREEMENT_CHECKS = frozenset(("approved_by", "markdown_tasks_are_closed"))
"""Checks that read what people signed; a sign-off binds the report, so a report may not count them."""
_DAYS_KEYS = ("after_ga.stability_watch_days", "after_ga.feedback_review_days")
_DAYS_CAP, _QUARTERS_CAP = 3650, 40
RESERVED_IDS = frozenset(("void_justification",))
"""Ids of rules in reports that are no lines."""


def prefix_of(number: str) -> str:
    """The letters of a line's number."""
    return re.sub(r"[0-9]+$", "", number)


def faults_of_own(line: Line, prefixes: Collection[str]) -> Iterator[str]:
    """What is wrong with one line. ``prefixes``: the letters of the numbers that ship."""
    if prefix_of(line.number) in prefixes:
        yield (
            f"the number {line.number} begins like those of a checklist that ships "
            f"({', '.join(sorted(prefixes))}); give your lines letters of their own, such as T1"
        )
    if line.id in RESERVED_IDS:
        yield "the id is the name of a rule in reports; give the line another"
    if line.counts and line.stage == "after_ga":
        yield "a line after GA would change what was signed before when it falls due; add counts: false"
    yield from _faults_of_due(line.due)
    yield from _faults_of_check(line)


def reads_agreement(line: Line) -> bool:
    """Whether a line is judged from what people signed."""
    return line.check is not None and any(
        name in AGREEMENT_CHECKS for name, _ in checks_of(line.check, line.parameters)
    )


def validate_line(where: str, line: Line) -> None:
    """Raise `PrrError`, beginning with ``where``, unless the line's checks, parameters and profile keys exist."""
    if line.check is None:
        return
    try:
        _require_known(line.check, line.parameters)
    except PrrError as fault:
        raise PrrError(f"{where}: {fault}") from None


def _require_known(check: str, parameters: Mapping[str, Any]) -> None:
    validate_names(check, parameters)
    for key in references(parameters):
        require_key(key)


def _faults_of_due(due: Due | None) -> Iterator[str]:
    """What could not be turned into a date when the line is judged, and would stop all others."""
    if due is None:
        return
    if due.quarters is not None and not 0 <= due.quarters <= _QUARTERS_CAP:
        yield f"due.quarters is {due.quarters}; give 0 to {_QUARTERS_CAP}"
    known = is_reference(due.days) and due.days["profile"] in _DAYS_KEYS
    if due.quarters is None and not known and not (type(due.days) is int and 0 <= due.days <= _DAYS_CAP):
        named = " or ".join(f"{{profile: {key}}}" for key in _DAYS_KEYS)
        yield f"due.days is {due.days!r}; give 0 to {_DAYS_CAP}, or {named}"


def _faults_of_check(line: Line) -> Iterator[str]:
    if line.check is None:
        return
    try:
        _require_known(line.check, line.parameters)
        canonical_bytes(dict(line.parameters))
    except PrrError as fault:
        yield str(fault).rstrip(".")
        return
    for name, given in checks_of(line.check, line.parameters):
        if line.counts and name in AGREEMENT_CHECKS:
            yield f"{name} reads what people signed, and they sign what counts; add counts: false"
        yield from _faults_of_values(name, given)


def _faults_of_values(name: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Values that the check will not take. What the profile fills can only be tried when it is in force."""
    known = {key: value for key, value in given.items() if not is_reference(value)}
    for fault in faults_of(known, check_named(name).parameters):
        if re.split(r"[.\[]", fault.path, maxsplit=1)[0] in known or len(known) == len(given):
            yield f"parameter {fault.path} of {name}: {fault.said}"
