"""Artefacts of CI held in memory, as control hands them to checks."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.repository.tree import Blob, blob_id_of
from tests.readiness.fakes import NOW

COMMIT = "c" * 40


def filed(data: str | bytes | Any, *, current: bool = True, age: timedelta = timedelta(hours=1)) -> ArtefactFact:
    """An artefact with that content (data that is no text becomes JSON), made some time before now."""
    text = data if isinstance(data, str | bytes) else json.dumps(data)
    raw = text.encode() if isinstance(text, str) else text
    made: datetime = NOW - age
    return ArtefactFact(Blob(f"{COMMIT}/report", blob_id_of(raw), raw), "tool", "1.0", made, COMMIT, current)


def having(**artefacts: ArtefactFact | ArtefactAbsent | Any) -> Facts:
    """Facts with these artefacts by name (``_`` for ``-``); what is no fact yet is filed as it is."""
    facts = {
        name.replace("_", "-"): given if isinstance(given, ArtefactFact | ArtefactAbsent) else filed(given)
        for name, given in artefacts.items()
    }
    return Facts(now=NOW, artefacts=facts)


def absent(reason: Reason = Reason.NO_EVIDENCE) -> ArtefactAbsent:
    """An artefact that CI did not file."""
    return ArtefactAbsent("CI has filed no such artefact; file it under artefacts/<commit>/.", reason)


def junit(*cases: str | tuple[str, str] | tuple[str, str, str], file: str = "apps/api/__tests__/grants.test.ts") -> str:
    """A report of these cases: a title; a title and its file; or these and what stands inside (``<failure/>``)."""
    rows = []
    for case in cases:
        given = (case, file) if isinstance(case, str) else case
        title, path, inside = (*given, "")[:3]
        rows.append(f"<testcase name={quoteattr(title)} classname={quoteattr(path)}>{inside}</testcase>")
    return f"<testsuites><testsuite>{''.join(rows)}</testsuite></testsuites>"
