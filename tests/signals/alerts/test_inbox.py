"""The alert inbox: messages in any order, bad files, and the heartbeat."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.alerts import answer_for
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.signals.alerts import folder as folder_module
from prr_pipeline.signals.alerts.folder import HEARTBEAT
from prr_pipeline.signals.alerts.inbox import Inbox, beat, drop, from_options
from prr_pipeline.signals.alerts.source import alert_source
from prr_pipeline.subjects import Subject
from tests.contracts.alert_source import NOW, AlertSourceContract
from tests.signals.alerts.messages import BAD, alert, message

LIMIT = timedelta(seconds=30)
CREATE_GRANT = Subject.parse("createGrant")


def fired(fingerprint: str = "f1", **changes: object) -> bytes:
    """A message: a critical alert of createGrant fires."""
    return message(alert(fingerprint=fingerprint, **changes))


def resolved(fingerprint: str = "f1", ends_at: str = "2026-03-02T11:01:00Z") -> bytes:
    """A message: that alert ended."""
    return message(alert(fingerprint=fingerprint, status="resolved", endsAt=ends_at), status="resolved")


def real_now() -> datetime:
    """The machine's clock, which also stamps files."""
    return datetime.now(UTC)


def age(path: Path, by: timedelta) -> None:
    """Make a file that much older; negative puts it into the future."""
    at = (real_now() - by).timestamp()
    os.utime(path, (at, at), follow_symlinks=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An inbox whose feed is alive."""
    beat(tmp_path / "alerts")
    return tmp_path / "alerts"


def value_of(folder: Path) -> str:
    """What the inbox says of createGrant."""
    reading = Inbox(folder, LIMIT, real_now).read(NOW)
    return answer_for([reading], CREATE_GRANT, "grants", KnownNames(), now=NOW, max_age=LIMIT).value


class TestContract(AlertSourceContract):
    """The inbox keeps the rules of every alert source."""

    @pytest.fixture(autouse=True)
    def _world(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "alerts"
        self.inbox = Inbox(self.folder, LIMIT, real_now)

    def source(self) -> Inbox:
        return self.inbox

    def come_alive(self) -> None:
        beat(self.folder)

    def fire(self, fingerprint: str, operation: str, severity: str) -> None:
        drop(self.folder, fired(fingerprint, labels={"operation_id": operation, "severity": severity}))

    def resolve(self, fingerprint: str, operation: str, severity: str) -> None:
        drop(self.folder, resolved(fingerprint))

    def break_answer(self) -> None:
        drop(self.folder, b'{"version": "4", "al')


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
@pytest.mark.parametrize("old", [False, True], ids=["new", "settled"])
def test_a_bad_file_is_unknown_and_hides_no_firing_alert(folder: Path, data: bytes, old: bool) -> None:
    """Each bad file gives unknown, names itself, and leaves a critical alert in another file firing."""
    path = drop(folder, data, "bad.json")
    if old:
        age(path, timedelta(minutes=1))
    reading = Inbox(folder, LIMIT, real_now).read(NOW)
    assert not reading.complete
    assert "'bad.json'" in reading.why
    assert value_of(folder) == "unknown"
    drop(folder, fired())
    assert value_of(folder) == "firing"


def _symlink(folder: Path) -> None:
    drop(folder.parent / "elsewhere", resolved(), "real.json")
    (folder / "odd.json").symlink_to(folder.parent / "elsewhere" / "real.json")


ODD: dict[str, Callable[[Path], object]] = {
    "symbolic link": _symlink,
    "dangling link": lambda folder: (folder / "odd.json").symlink_to(folder / "nowhere"),
    "directory": lambda folder: (folder / "odd.json").mkdir(),
    "pipe": lambda folder: os.mkfifo(folder / "odd.json"),
    "foreign name": lambda folder: (folder / "odd.txt").write_bytes(fired()),
    "upper-case ending": lambda folder: (folder / "odd.JSON").write_bytes(fired()),
    "truncated by the sender": lambda folder: drop(
        folder, message(alert(status="resolved", endsAt="2026-03-02T12:00:00Z"), truncatedAlerts=1), "odd.json"
    ),
    "one alert of two is bad": lambda folder: drop(
        folder, message(alert(status="resolved", endsAt="2026-03-02T12:00:00Z"), None), "odd.json"
    ),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_odd_files_are_unknown_by_name(folder: Path, make: Callable[[Path], object]) -> None:
    """Links, devices, strange names and partial messages are not followed, opened or ignored: the reading says so."""
    make(folder)
    reading = Inbox(folder, LIMIT, real_now).read(NOW)
    assert not reading.complete
    assert "'odd." in reading.why
    drop(folder, fired("other"))
    assert value_of(folder) == "firing"


def test_a_link_or_pipe_swapped_in_after_the_listing_is_not_opened(folder: Path) -> None:
    """Opening neither follows a link nor waits for a pipe's writer."""
    real = drop(folder, fired(), "real.json")
    (folder / "link.json").symlink_to(real)
    os.mkfifo(folder / "pipe.json")
    assert "cannot be opened" in str(folder_module.read_message(folder / "link.json", "inbox"))
    assert folder_module.read_message(folder / "pipe.json", "inbox") == "It is not a regular file."


def test_hidden_files_are_being_written(folder: Path) -> None:
    """A name with a leading dot is a temporary one and is not looked at."""
    (folder / ".half").write_bytes(b"{")
    assert value_of(folder) == "clear"


def test_names_from_outside_are_escaped(folder: Path) -> None:
    """A file name cannot break the sentence into lines or colour a terminal."""
    (folder / "a\n\x1b[31m.json").write_bytes(b"{")
    assert Inbox(folder, LIMIT, real_now).read(NOW).why.isprintable()


@pytest.mark.parametrize(
    ("older", "complete"),
    [
        (timedelta(seconds=20), True),
        (timedelta(seconds=40), False),
        (timedelta(seconds=-2), True),
        (timedelta(seconds=-60), False),
        (timedelta(days=10_000), False),
    ],
    ids=["young", "old", "a little ahead", "in the future", "ancient"],
)
def test_the_heartbeat_must_be_recent(folder: Path, older: timedelta, complete: bool) -> None:
    """Silence beyond the limit, and a time in the future, make the reading incomplete."""
    age(folder / HEARTBEAT, older)
    reading = Inbox(folder, LIMIT, real_now).read(NOW)
    assert reading.complete is complete
    assert reading.why.startswith("the alert feed is" if complete or older > timedelta(0) else "the heartbeat")


def test_a_missing_heartbeat_and_a_missing_folder_are_unknown(tmp_path: Path) -> None:
    """A feed that was never set up says nothing."""
    absent = Inbox(tmp_path / "absent", LIMIT, real_now).read(NOW)
    assert (absent.complete, absent.episodes) == (False, ())
    assert "cannot be read" in absent.why
    (tmp_path / "mute").mkdir()
    assert "never gave a sign of life" in Inbox(tmp_path / "mute", LIMIT, real_now).read(NOW).why


def test_a_heartbeat_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """A link to a file that somebody else touches is no sign of life."""
    (tmp_path / HEARTBEAT).symlink_to("/proc/self/stat")
    assert "not a regular file" in Inbox(tmp_path, LIMIT, real_now).read(NOW).why


def test_a_folder_that_is_a_file_is_unknown(tmp_path: Path) -> None:
    """The path may point at anything; nothing is raised."""
    (tmp_path / "alerts").write_text("x")
    assert not Inbox(tmp_path / "alerts", LIMIT, real_now).read(NOW).complete


def test_an_alert_that_fires_again_with_the_same_start_fires(folder: Path) -> None:
    """Alertmanager calls it resolved when it stops hearing from Prometheus; back again, it tells of the same start."""
    for minutes, text in ((30, fired()), (20, resolved()), (10, fired())):
        age(drop(folder, text), timedelta(minutes=minutes))
        value = value_of(folder)
    assert value == "firing"
    age(drop(folder, resolved(ends_at="2026-03-02T11:30:00Z")), timedelta(minutes=5))
    assert value_of(folder) == "clear"


@pytest.mark.parametrize("seed", range(10))
def test_duplicates_change_nothing(tmp_path: Path, seed: int) -> None:
    """Each message comes twice, in the order of sending, and files are listed in any order."""
    texts = [fired("a"), fired("b"), resolved("c"), resolved("a"), resolved("c", "2026-03-02T11:05:00Z")]
    beat(tmp_path)
    names = [f"{number}.json" for number in range(2 * len(texts))]
    random.Random(seed).shuffle(names)
    for number, name in enumerate(names):
        age(drop(tmp_path, texts[number // 2], name), timedelta(minutes=60 - number))
    episodes = Inbox(tmp_path, LIMIT, real_now).read(NOW).episodes
    assert [(e.fingerprint, e.firing) for e in episodes] == [("a", False), ("b", True), ("c", False)]
    assert [e.ends_at for e in episodes] == [
        datetime(2026, 3, 2, 11, 1, tzinfo=UTC),
        None,
        datetime(2026, 3, 2, 11, 5, tzinfo=UTC),
    ]


def test_messages_that_are_dropped_one_after_another_keep_their_order(folder: Path) -> None:
    """Also within one tick of the file system's clock."""
    for number in range(40):
        drop(folder, fired())
        drop(folder, resolved(ends_at=f"2026-03-02T12:00:{number:02}Z"))
        assert value_of(folder) == "clear"
        for path in folder.glob("*.json"):
            path.unlink()


def test_a_message_from_the_future_is_unknown(folder: Path) -> None:
    """Its place among the others is not known; a firing alert in it counts all the same."""
    age(drop(folder, resolved(), "ahead.json"), timedelta(hours=-1))
    reading = Inbox(folder, LIMIT, real_now).read(NOW)
    assert not reading.complete
    assert "'ahead.json' lies 35" in reading.why
    age(drop(folder, fired("other")), timedelta(hours=-1))
    assert value_of(folder) == "firing"


def test_firing_again_is_a_new_episode(folder: Path) -> None:
    """The end of the first does not end the second, which has another start."""
    drop(folder, fired())
    drop(folder, resolved())
    drop(folder, fired(startsAt="2026-03-02T11:30:00Z"))
    episodes = Inbox(folder, LIMIT, real_now).read(NOW).episodes
    assert [e.firing for e in episodes] == [False, True]


def test_the_same_inbox_sees_changes(folder: Path) -> None:
    """Files that are new, rewritten or removed are seen at the next reading, remembered ones or not."""
    inbox = Inbox(folder, LIMIT, real_now)
    path = drop(folder, b"{", "one.json")
    age(path, timedelta(minutes=1))
    assert not inbox.read(NOW).complete
    age(drop(folder, fired(), "one.json"), timedelta(minutes=1))
    assert [e.firing for e in inbox.read(NOW).episodes] == [True]
    path.unlink()
    reading = inbox.read(NOW)
    assert (reading.complete, reading.episodes) == (True, ())


def test_a_file_rewritten_in_place_is_seen(folder: Path) -> None:
    """Same name, size, time and inode: only a file too young to be remembered can change like that unseen."""
    inbox = Inbox(folder, LIMIT, real_now)
    path = drop(folder, fired("aaa"), "one.json")
    stamp = path.stat().st_mtime_ns
    assert inbox.read(NOW).episodes[0].fingerprint == "aaa"
    path.write_bytes(fired("bbb"))
    os.utime(path, ns=(stamp, stamp))
    assert inbox.read(NOW).episodes[0].fingerprint == "bbb"


def test_settled_files_are_parsed_once(folder: Path) -> None:
    """A settled file that becomes unreadable in place, unseen by its listing, is served from memory."""
    inbox = Inbox(folder, LIMIT, real_now)
    path = drop(folder, fired(), "one.json")
    age(path, timedelta(minutes=1))
    stamp = path.stat().st_mtime_ns
    assert len(inbox.read(NOW).episodes) == 1
    path.write_bytes(b"x" * path.stat().st_size)
    os.utime(path, ns=(stamp, stamp))
    assert len(inbox.read(NOW).episodes) == 1
    assert Inbox(folder, LIMIT, real_now).read(NOW).episodes == ()


@pytest.fixture
def writer(folder: Path) -> Iterator[threading.Thread]:
    """A feed that drops messages while others read."""
    thread = threading.Thread(target=lambda: [drop(folder, fired(f"f{n}")) for n in range(60)])
    thread.start()
    yield thread
    thread.join()


def test_a_reader_never_sees_half_a_message(folder: Path, writer: threading.Thread) -> None:
    """While messages are dropped, every reading is whole."""
    inbox = Inbox(folder, LIMIT, real_now)
    looks = 0
    while writer.is_alive() or not looks:
        reading = inbox.read(NOW)
        looks += 1
        assert reading.complete, reading.why
    assert len(inbox.read(NOW).episodes) == 60


def test_too_many_files_are_partial_but_the_newest_count(folder: Path) -> None:
    """Beyond the limit the reading is incomplete; newest files are read first."""
    listing = [folder_module.Entry(f"{n}.json", 0o100644, -n, 100, n) for n in range(folder_module.MAX_FILES + 5)]
    files, doubts = folder_module.messages(listing)
    assert len(files) == folder_module.MAX_FILES
    assert files[0].name == "0.json"
    assert len(doubts) == 1


def test_drop_refuses_names_that_leave_the_folder(folder: Path) -> None:
    """A name is one visible segment that ends in .json."""
    for name in ("../x.json", "a/b.json", ".x.json", "x.txt", "/x.json"):
        with pytest.raises(PrrError, match="is no name for an alert message"):
            drop(folder, fired(), name)
    assert value_of(folder) == "clear"


def test_options_have_defaults_and_limits(tmp_path: Path) -> None:
    """The folder counts from the root; nonsense is refused in a sentence."""
    assert from_options({}, tmp_path).folder == tmp_path / "alerts"
    assert from_options({"folder": "in"}, tmp_path).folder == tmp_path / "in"
    for bad in (0, -1, True, "5", 1.5, 10**9):
        with pytest.raises(PrrError, match="heartbeat_limit_seconds"):
            from_options({"heartbeat_limit_seconds": bad}, tmp_path)
    with pytest.raises(PrrError, match="option folder"):
        from_options({"folder": ""}, tmp_path)
    with pytest.raises(UnknownName, match="Valid: folder, heartbeat_limit_seconds"):
        from_options({"foldr": "x"}, tmp_path)


def test_the_inbox_is_found_by_its_name(tmp_path: Path) -> None:
    """The registry knows the inbox and lists the valid names for any other."""
    beat(tmp_path / "alerts")
    assert alert_source("inbox", {}, tmp_path).read(NOW).complete
    with pytest.raises(UnknownName, match=r"Unknown alert source 'imbox'\. Valid: .*inbox"):
        alert_source("imbox", {}, tmp_path)
