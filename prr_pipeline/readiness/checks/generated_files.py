"""Generated files that are committed: there, and made from the sources as they stand."""

from __future__ import annotations

import hashlib
import re

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.subjects import Subject

_HEADER_LINES = 40
_DIGEST = re.compile(r"\b(?:sha256:)?([0-9a-f]{64})\b")


class GeneratedFileIsFresh(Parameters):
    """``file`` is made from the files of ``sources[page]``, in that order; ``mark`` stands before their digest.

    The digest is SHA-256, in hex, over the bytes of the sources one after the other, those of a glob sorted by path.
    """

    file: str
    page: str
    sources: dict[str, list[str]]
    mark: str


@check("generated_file_is_fresh", GeneratedFileIsFresh)
def generated_file_is_fresh(
    sources: Sources, _facts: Facts, subject: Subject, parameters: GeneratedFileIsFresh
) -> Finding:
    """The file is committed, and its header carries the digest of its sources as they are now."""
    path = sources.fill(parameters.file, subject)
    if parameters.page not in parameters.sources:
        raise NotDeclared(f"generated.sources does not say what {path} is made from; add {parameters.page} to it.")
    origins = _origins(sources, subject, parameters.sources[parameters.page])
    if not sources.exists(path):
        message = f"{path} does not exist; generate it and commit it."
        return unmet(message, digest([path, list[object](origins)]), [Location(path)])
    judged = digest(
        [path, sources.snapshot.blob_id(path), [[each, sources.snapshot.blob_id(each)] for each in origins]]
    )
    found = _marked(sources.blob(path).text(), parameters.mark)
    if found is None:
        wanted = f"'{parameters.mark} <sha256>'"
        message = f"{path} does not say what it was made from; let its generator write {wanted} at the top."
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(path, 1)])
    written, line = found
    now = hashlib.sha256(b"".join(sources.blob(each).data for each in origins)).hexdigest()
    if written != now:
        message = f"{path} was made from other sources than {listed(origins)} as they are now; generate it anew."
        return unmet(
            message,
            judged,
            [Location(path, line, written[:12]), *(Location(each) for each in origins)],
            sources_digest=now,
        )
    return met(f"{path} was made from {listed(origins)} as they are.", judged, [Location(path, line)])


def _origins(sources: Sources, subject: Subject, templates: list[str]) -> list[str]:
    found: list[str] = []
    for template in templates:
        pattern = sources.fill(template, subject)
        paths = sources.paths(pattern)
        if not paths:
            raise PrrError(f"The source {pattern} does not exist, so nothing can be made from it; write it.")
        found += paths
    return found


def _marked(text: str, mark: str) -> tuple[str, int] | None:
    """The digest behind the mark and its line, near the top of the file."""
    for number, line in enumerate(text.splitlines()[:_HEADER_LINES], 1):
        _, found, after = line.partition(mark)
        digests = _DIGEST.search(after) if found else None
        if digests is not None:
            return digests[1], number
    return None
