"""The rota in the roster's words, and the statement that only the person on call gives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.claiming import prepare_attestation
from prr_pipeline.control.on_call import holds_shift, on_call_fact
from prr_pipeline.control.signing import Signer, sign_and_file
from prr_pipeline.demo.people import rota_ics
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.readiness.facts import OnCall, OnCallAbsent
from prr_pipeline.readiness.model import LineResult, Outcome, Reason
from tests.control.scene import ORIGIN, Scene

KEY = "createGrant:beta"
LINE = "oncall_rota_knows_surface"


def rota(scene: Scene, text: str) -> None:
    (scene.deployment.folder / "rota.ics").write_text(text)


def line(scene: Scene) -> LineResult:
    results = scene.convene(KEY).judgement.report.results
    return next(result for result in results if result.line_id == LINE)


def attest(scene: Scene, person: str) -> None:
    """What `prr attest` does, and the commit after it."""
    signer = Signer(person, scene.deployment.key(person))
    asked = prepare_attestation(scene.work, KEY, signer, [LINE], "Read the runbook.")
    sign_and_file(scene.work, asked, signer.key, scene.deployment.monorepo)
    scene.commit(f"Attest {LINE}", person)


@pytest.mark.parametrize("name", ["felix", "felix@matter.example"], ids=["id", "address"])
def test_whoever_holds_the_shift_is_known_by_the_id_of_the_roster(empty: Scene, name: str) -> None:
    """With the instant at which the shift changes."""
    rota(empty, rota_ics(ORIGIN, name))
    assert on_call_fact(empty.work) == OnCall(("felix",), ORIGIN + timedelta(days=7), "rota.ics")
    people = empty.work.roster.people
    assert holds_shift(empty.work, people["felix"], ORIGIN)
    assert not holds_shift(empty.work, people["noor"], ORIGIN)


def test_a_name_that_the_roster_has_not_stays_as_it_is(empty: Scene) -> None:
    """The agency answers the phone, and signs nothing."""
    rota(empty, rota_ics(ORIGIN, "agency"))
    fact = on_call_fact(empty.work)
    assert isinstance(fact, OnCall)
    assert fact.people == ("agency",)


def test_a_shift_of_somebody_who_may_not_lead_is_none_of_theirs(empty: Scene) -> None:
    """Noor stands in the rota and has not the role."""
    rota(empty, rota_ics(ORIGIN, "noor"))
    assert not holds_shift(empty.work, empty.work.roster.people["noor"], ORIGIN)


def test_nobody_in_the_shift_is_said_and_no_rota_is_no_answer(empty: Scene) -> None:
    """An empty shift was read; a broken or missing rota was not."""
    rota(empty, rota_ics(ORIGIN + timedelta(weeks=18)))
    fact = on_call_fact(empty.work)
    assert isinstance(fact, OnCall)
    assert (fact.people, fact.until) == ((), ORIGIN + timedelta(weeks=8))
    rota(empty, "no calendar")
    broken = on_call_fact(empty.work)
    assert isinstance(broken, OnCallAbsent)
    assert broken.reason is Reason.SOURCE_SILENT
    empty.replace_settings('rota = "rota.ics"\n', "")
    undeclared = on_call_fact(empty.work)
    assert isinstance(undeclared, OnCallAbsent)
    assert undeclared.reason is Reason.NOT_DECLARED


def test_only_the_person_on_call_attests_that_they_know_the_surface(empty: Scene) -> None:
    """Others are sent away before they sign, and do not count if they filed it all the same."""
    empty.open("createGrant", needs=[])
    with pytest.raises(Refused, match="is attested by the person on call"):
        attest(empty, "noor")
    empty.reviewer.attest_line(KEY, LINE, "noor", "I know it.")
    empty.commit("Attest", "noor")
    assert line(empty).outcome is Outcome.UNKNOWN
    assert "noor signed and was not the person on call" in line(empty).finding.message
    attest(empty, "felix")
    assert line(empty).outcome is Outcome.MET


def test_all_open_lines_are_those_that_the_signer_may_attest(empty: Scene) -> None:
    """Nobody signs in vain."""
    empty.open("createGrant", needs=[])
    rows = {}
    for person in ("noor", "felix"):
        signer = Signer(person, empty.deployment.key(person))
        rows[person] = prepare_attestation(empty.work, KEY, signer, [], "Looked.", every_open=True).rows
    assert not any(LINE in value for _, value in rows["noor"])
    assert any(LINE in value for _, value in rows["felix"])


def test_the_statement_outlives_the_shift_in_which_it_was_taken_in(signed: Scene) -> None:
    """The ledger keeps that felix was on call; the next shift changes neither that nor what was signed."""
    before = line(signed)
    assert before.outcome is Outcome.MET
    rota(signed, rota_ics(ORIGIN, "ines"))
    after = line(signed)
    assert (after.outcome, after.finding.subject_digest) == (Outcome.MET, before.finding.subject_digest)
    assert "ines is on call" in after.finding.message
    accepted = signed.events(EventType.ATTESTATION_ACCEPTED, key=KEY)
    assert {event.payload["person"]: event.payload["on_call"] for event in accepted} == {"noor": False, "felix": True}


def test_an_empty_shift_closes_the_line_whoever_attested_it(signed: Scene) -> None:
    """An alert would reach nobody."""
    rota(signed, rota_ics(ORIGIN + timedelta(weeks=18)))
    assert line(signed).outcome is Outcome.UNMET
