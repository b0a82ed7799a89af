"""Compatibility with the previous minor, by the comparison that was handed in."""

from __future__ import annotations

from dataclasses import replace

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.readiness.facts import Facts, OasdiffAbsent, OasdiffReport, SpecChange, SpecVersion
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, SPEC, run, spec

BASE = SpecVersion("2026-05-01", "versions/2026-05-01.yaml", digest_bytes(b"base"))
HEAD = SpecVersion("2026-06-10", SPEC, digest_bytes(spec().encode()))
OWN = SpecChange("request-property-removed", 3, "POST", "/grants", "quantity was removed", "createGrant")
OTHER = SpecChange("api-removed", 3, "GET", "/holders", "the endpoint was removed")
WARNING = SpecChange("param-added", 2, "POST", "/grants", "a parameter was added", "createGrant")
CLEAN = OasdiffReport(BASE, HEAD, (), "oasdiff", "oasdiff 1.28.0")


def judged(report: OasdiffReport | OasdiffAbsent | None, *levels: str) -> Finding:
    facts = Facts(now=NOW, oasdiff=report)
    return run("spec_diff_is_clean", {"block_levels": list(levels) or ["error"]}, {}, facts)


def test_no_blocking_change_is_met() -> None:
    """A clean report of these two specs is the evidence."""
    finding = judged(CLEAN)
    assert finding.outcome is Outcome.MET
    assert finding.values["base"] == "2026-05-01"


def test_own_changes_come_first_and_the_rest_is_called_elsewhere() -> None:
    """One comparison serves all operations; each sees its own part first."""
    finding = judged(replace(CLEAN, changes=(OTHER, OWN)))
    assert finding.outcome is Outcome.UNMET
    assert "(1 in createGrant, 1 elsewhere)" in finding.message
    assert finding.message.index("quantity was removed") < finding.message.index("the endpoint was removed")


def test_a_warning_blocks_only_where_the_profile_says_so() -> None:
    """Level 2 is listed by oasdiff; whether it blocks is a setting."""
    assert judged(replace(CLEAN, changes=(WARNING,))).outcome is Outcome.MET
    assert judged(replace(CLEAN, changes=(WARNING,)), "error", "warning").outcome is Outcome.UNMET


def test_a_report_of_another_spec_is_stale() -> None:
    """A comparison counts only for the bytes that are judged."""
    finding = judged(replace(CLEAN, head=replace(HEAD, sha256=digest_bytes(b"other"))))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.STALE)


def test_no_report_is_unknown_and_says_how_to_get_one() -> None:
    """Nobody compared: that is not a pass."""
    assert (judged(None).outcome, judged(None).reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    absent = judged(OasdiffAbsent("oasdiff is not installed; install it.", Reason.TOOL_ABSENT))
    assert (absent.outcome, absent.reason) == (Outcome.UNKNOWN, Reason.TOOL_ABSENT)


def test_the_first_version_has_nothing_to_be_compatible_with() -> None:
    """A proven absence of an earlier version is not applicable."""
    assert judged(OasdiffAbsent("2026-06-10 is the first minor version.", None)).outcome is Outcome.NOT_APPLICABLE


def test_the_digest_follows_the_breaking_changes_not_their_wording() -> None:
    """A justification covers these changes, and no further one."""
    one = judged(replace(CLEAN, changes=(OWN,))).subject_digest
    assert judged(replace(CLEAN, changes=(replace(OWN, text="said otherwise"),))).subject_digest == one
    assert judged(replace(CLEAN, changes=(OWN, OTHER))).subject_digest != one
