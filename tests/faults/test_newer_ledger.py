"""A newer version wrote to one promotion: it cannot rise, it can be lowered, and all others go on."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict

import pytest
from click.testing import CliRunner

from prr_pipeline.cli import app
from prr_pipeline.control.due import due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.orders import resume
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.chain import StoredRow, sealed
from prr_pipeline.ledger.fold import UnknownEvent
from prr_pipeline.orchestration.ticks import lowerings_after
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.subjects import Subject, Target
from tests.faults.scene import KEY, MARA, NAME, OTHER, Scene


@pytest.fixture
def newer(at_one: Scene) -> Scene:
    """The promotion at 1% got an event of a type that this version does not know."""
    at_one.work.ledger.close()
    connection = sqlite3.connect(at_one.ledger_file)
    seq, last = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    row = StoredRow(seq + 1, KEY, "canary_weighed", "{}", "run:newer", "2026-11-20T09:00:00.000000Z", 2, last, "")
    values = asdict(sealed(row))
    columns = ", ".join(f'"{name}"' for name in values)
    places = ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO events ({columns}) VALUES ({places})", tuple(values.values()))  # noqa: S608
    connection.execute("UPDATE promotions SET version = version + 1, last_seq = ? WHERE key = ?", (seq + 1, KEY))
    connection.commit()
    connection.close()
    return at_one


def test_it_does_not_rise_and_people_are_paged_once(newer: Scene) -> None:
    """Its dwell is served and its gates were open; still nothing asks for its run."""
    newer.round()
    assert set(newer.work.ledger.unreadable()) == {KEY}
    assert [due.key for due in due_list(newer.work)] == []
    newer.round()
    assert str(newer.flag()) == "1%"
    pages = [notice for notice in newer.notices if notice["title"] == f"{KEY} cannot be judged"]
    assert len(pages) == 1
    assert "Upgrade prr_pipeline" in pages[0]["body"]


def test_the_others_go_on(newer: Scene) -> None:
    """The other promotion is resumed and climbs as ever."""
    resume(newer.work, OTHER, MARA)
    newer.serve_dwell()
    newer.round()
    assert newer.state(OTHER).exposure.name == "1%"


@pytest.mark.parametrize("indexed", [True, False], ids=["index", "no_index"])
def test_a_critical_alert_brings_its_flag_to_off(newer: Scene, indexed: bool) -> None:
    """Through the index beside the ledger, else through the ledger's own list of flags."""
    if not indexed:
        (newer.deployment.folder / ".prr" / "flag-index.json").unlink()
    newer.alert()
    said = newer.guard()
    assert newer.flag() == OFF
    assert f"{KEY} lowered by its alert alone" in said
    assert newer.flag(OTHER) == SHADOW
    assert "lowered by" not in newer.guard()
    assert any(notice["title"] == f"{KEY} lowered to off" for notice in newer.notices)


def test_a_critical_alert_of_another_lowers_that_one_only(newer: Scene) -> None:
    """The unreadable one is not lowered for what is not its own."""
    newer.alert("issueShares")
    newer.guard()
    assert newer.flag(OTHER) == OFF
    assert str(newer.flag()) == "1%"


def test_the_command_rolls_it_back(newer: Scene) -> None:
    """`prr rollback` lowers the flag and says that the ledger could not take it."""
    settings = str(newer.deployment.settings_file)
    order = ("rollback", KEY, "--by", "felix", "--reason", "errors in the logs")
    done = CliRunner().invoke(app, ["--settings", settings, *order])
    assert done.exit_code == 0, done.output
    assert "Not recorded" in done.output
    assert newer.flag() == OFF


def test_the_reports_of_the_others_go_on(newer: Scene) -> None:
    """The list of lowerings to report passes over what cannot be read."""
    with pytest.raises(UnknownEvent):
        newer.work.ledger.state(KEY)
    newer.alert("issueShares")
    newer.guard()
    assert [state.key for _, state in lowerings_after(newer.work, 0, 25)] == [OTHER]


def test_once_this_version_can_read_it_again_the_page_is_closed(newer: Scene) -> None:
    """The event is taken out, as an upgrade would make it known: judged again, and the flag found off is booked."""
    newer.alert()
    newer.guard()
    newer.work.ledger.close()
    connection = sqlite3.connect(newer.ledger_file)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE events SET type = 'agenda_made', schema = 1 WHERE type = 'canary_weighed'")
    connection.commit()
    connection.close()
    newer.resolve()
    newer.guard()
    assert newer.state().exposure == OFF
    assert newer.state().latch is not None
    assert not [n for n in newer.work.ledger.outbox.open_notices() if n.dedup_key.startswith("stray/")]


def test_what_depends_on_it_does_not_rise(newer: Scene) -> None:
    """Nobody can say where the dependency stands, so the gate of the record is unknown; others' is open."""
    request = OpenRequest(Subject.parse("createGrant"), Target.BETA, "mara", dependencies=[Subject.parse(NAME)])
    dependant = open_promotion(newer.work, request).key
    gates = {key: {g.name: g for g in explain(newer.work, key).gates}["record"] for key in (dependant, OTHER)}
    assert gates[dependant].state is GateState.UNKNOWN
    assert KEY in gates[dependant].why
    assert gates[OTHER].state is GateState.OPEN
