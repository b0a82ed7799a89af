"""The ledger against its exported head: older copies may only lower, a head that fails follows later."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import EventType
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger

from .conftest import Build, RawFile, forge

KEY = Build.KEY


def reopened(ledger: Ledger, url: str, clock: FileClock, head_file: HeadFile) -> Ledger:
    """The ledger as a new process finds it."""
    ledger.close()
    return Ledger.open(url, clock=clock, head=head_file)


def test_each_transition_exports_the_head(opened: Ledger, build: Build, head_file: HeadFile) -> None:
    """The head is the last event after a transition; a fact alone does not move it."""
    [event] = opened.append([build.signoff()])
    opened.append([build.fact()])
    head = head_file.read()
    assert head is not None
    assert (head.seq, head.hash) == (event.seq, event.hash)
    assert opened.head_fault is None


def test_the_head_may_be_exported_at_any_time(opened: Ledger, build: Build, head_file: HeadFile) -> None:
    """Facts after the last transition are covered on request."""
    opened.append([build.fact()])
    assert opened.export_head() is None
    head = head_file.read()
    assert head is not None
    assert head.seq == 2


def test_a_head_that_cannot_be_written_loses_no_event(
    opened: Ledger, build: Build, head_file: HeadFile, url: str, clock: FileClock
) -> None:
    """The commit stands, every process sees the fault, and the head follows once it can."""
    in_the_way = head_file.path.with_name(f".{head_file.path.name}.{os.getpid()}")
    in_the_way.mkdir()
    opened.append([build.signoff()])
    other = Ledger.open(url, clock=clock)
    assert opened.last_seq() == 2
    assert opened.head_fault is not None
    assert "cannot be written" in opened.head_fault
    assert other.counters.get("head", "export") == {"fault": opened.head_fault, "seq": 1}
    in_the_way.rmdir()
    opened.append([build.latched()])
    assert opened.head_fault is None
    head = head_file.read()
    assert head is not None
    assert head.seq == 3
    other.close()


def test_a_head_left_behind_by_a_crash_follows_at_the_next_start(
    opened: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """Death between commit and export is made good by whoever opens the ledger next."""
    dying = Ledger.open(url, clock=clock, head=DiesBeforeExport(head_file.path, head_file.key_path))
    with pytest.raises(KeyboardInterrupt):
        dying.append([build.signoff(), build.fact()])
    dying.close()
    assert verify(opened).faults == ()
    again = reopened(opened, url, clock, head_file)
    assert again.may_only_lower is None
    head = head_file.read()
    assert head is not None
    assert head.seq == 3
    again.close()


def test_a_transition_written_past_the_ledger_is_never_signed_over(
    opened: Ledger, build: Build, raw: RawFile, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """Linked as it should be, it has no signature: nothing rises, latches are taken, and no head follows, ever."""
    forge(raw, build.signoff("person:eve"))
    with pytest.raises(Refused, match="Event 2 is a transition after the exported head"):
        opened.append([build.intent(0)])
    opened.append([build.latched(), build.lowered()])
    again = reopened(opened, url, clock, head_file)
    assert "written past the ledger" in (again.may_only_lower or "")
    head = head_file.read()
    assert head is not None
    assert head.seq == 1
    assert again.head_fault is not None
    assert any("written past the ledger" in fault for fault in verify(again).faults)
    again.restart_head(actor="person:mara", reason="event 2 is Eve's, the incident is on file")
    assert (again.may_only_lower, verify(again).faults) == (None, ())
    again.append([build.of(EventType.ATTEMPT_STARTED, attempt=2, reason="x")])
    assert again.head_fault is None
    again.close()


def test_a_crash_does_not_vouch_for_what_is_forged_after_it(
    opened: Ledger, build: Build, raw: RawFile, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """The promise that the crash left covers the events that it was signed for, and no later one."""
    dying = Ledger.open(url, clock=clock, head=DiesBeforeExport(head_file.path, head_file.key_path))
    with pytest.raises(KeyboardInterrupt):
        dying.append([build.signoff()])
    dying.close()
    forge(raw, build.signoff("person:eve"))
    again = reopened(opened, url, clock, head_file)
    assert "Event 3 is a transition after the exported head (event 1)" in (again.may_only_lower or "")
    again.close()


@pytest.mark.parametrize(
    "value", ["{}", '{"hash":"x","seq":2,"signature":"zz"}', '{"hash":"%s","seq":2,"signature":"00"}']
)
def test_a_forged_promise_covers_nothing(
    opened: Ledger, build: Build, raw: RawFile, url: str, clock: FileClock, head_file: HeadFile, value: str
) -> None:
    """Whoever can write the database has no key."""
    forge(raw, build.signoff("person:eve"))
    row_hash = raw.rows("hash")[-1][0]
    value = value.replace("%s", str(row_hash))
    raw.run(("UPDATE counters SET value = ? WHERE name = 'head' AND key = 'promise'", (value,)))
    again = reopened(opened, url, clock, head_file)
    assert "Event 2" in (again.may_only_lower or "")
    again.close()


def test_a_head_that_cannot_be_read_for_a_while_leaves_nothing_unsigned(
    opened: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """What is lowered meanwhile is promised all the same, and nobody has to acknowledge it."""
    aside = head_file.path.with_name("aside")
    head_file.path.rename(aside)
    head_file.path.mkdir()
    opened.append([build.latched(), build.lowered()])
    assert opened.head_fault is not None
    head_file.path.rmdir()
    aside.rename(head_file.path)
    again = reopened(opened, url, clock, head_file)
    assert (again.may_only_lower, again.head_fault) == (None, None)
    again.close()


class DiesBeforeExport(HeadFile):
    """The process ends between the commit and the export."""

    def export(self, seq: int, row_hash: str, at: datetime) -> None:
        raise KeyboardInterrupt


@pytest.fixture
def restored(
    opened: Ledger, build: Build, path: Path, tmp_path: Path, url: str, clock: FileClock, head_file: HeadFile
) -> Ledger:
    """A backup taken at event 1, put back after event 4 was exported."""
    opened.close()
    shutil.copy(path, tmp_path / "backup.db")
    opened.append([build.signoff(), build.intent(0), build.settled(0)])
    opened.close()
    for part in path.parent.glob("ledger.db*"):
        part.unlink()
    shutil.copy(tmp_path / "backup.db", path)
    return Ledger.open(url, clock=clock, head=head_file)


def test_a_restored_backup_may_only_lower(restored: Ledger, build: Build, head_file: HeadFile) -> None:
    """Raising types are refused with the reason, lowering and facts are taken, and the true head stays."""
    assert restored.may_only_lower is not None
    assert "ends at event 1, its exported head is event 4" in restored.may_only_lower
    raising = [
        build.intent(0),
        build.signoff(),
        build.opened("other"),
        build.of(EventType.RESUMED, reason="x"),
        build.of(EventType.ATTEMPT_STARTED, attempt=2, reason="x"),
    ]
    for draft in raising:
        with pytest.raises(Refused, match="may only lower"):
            restored.append([draft])
    restored.append([build.latched(), build.lowered(), build.fact(), build.fact(2), build.fact(3)])
    assert restored.last_seq() == 6
    head = head_file.read()
    assert head is not None
    assert head.seq == 4
    assert restored.head_fault is not None


def test_an_older_copy_does_not_clear_itself_by_growing(
    restored: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """Once it is as long as the head, another event stands at the head's place."""
    restored.append([build.latched(), *(build.fact(n) for n in range(5))])
    again = reopened(restored, url, clock, head_file)
    assert again.may_only_lower is not None
    assert "Event 4" in again.may_only_lower
    assert any("Event 4" in fault for fault in verify(again).faults)
    again.close()


def test_a_backup_restored_under_a_running_process_is_noticed(
    opened: Ledger, build: Build, path: Path, tmp_path: Path
) -> None:
    """The head is compared at every raise, not only at the start."""
    opened.close()
    shutil.copy(path, tmp_path / "backup.db")
    opened.append([build.signoff()])
    opened.close()
    for part in path.parent.glob("ledger.db*"):
        part.unlink()
    shutil.copy(tmp_path / "backup.db", path)
    assert opened.may_only_lower is None
    with pytest.raises(Refused, match="may only lower"):
        opened.append([build.intent(0)])


def test_a_person_restarts_the_head(
    restored: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """With actor and reason the ledger goes on as it is; the event tells why, and the old head is kept."""
    with pytest.raises(Refused, match="empty reason"):
        restored.restart_head(actor="person:mara", reason=" ")
    assert restored.may_only_lower is not None
    event = restored.restart_head(actor="person:mara", reason="disk lost, backup of Sunday audited")
    assert event.payload["old_head"] == "moved to head.json.replaced-1"
    assert "exported head is event 4" in str(event.payload["because"])
    assert restored.may_only_lower is None
    assert verify(restored).faults == ()
    again = reopened(restored, url, clock, head_file)
    assert again.may_only_lower is None
    again.append([build.intent(0)])
    again.close()


def test_a_head_that_disappeared_is_noticed(opened: Ledger, url: str, clock: FileClock, head_file: HeadFile) -> None:
    """Deleting the head does not make a ledger without a past."""
    head_file.path.unlink()
    again = reopened(opened, url, clock, head_file)
    assert again.may_only_lower is not None
    assert "is missing, though event 1 was exported" in again.may_only_lower
    assert any("missing" in fault for fault in verify(again).faults)
    again.close()


def test_a_forged_head_may_only_lower(
    opened: Ledger, build: Build, url: str, clock: FileClock, head_file: HeadFile, tmp_path: Path
) -> None:
    """A head by another key is no head; a latch is still recorded."""
    HeadFile(tmp_path / "eve.json", tmp_path / "eve.pem").export(1, "ab" * 32, clock.now())
    head_file.path.write_bytes((tmp_path / "eve.json").read_bytes())
    again = reopened(opened, url, clock, head_file)
    assert again.may_only_lower is not None
    assert "forged" in again.may_only_lower
    assert again.append([build.latched()])[0].seq == 2
    again.close()


def test_a_rewritten_event_below_the_head_may_only_lower(
    opened: Ledger, raw: RawFile, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """The event that the head was signed for must still be there."""
    raw.run(("UPDATE events SET hash = ? WHERE seq = 1", ("e" * 64,)))
    again = reopened(opened, url, clock, head_file)
    assert again.may_only_lower is not None
    assert "not the one that the head was signed for" in again.may_only_lower
    again.close()


def test_without_a_head_there_is_nothing_to_restart(url: str, clock: FileClock) -> None:
    """A ledger without a head works, and says so when asked for one."""
    ledger = Ledger.open(url, clock=clock)
    assert (ledger.head_fault, ledger.may_only_lower, ledger.export_head()) == (None, None, None)
    with pytest.raises(Refused, match="exports no head"):
        ledger.restart_head(actor="person:mara", reason="x")
    ledger.close()
