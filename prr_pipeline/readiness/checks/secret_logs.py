"""Tokens that tests use must not come out in what the tests print."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.captured_outputs import printed_by
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Text
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.subjects import Subject

_LEAST = 4
"""Characters after the prefix of a token that a test plants: a prefix alone is no token."""


class TokensStayOut(Parameters):
    """``prefixes``: how tokens begin. ``tests``: those of the subject, ``all_tests`` a glob of all."""

    prefixes: list[str]
    tests: str
    all_tests: str
    artefact: str


@check("tokens_stay_out_of_logs", TokensStayOut)
def tokens_stay_out_of_logs(sources: Sources, facts: Facts, subject: Subject, parameters: TokensStayOut) -> Finding:
    """The subject's tests use tokens of the platform's form, and nothing that they print begins like one."""
    pattern = sources.fill(parameters.tests, subject)
    planting = list(_planting(sources, pattern, parameters.prefixes))
    judged = digest([pattern, sorted({place.path for place in planting})])
    printed = printed_by(sources, facts, parameters.artefact, parameters.all_tests, pattern)
    leaked = [(prefix, each) for each in printed for prefix in parameters.prefixes if prefix in each.text]
    if leaked:
        faults = listed([f"{prefix}… in the output of {each.title!r}" for prefix, each in leaked])
        spots = [Location(each.file or parameters.artefact, 0, each.title) for _, each in leaked]
        return unmet(f"Tokens came out: {faults}; find what prints them.", judged, spots)
    names = " or ".join(parameters.prefixes)
    if not planting:
        message = (
            f"No test of {pattern} uses a token that begins with {names}; plant one, so that a leak would be seen."
        )
        return unmet(message, judged)
    if not printed:
        message = f"The report holds nothing that tests of {pattern} print; let the reporter write what they print."
        return unknown(Reason.NO_EVIDENCE, message, judged, planting)
    message = f"No token came out in {len(printed)} outputs of tests in {pattern}."
    return met(message, judged, planting, outputs=len(printed))


def _planting(sources: Sources, pattern: str, prefixes: list[str]) -> Iterator[Location]:
    """Where tests use a token of that form."""
    for path in sources.paths(pattern):
        try:
            texts = read_fragments(sources.blob(path)).texts if path.endswith(SUFFIXES) else ()
        except PrrError:
            continue
        for piece in texts:
            text = piece.value.value if isinstance(piece.value, Text) else None
            if text is not None and any(text.startswith(each) and len(text) >= len(each) + _LEAST for each in prefixes):
                yield Location(path, piece.line)
