"""Read-sets: everything read is noted, shared parts once, and any change shows."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.reads import NOTHING, NotedSnapshot, Reads, Tracker, Unchanged
from prr_pipeline.readiness.sources import Sources
from tests.readiness.fakes import FakeSnapshot, profile

FILES = {"a.md": "a", "b.md": "b", "docs/c.md": "c"}


def unchanged(tracker: Tracker, files: dict[str, str]) -> Unchanged:
    """Compares against another state of the files."""
    return Unchanged(NotedSnapshot(FakeSnapshot(files), Tracker()).mark, tracker.known.get)


def test_what_is_read_is_noted_in_the_innermost_frame() -> None:
    """Whatever the way of reading: content, existence, listing."""
    tracker = Tracker()
    snapshot = NotedSnapshot(FakeSnapshot(FILES), tracker)
    with tracker.frame() as outer:
        snapshot.read("a.md")
        with tracker.frame() as inner:
            snapshot.exists("none.md")
            snapshot.paths("*.md")
    assert [(kind, key) for kind, key, _ in outer.reads.marks] == [("blob", "a.md")]
    assert [(kind, key) for kind, key, _ in inner.reads.marks] == [("exists", "none.md"), ("paths", "*.md")]


CHANGES = {
    "content": {**FILES, "a.md": "other"},
    "gone": {"b.md": "b"},
    "appeared": {**FILES, "none.md": ""},
    "listed": {**FILES, "d.md": "d"},
}


@pytest.mark.parametrize("files", CHANGES.values(), ids=CHANGES)
def test_any_change_of_what_was_read_shows(files: dict[str, str]) -> None:
    """Content, absence, presence and listing."""
    tracker = Tracker()
    snapshot = NotedSnapshot(FakeSnapshot(FILES), tracker)
    with tracker.frame() as frame:
        snapshot.read("a.md")
        snapshot.exists("none.md")
        snapshot.paths("*.md")
    assert unchanged(tracker, FILES).holds(frame.reads.digest)
    assert not unchanged(tracker, files).holds(frame.reads.digest)


def test_a_change_elsewhere_does_not() -> None:
    """What was not read does not matter."""
    tracker = Tracker()
    with tracker.frame() as frame:
        NotedSnapshot(FakeSnapshot(FILES), tracker).read("a.md")
    assert unchanged(tracker, {**FILES, "b.md": "other"}).holds(frame.reads.digest)


def test_a_part_that_is_used_again_counts_for_each_user() -> None:
    """The second user reads nothing itself, and rests on the same files."""
    sources = Sources(FakeSnapshot(FILES), profile())
    users = []
    for _ in range(2):
        with sources.tracker.frame() as frame:
            sources.once("part", "x", lambda: sources.blob("a.md").data)
        users.append(frame.reads)
    assert users[0] == users[1]
    assert not unchanged(sources.tracker, CHANGES["content"]).holds(users[1].digest)


def test_parts_of_parts_are_compared() -> None:
    """However deep the change lies."""
    sources = Sources(FakeSnapshot(FILES), profile())

    def outer() -> bytes:
        sources.exists("b.md")
        return sources.once("inner", "x", lambda: sources.blob("a.md").data)

    with sources.tracker.frame() as frame:
        sources.blob("docs/c.md")
        sources.once("outer", "x", outer)
    assert unchanged(sources.tracker, FILES).holds(frame.reads.digest)
    assert not unchanged(sources.tracker, CHANGES["content"]).holds(frame.reads.digest)


def test_a_fault_is_noted_like_a_value() -> None:
    """A file that was missing may be there tomorrow."""
    sources = Sources(FakeSnapshot(FILES), profile())
    with sources.tracker.frame() as frame, pytest.raises(Exception, match="holds no file"):
        sources.document("none.md")
    assert not unchanged(sources.tracker, CHANGES["appeared"]).holds(frame.reads.digest)


def test_a_fault_of_any_kind_rests_on_what_was_read() -> None:
    """A check that fails on a file is asked again when the file has changed."""
    sources = Sources(FakeSnapshot(FILES), profile())

    def stumble() -> None:
        sources.blob("a.md")
        raise RecursionError

    with sources.tracker.frame() as frame, pytest.raises(RecursionError):
        sources.once("part", "x", stumble)
    assert unchanged(sources.tracker, FILES).holds(frame.reads.digest)
    assert not unchanged(sources.tracker, CHANGES["content"]).holds(frame.reads.digest)


def test_what_nobody_can_tell_counts_as_changed() -> None:
    """A read-set that is lost, and a kind of read that is not known."""
    assert not Unchanged(lambda kind, key: None, lambda digest: None).holds("sha256:lost")
    strange = Reads.of({("weather", "today"): "rain"}, ())
    assert not Unchanged(lambda kind, key: None, {strange.digest: strange}.get).holds(strange.digest)


def test_reading_nothing_is_never_changed() -> None:
    """A verdict that rests on nothing holds."""
    assert Unchanged(lambda kind, key: None, {NOTHING.digest: NOTHING}.get).holds(NOTHING.digest)
