"""Documents with headings, words and links: the runbook."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, run, spec

M21 = load_catalogue().line("M21")
PATH = "apps/docs/content/docs/runbooks/cap-table.mdx"
TEXT = """---
title: Cap table
---

SEV2 by default.

**Triggered by:** `cap-table-errors` above one per cent for five minutes.

**On-call:** Equity primary, Platform secondary.

**Estimated MTTR:** 25 minutes

## Diagnose

Look for waiters on one entity. One customer grants in bulk, or a replica lags behind by more than a second, or the
signature provider is down and grants stay pending until it answers again. See [the matrix](./severity-matrix.mdx).

## Recover

Set the customer's limit to five a minute and tell them so. Send reads to the primary until the lag is gone.
"""
MATRIX = {"apps/docs/content/docs/runbooks/severity-matrix.mdx": "# Severities"}


def judged(text: str | None = TEXT, **more: str) -> Finding:
    return run(M21.check, M21.parameters, {**MATRIX, **({PATH: text} if text is not None else {}), **more})


def test_a_runbook_with_labels_and_actions_is_met() -> None:
    """Labels that start a line count like headings; Stop-the-bleed is not demanded."""
    assert judged().outcome is Outcome.MET


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Cap table", "title: ''", "the front matter lacks 'title'"),
        ("**Triggered by:**", "**Set off by:**", "'Triggered by' is missing"),
        ("**On-call:** Equity primary, Platform secondary.", "**On-call:**", "'On-call' is missing"),
        ("## Recover", "## Afterwards", "it has 1 and needs at least 2 of Stop-the-bleed"),
        ("SEV2", "Urgent", "it names none of SEV1"),
        ("./severity-matrix.mdx", "./nowhere.mdx", "the link ./nowhere.mdx leads nowhere"),
        ("./severity-matrix.mdx", "../../../../../../../etc/passwd", "leads nowhere"),
    ],
)
def test_a_runbook_that_lacks_something_is_unmet(old: str, new: str, message: str) -> None:
    """Each thing that is asked is told apart, in the words of the file."""
    assert old in TEXT
    finding = judged(TEXT.replace(old, new))
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_a_missing_runbook_is_unmet_with_the_path_of_the_operations_kind() -> None:
    """The kind is the first tag as a slug."""
    finding = judged(None)
    assert finding.outcome is Outcome.UNMET
    assert PATH in finding.message


def test_the_kind_extension_wins_over_the_tag() -> None:
    """An operation can say which runbook is its own."""
    files = {SPEC: spec(**{"x-matter-kind": "signing-keys"})}
    assert "runbooks/signing-keys.mdx" in run(M21.check, M21.parameters, files).message


def test_a_stub_is_unmet() -> None:
    """Right headings over no text are a stub."""
    stub = TEXT.replace("Look for waiters", "Look").partition("One customer")[0] + "\n## Recover\n\nWait.\n"
    assert "it is a stub" in judged(stub).message


def test_an_operation_without_kind_is_unknown() -> None:
    """Nobody declared which runbook belongs to it."""
    finding = run(M21.check, M21.parameters, {SPEC: spec(tags=None)})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)


def test_broken_front_matter_is_unknown() -> None:
    """A file that cannot be read is neither good nor bad."""
    finding = judged("---\ntitle: x\n")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
