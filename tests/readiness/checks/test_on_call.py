"""Somebody is on call, whoever it is this week."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts, OnCall, OnCallAbsent
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, SPEC, run, spec

M23 = load_catalogue().line("M23")
SHIFT = OnCall(("felix",), NOW + timedelta(days=3), "rota.ics")


def judged(on_call: OnCall | OnCallAbsent | None, text: str | None = None) -> Finding:
    return run(M23.check, M23.parameters, {SPEC: text or spec()}, Facts(now=NOW, on_call=on_call))


def test_a_shift_that_somebody_holds_is_met_and_names_them() -> None:
    """Whoever must attest reads whose name it needs."""
    finding = judged(SHIFT)
    assert finding.outcome is Outcome.MET
    assert finding.message == "By rota.ics felix is on call until 2026-03-05T12:00:00.000000Z."
    assert finding.values == {"on_call": ["felix"], "source": "rota.ics"}


def test_a_shift_that_nobody_holds_is_unmet() -> None:
    """The rota was read, and nobody is there."""
    finding = judged(OnCall((), None, "rota.ics"))
    assert finding.outcome is Outcome.UNMET
    assert "nobody is on call" in finding.message


def test_without_settings_nobody_can_say() -> None:
    """A working tree alone has no rota."""
    finding = judged(None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)


def test_a_rota_that_cannot_be_read_is_unknown_with_its_own_sentence() -> None:
    """Silence of the source is not an empty shift."""
    finding = judged(OnCallAbsent("The calendar rota.ics is cut off; mend it.", Reason.SOURCE_SILENT))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.SOURCE_SILENT)
    assert finding.message == "The calendar rota.ics is cut off; mend it."


def test_a_change_of_shift_voids_no_statement_and_a_changed_operation_does() -> None:
    """A climb takes four weeks and four shifts; the surface is what was learnt."""
    assert judged(SHIFT).subject_digest == judged(OnCall(("amara",), None, "rota.ics")).subject_digest
    assert judged(SHIFT).subject_digest != judged(SHIFT, spec(summary="another")).subject_digest
