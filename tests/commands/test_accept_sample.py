"""`prr accept-sample`: one of two persons decides that the few requests of a rung are enough."""

from __future__ import annotations

from prr_pipeline.control.council import convene
from prr_pipeline.control.sample_acceptance import sample_acceptance
from prr_pipeline.ledger.events import EventType
from tests.commands.test_orders import climbed
from tests.commands.town import Town

REASON = ("--reason", "a partner calls it ten times a day")


def test_what_two_persons_file_is_taken_in_and_counts_for_this_stay(town: Town) -> None:
    """What is shown before it is signed names rung, stay, reason and end."""
    key = climbed(town)
    for person in ("jonas", "felix"):
        said = town.ok("accept-sample", key, *REASON, *town.as_person(person))
        words = " ".join(said.out.split())
        assert "the stay at 1% since" in words
        assert "a partner calls it ten times a day" in words
        assert "it takes two persons" in words
    town.commit("accept")
    work = town.work()
    assert convene(work, key, "test").intake.refused == {}
    assert len(work.ledger.events(stream=key, types=(EventType.ATTESTATION_ACCEPTED,))) == 2
    found = sample_acceptance(work, work.state(key), work.now())
    assert (found.persons, found.reasons) == (("felix", "jonas"), (REASON[1],))
    assert found.until is not None
    assert (found.until - work.now()).days == 14


def test_it_is_refused_with_a_sentence_where_it_would_not_count(town: Town) -> None:
    """Without a rung, without a reason, and for whoever opened what is promoted."""
    idle = town.open("createGrant", "beta")
    said = town.prr("accept-sample", idle, *REASON, *town.as_person("felix"))
    assert (said.code, "there is no sample" in said.err) == (3, True)
    key = climbed(town)
    said = town.prr("accept-sample", key, "--reason", " ", *town.as_person("felix"))
    assert (said.code, "needs a reason" in said.err) == (3, True)
    said = town.prr("accept-sample", key, *REASON, *town.as_person("mara"))
    assert (said.code, "mara had a hand in" in said.err) == (3, True)
    said = town.prr("accept-sample", key, *REASON, "--expires", "0d", *town.as_person("felix"))
    assert said.code == 3
    assert list((town.mono / "prr" / "records").rglob("*.json")) == []
