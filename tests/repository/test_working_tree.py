"""The working tree: tracked and new files, none ignored, no link followed."""

from __future__ import annotations

import copy
import os
from dataclasses import replace
from pathlib import Path

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository import tree as tree_module
from prr_pipeline.repository.snapshot import MissingFile, WorkingTree, open_commit, open_working_tree
from prr_pipeline.repository.tree import LARGE, blob_id_of
from tests.repository.conftest import GitMaker


def check_out(git: GitMaker, files: dict[str, str]) -> WorkingTree:
    """Commit the files and write them to the working tree."""
    git.commit(files)
    git.repository.reset(git.repository.head.target, 3)
    return open_working_tree(git.path)


def test_tracked_and_new_files_are_listed_and_ignored_ones_not(git: GitMaker) -> None:
    """As git would: deleted files are gone, ignored ones never show."""
    check_out(git, {".gitignore": "*.log\n/out/\n", "a/t.txt": "1", "gone": "x"})
    (git.path / "gone").unlink()
    (git.path / "a" / "new.txt").write_text("n")
    (git.path / "x.log").write_text("l")
    (git.path / "out").mkdir()
    (git.path / "out" / "o").write_text("o")
    tree = open_working_tree(git.path)
    assert tree.paths() == (".gitignore", "a/new.txt", "a/t.txt")
    assert (tree.commit, tree.label) == (None, "working tree")
    with pytest.raises(MissingFile, match=r"The working tree holds no file 'x\.log'"):
        tree.read("x.log")
    assert not tree.exists("gone")


def test_a_changed_file_is_read_as_it_lies_there(git: GitMaker) -> None:
    """Content and blob id are those of the disk."""
    check_out(git, {"a": "1"})
    (git.path / "a").write_text("2")
    tree = open_working_tree(git.path)
    assert tree.read("a").data == b"2"
    assert tree.blob_id("a") == blob_id_of(b"2")


def test_a_clean_working_tree_has_the_code_digest_of_its_commit(git: GitMaker) -> None:
    """Artefacts of a commit hold for a tree that equals it; large files count by their id."""
    git.commit({"a/b": "1", "s": (0o100755, "x"), "l": (0o120000, "a/b"), "prr/x": "1", "big": b"\0" * (33 * 2**20)})
    git.repository.reset(git.repository.head.target, 3)
    committed = open_commit(git.path).code_digest(["prr"])
    assert open_working_tree(git.path).code_digest(["prr"]) == committed
    (git.path / "prr" / "y").write_text("signature")
    assert open_working_tree(git.path).code_digest(["prr"]) == committed
    (git.path / "a" / "b").write_text("2")
    assert open_working_tree(git.path).code_digest(["prr"]) != committed


def test_a_link_is_refused_as_file_and_as_folder(git: GitMaker, tmp_path: Path) -> None:
    """Neither a linked file nor a file behind a linked folder is ever opened."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text("secret")
    check_out(git, {"d/f": "1", "ok": "1"})
    (git.path / "d" / "f").unlink()
    (git.path / "d").rmdir()
    (git.path / "d").symlink_to(outside)
    (git.path / "link").symlink_to(outside / "f")
    tree = open_working_tree(git.path)
    with pytest.raises(MissingFile):
        tree.read("d/f")
    for path in ("link", "d"):
        with pytest.raises(Unreadable, match="a symbolic link"):
            tree.read(path)
        with pytest.raises(Unreadable, match="a symbolic link"):
            tree.exists(path)


def test_a_folder_swapped_for_a_link_after_listing_is_refused(git: GitMaker, tmp_path: Path) -> None:
    """The check is made while opening, not before."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text("secret")
    tree = check_out(git, {"d/f": "1"})
    assert tree.paths() == ("d/f",)
    (git.path / "d" / "f").unlink()
    (git.path / "d").rmdir()
    (git.path / "d").symlink_to(outside)
    with pytest.raises(Unreadable, match="d/f cannot be opened as a regular file"):
        tree.read("d/f")


def test_a_fifo_is_refused_without_blocking(git: GitMaker) -> None:
    """A tracked name that became a FIFO does not hang the reader."""
    check_out(git, {"a": "1"})
    (git.path / "a").unlink()
    os.mkfifo(git.path / "a")
    with pytest.raises(Unreadable, match="an entry of mode"):
        open_working_tree(git.path).read("a")


def test_a_large_file_is_refused_without_being_read(git: GitMaker) -> None:
    """A sparse file of 100 MB is known by its size."""
    check_out(git, {"a": "1"})
    with (git.path / "big").open("wb") as stream:
        stream.truncate(100 * 2**20)
    with pytest.raises(Unreadable, match="big has 104,857,600 bytes"):
        open_working_tree(git.path).read("big")


def test_a_file_that_changes_between_two_reads_is_refused(git: GitMaker) -> None:
    """One view never mixes two states of a file."""
    tree = check_out(git, {"a": "1"})
    tree.read("a")
    (git.path / "a").write_text("2")
    with pytest.raises(Unreadable, match="changed while it was being judged"):
        tree.read("a")


def test_a_file_whose_size_and_date_are_put_back_is_seen_to_have_changed(git: GitMaker) -> None:
    """A file that is as it was is read once; what was read of it is not trusted beyond that."""
    tree = check_out(git, {"a": "1"})
    file = git.path / "a"
    before = file.stat()
    assert tree.read("a") is tree.read("a")
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Unreadable, match="changed while it was being judged"):
        tree.read("a")


@pytest.mark.parametrize("after", ["2" * LARGE, "2", "1" * LARGE + "2"], ids=["as large", "small", "larger"])
@pytest.mark.parametrize("before", ["1" * LARGE, "1"], ids=["large", "small before"])
def test_a_large_file_whose_id_nobody_asked_for_is_seen_to_change(git: GitMaker, before: str, after: str) -> None:
    """Its content is compared then; the id that is made later is that of what was read."""
    check_out(git, {"a": before})
    tree = open_working_tree(git.path, is_remembered=False)
    blob = tree.read("a")
    (git.path / "a").write_text(after)
    with pytest.raises(Unreadable, match="changed while it was being judged"):
        tree.read("a")
    assert blob.id == blob_id_of(before.encode())


def test_no_id_of_a_large_file_is_made_where_nothing_is_remembered(
    git: GitMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until somebody asks; then it is that of the content, each time, and the snapshot says the same."""
    check_out(git, {"a": "1" * LARGE})
    made: list[int] = []
    monkeypatch.setattr(tree_module, "blob_id_of", lambda data: made.append(len(data)) or blob_id_of(data))
    tree = open_working_tree(git.path, is_remembered=False)
    blob = tree.read("a")
    assert (blob, hash(blob), made) == (tree.read("a"), hash(tree.read("a")), [])
    assert blob.id == blob.id == tree.blob_id("a") == blob_id_of(b"1" * LARGE)
    assert made == [LARGE]
    assert open_working_tree(git.path).read("a").id == blob.id


def test_a_large_file_is_copied_and_renamed_as_any_other(git: GitMaker) -> None:
    """What takes a file takes it too; of several that were read, each keeps its id."""
    check_out(git, {"a": "1" * LARGE, "b": "2" * LARGE})
    tree = open_working_tree(git.path, is_remembered=False)
    one, other = tree.read("a"), tree.read("b")
    assert copy.deepcopy(one).data == one.data
    assert (replace(one, path="c").path, replace(one, path="c").id) == ("c", one.id)
    assert (tree.blob_id("a"), tree.blob_id("b")) == (one.id, other.id)
    (git.path / "a").write_text("3" * LARGE)
    with pytest.raises(Unreadable, match="changed while it was being judged"):
        tree.read("a")
    assert tree.blob_id("a") == one.id


def test_a_nested_repository_is_not_entered(git: GitMaker) -> None:
    """A repository inside the working tree is not part of it."""
    check_out(git, {"a": "1"})
    GitMaker(git.path / "nested").commit({"x": "1"})
    (git.path / "nested" / "x").write_text("1")
    assert open_working_tree(git.path).paths() == ("a",)


def test_reading_leaves_the_repository_untouched(git: GitMaker) -> None:
    """Listing and hashing write nothing, not even the index."""
    tree = check_out(git, {"a": "1", "b": "2"})
    (git.path / "b").write_text("3")
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in git.path.rglob("*") if p.is_file()}
    tree.paths()
    tree.code_digest([])
    tree.read("b")
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in git.path.rglob("*") if p.is_file()}


def test_a_working_tree_kept_elsewhere_is_refused(git: GitMaker, tmp_path: Path) -> None:
    """A repository cannot point the reader at another folder."""
    git.repository.config["core.worktree"] = str(tmp_path)
    with pytest.raises(Unreadable, match=r"core\.worktree"):
        open_working_tree(git.path)


def test_a_bare_repository_has_no_working_tree(bare_git: GitMaker) -> None:
    """The way out is to name a commit."""
    with pytest.raises(Unreadable, match="bare repository without a working tree"):
        open_working_tree(bare_git.path)
