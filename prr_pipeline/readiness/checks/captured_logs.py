"""Values that tests plant must not come out in what the tests print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.captured_outputs import printed_by
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, reported_cases
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.captured_output import Captured
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.subjects import Subject

_LEAST = 8
"""Characters of a canary: a shorter one comes out by chance."""


class CanariesStayOut(Parameters):
    """``file`` exports the planted values as ``name``. ``tests``: those of the service, ``all_tests`` a glob of all."""

    file: str
    name: str
    tests: str
    all_tests: str
    artefact: str


@check("canaries_stay_out_of_logs", CanariesStayOut)
def canaries_stay_out_of_logs(sources: Sources, facts: Facts, subject: Subject, parameters: CanariesStayOut) -> Finding:
    """A test of the service plants the canaries and passed, and nothing that its tests print holds one."""
    pattern = sources.fill(parameters.tests, subject)
    if not sources.exists(parameters.file):
        message = f"{parameters.file} does not exist; write canaries there, and plant them in {pattern}."
        return unmet(message, digest([pattern, parameters.file]), [Location(parameters.file)])
    canaries = _canaries(sources, parameters)
    planting, broken = _planting(sources, pattern, parameters)
    judged = digest([pattern, sorted(canaries), planting])
    if not planting and broken:
        return unknown(
            Reason.UNREADABLE, f"Whether a test plants {parameters.name} cannot be told: {broken[0]}", judged
        )
    if not planting:
        message = f"No test of {pattern} uses {parameters.name} of {parameters.file}; plant the canaries in one."
        return unmet(message, judged, [Location(parameters.file)])
    places = [Location(path) for path in planting]
    cases = reported_cases(sources, facts, parameters.artefact, parameters.all_tests)
    ran = Demand("the test that plants canaries", tuple(each for each in cases if each.path in planting))
    if ran.fault is not None:
        return unmet(f"{ran.fault} in {listed(planting)}; run it green.", judged, places)
    printed = printed_by(sources, facts, parameters.artefact, parameters.all_tests, pattern)
    return _searched(pattern, canaries, printed, judged, places)


def _searched(
    pattern: str, canaries: Mapping[str, str], printed: Sequence[Captured], judged: str, places: Sequence[Location]
) -> Finding:
    """Whether a canary stands in what was printed. The sentence names it by its place, and does not repeat it."""
    leaked = [(name, each) for each in printed for name, text in sorted(canaries.items()) if text in each.text]
    if leaked:
        faults = listed([f"{name} in the output of {each.title!r}" for name, each in leaked])
        spots = [Location(each.file or pattern, 0, each.title) for _, each in leaked]
        return unmet(f"Canaries came out: {faults}; find what prints them.", judged, spots)
    if not printed:
        message = f"The report holds nothing that tests of {pattern} print; let the reporter write what they print."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    message = f"None of {len(canaries)} canaries came out in {len(printed)} outputs of tests in {pattern}."
    return met(message, judged, places, outputs=len(printed))


def _canaries(sources: Sources, parameters: CanariesStayOut) -> dict[str, str]:
    """The planted texts by where they stand in the literal. Raises `NotSeen` where they cannot be told."""
    literal = sources.literal(parameters.file, parameters.name)
    place = Location(literal.path, literal.line, literal.name)
    found = {name: text for entry in literal.entries for name, text in _texts(str(entry.key or ""), entry.value)}
    if literal.gaps or not found:
        why = "holds what is told only by running it" if literal.gaps else "holds no text"
        message = f"{literal.name} in {literal.path} {why}; write the canaries out."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [place])
    short = [name for name, text in found.items() if len(text) < _LEAST]
    if short:
        message = f"{listed(short)} of {literal.name} has fewer than {_LEAST} characters and may come out by chance."
        raise NotSeen(Reason.NOT_RESOLVABLE, f"{message[:-1]}; write a longer one.", [place])
    return found


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name or "a canary", value
    elif isinstance(value, dict):
        yield from (pair for key, item in value.items() for pair in _texts(f"{name}.{key}".strip("."), item))
    elif isinstance(value, list):
        yield from (pair for at, item in enumerate(value) for pair in _texts(f"{name}.{at}".strip("."), item))


def _planting(sources: Sources, pattern: str, parameters: CanariesStayOut) -> tuple[list[str], list[str]]:
    """The tests that import the canaries, from their file or through a package; and sentences of those unread."""
    code, found, broken = sources.code(), list[str](), list[str]()
    for path in sources.paths(pattern):
        if not path.endswith(SUFFIXES):
            continue
        try:
            imports = code.module(path).imports
            names = [local for each in imports for local, there in each.names.items() if there == parameters.name]
            leads = [code.follow(path, Name(name, 0)) for name in names]
        except PrrError as fault:
            broken.append(str(fault))
            continue
        found += [path] if any(isinstance(each, Found) and each.path == parameters.file for each in leads) else []
    return found, broken
