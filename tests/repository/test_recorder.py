"""The read-set is what was read, and tells whether judging again would read the same."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.snapshot import MissingFile, ReadSet, Recorder, open_commit, unchanged
from prr_pipeline.repository.tree import blob_id_of
from tests.repository.conftest import LINK, GitMaker


def test_every_way_of_reading_is_recorded(git: GitMaker) -> None:
    """Reads, absences, refusals, globs and code digests all take part."""
    git.commit({"a": "1", "b": "2", "l": (LINK, "a")})
    recorder = Recorder(open_commit(git.path))
    assert recorder.read("a").data == b"1"
    assert recorder.exists("b")
    with pytest.raises(MissingFile):
        recorder.read("c")
    with pytest.raises(PrrError):
        recorder.read("l")
    recorder.paths("*.ts")
    recorder.code_digest(["prr"])
    assert recorder.reads == {"a": blob_id_of(b"1"), "b": blob_id_of(b"2"), "c": "absent", "l": "refused"}
    assert list(recorder.globs) == ["*.ts"]
    assert list(recorder.code) == ["prr"]


CHANGES = [
    ("same", {"a": "1", "b": "2"}, True),
    ("another file", {"a": "1", "b": "2", "z.md": "new"}, True),
    ("unread file", {"a": "1", "b": "3"}, True),
    ("read file", {"a": "9", "b": "2"}, False),
    ("read file gone", {"b": "2"}, False),
    ("absent file appears", {"a": "1", "b": "2", "c": "1"}, False),
    ("glob gains a path", {"a": "1", "b": "2", "x.ts": ""}, False),
    ("refused instead", {"a": (LINK, "b"), "b": "2"}, False),
]


@pytest.mark.parametrize(("files", "same"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_only_what_was_read_makes_a_difference(git: GitMaker, files: dict[str, object], same: bool) -> None:
    """The read-set is the cache key: unrelated commits keep it."""
    git.commit({"a": "1", "b": "2"})
    recorder = Recorder(open_commit(git.path))
    recorder.read("a")
    recorder.exists("c")
    recorder.paths("*.ts")
    git.commit(files)
    assert unchanged(recorder.read_set, open_commit(git.path)) is same


def test_a_code_digest_in_the_read_set_covers_the_tree(git: GitMaker) -> None:
    """Whoever asked for the code digest depends on all code."""
    git.commit({"a": "1", "prr/x": "1"})
    recorder = Recorder(open_commit(git.path))
    recorder.code_digest(["prr"])
    git.commit({"a": "1", "prr/x": "2"})
    assert unchanged(recorder.read_set, open_commit(git.path))
    git.commit({"a": "2", "prr/x": "2"})
    assert not unchanged(recorder.read_set, open_commit(git.path))


def test_a_read_set_survives_being_written_down(git: GitMaker) -> None:
    """Plain form and back give the same digest."""
    git.commit({"a": "1"})
    recorder = Recorder(open_commit(git.path))
    recorder.read("a")
    recorder.paths("**")
    again = ReadSet.from_plain(recorder.read_set.as_plain())
    assert again.digest == recorder.read_set_digest
    assert again.digest != ReadSet().digest
