"""`prr audit restart-head`: a person accepts the ledger as it is, after seeing what that means."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.control.head_restart import acceptance, restart_head
from prr_pipeline.control.orders import Order
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import Draft, EventType
from tests.commands.town import Said, Town
from tests.ledger.conftest import RawFile, forge

KEY = "listGrants:beta"
RESUMED = Draft(KEY, EventType.RESUMED, {"reason": "mine now"}, "person:eve")


def restart(town: Town, *more: str, answer: str | None = None) -> Said:
    """The command, by mara, with a reason."""
    return town.prr("audit", "restart-head", "--by", "mara", "--reason", "incident 7", *more, answer=answer)


def restarted(town: Town) -> list[dict[str, Any]]:
    """The events that say so."""
    return list(town.ok("audit", "log", "system", "--type", "head_restarted", "--json").data["events"])


def head_file(town: Town) -> Path:
    """Where the signed head lies."""
    return town.work().settings.path(town.work().settings.ledger.head)


def forged(town: Town) -> None:
    """Somebody with the database's file wrote a transition into it."""
    town.open("listGrants", "beta")
    forge(RawFile(town.ledger_file), RESUMED)


def lost(town: Town) -> None:
    """A backup of the first promotion is put back after two more events."""
    town.open("listGrants", "beta")
    backup = town.folder / "backup"
    with closing(sqlite3.connect(town.ledger_file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    town.ok("hold", KEY, "--by", "mara", "--reason", "wait")
    town.ok("resume", KEY, "--by", "mara", "--reason", "go on")
    for part in town.ledger_file.parent.glob("ledger.sqlite*"):
        part.unlink()
    shutil.copy(backup, town.ledger_file)


def test_a_forged_tail_is_shown_and_accepted_by_name(town: Town) -> None:
    """Each unsigned transition with its digest; afterwards all verifies, and the chain says who, why and what."""
    forged(town)
    assert town.prr("resume", KEY, "--by", "mara", "--reason", "x").code == 3
    said = restart(town, answer="y\n")
    assert said.code == 0, said.err
    [row] = [line for line in said.out.splitlines() if line.startswith("event 2")]
    assert "resumed of listGrants:beta by person:eve" in row
    assert str(RawFile(town.ledger_file).rows("hash")[1][0]) in row
    assert "unsigned        event 2" in said.out
    assert "1 fault(s)" in said.out
    [event] = restarted(town)
    assert (event["actor"], event["payload"]["reason"]) == ("person:mara", "incident 7")
    assert event["payload"]["accepts"]["unsigned"] == [2, 2]
    assert event["payload"]["old_head"] == f"moved to {head_file(town).name}.replaced-1"
    assert head_file(town).with_name(f"{head_file(town).name}.replaced-1").is_file()
    assert town.ok("audit", "verify").code == 0
    town.ok("hold", KEY, "--by", "mara", "--reason", "wait")
    town.ok("resume", KEY, "--by", "mara", "--reason", "it may raise again")


def test_what_a_restored_backup_lost_is_shown(town: Town) -> None:
    """From which event to which, with the digest that was signed for, also while the ledger goes on taking holds."""
    lost(town)
    signed = acceptance(town.work()).head
    assert signed is not None
    town.clock.advance(timedelta(minutes=1))
    town.ok("hold", KEY, "--by", "mara", "--reason", "look first")
    said = restart(town, "--yes")
    assert said.code == 0, said.err
    assert f"events 2 to 3 as signed for; the last had the digest {signed.hash}" in said.out.replace("\n", "")
    assert "unsigned" not in said.out
    [event] = restarted(town)
    assert (event["payload"]["accepts"]["lost"], event["payload"]["accepts"]["head_seq"]) == ([2, 3], 3)


@pytest.mark.parametrize("how", ["missing", "forged"])
def test_a_head_that_is_gone_or_forged_begins_anew(town: Town, how: str) -> None:
    """What the promise still covers is not called unsigned."""
    town.open("listGrants", "beta")
    head = head_file(town)
    if how == "missing":
        head.unlink()
    else:
        head.write_bytes(head.read_bytes().replace(b'"seq":1', b'"seq":7'))
    said = restart(town, "--yes")
    assert said.code == 0, said.err
    assert ("missing" if how == "missing" else "may be forged") in said.out
    assert "unsigned" not in said.out
    assert restarted(town)[0]["payload"]["accepts"]["head_seq"] is None


def test_a_no_changes_nothing(town: Town) -> None:
    """Exit code 1, the old head in its place, no event."""
    forged(town)
    before = head_file(town).read_bytes()
    for answer in ("n\n", ""):
        said = restart(town, answer=answer)
        assert (said.code, head_file(town).read_bytes()) == (1, before)
        assert "Nothing was changed" in said.err
    assert restarted(town) == []


def test_a_sound_head_is_not_restarted(town: Town) -> None:
    """There is nothing to accept, so nobody can use it to make a record look accepted."""
    town.open("listGrants", "beta")
    said = restart(town, "--yes")
    assert said.code == 3
    assert "goes on from its signed head (event 1): there is nothing to restart" in said.err


@pytest.mark.parametrize(("by", "reason"), [(" ", "x"), ("mara", " ")])
def test_a_name_and_a_reason_are_needed(town: Town, by: str, reason: str) -> None:
    """An auditor asks for both."""
    forged(town)
    assert town.prr("audit", "restart-head", "--by", by, "--reason", reason, "--yes").code == 3
    assert restarted(town) == []


def test_nobody_accepts_what_nobody_saw(town: Town) -> None:
    """What came in while the person was looking has to be shown first; a mere fact is no obstacle."""
    forged(town)
    shown = acceptance(town.work())
    town.work().ledger.append([Draft(KEY, EventType.ADVANCE_REQUESTED, {"reason": "a fact"}, "person:mara")])
    forge(RawFile(town.ledger_file), Draft(KEY, EventType.RESUMED, {"reason": "again"}, "person:eve"))
    with pytest.raises(Refused, match="changed while you were looking"):
        restart_head(town.work(), shown, Order("mara", "x"))
    shown = acceptance(town.work())
    town.work().ledger.append([Draft(KEY, EventType.ADVANCE_REQUESTED, {"reason": "a fact"}, "person:mara")])
    assert restart_head(town.work(), shown, Order("mara", "x")).type == EventType.HEAD_RESTARTED


def test_a_fault_that_a_head_cannot_mend_remains_told(town: Town) -> None:
    """A changed event stays a finding: exit code 1, though the head is restarted."""
    forged(town)
    RawFile(town.ledger_file).run(("UPDATE events SET actor = 'person:nobody' WHERE seq = 1", ()))
    said = restart(town, "--yes")
    assert said.code == 1
    assert len(restarted(town)) == 1
    assert town.prr("audit", "verify").code == 1
