"""A commit is read from git objects alone, and what is no regular file is refused."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pygit2
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.snapshot import BLOB_CAP, CommitSnapshot, MissingFile, open_commit
from prr_pipeline.repository.tree import blob_id_of
from tests.repository.conftest import LINK, SUBMODULE, GitMaker


def test_a_file_is_read_with_its_blob_id(git: GitMaker) -> None:
    """Content and id are those of the commit, whatever the working tree holds."""
    commit = git.commit({"a/b.txt": "hi\n"})
    snapshot = open_commit(git.path)
    blob = snapshot.read("a/b.txt")
    assert (blob.data, blob.id, blob.path) == (b"hi\n", blob_id_of(b"hi\n"), "a/b.txt")
    assert (snapshot.commit, snapshot.label) == (commit, f"commit {commit[:12]}")
    assert not (git.path / "a").exists()


def test_a_bare_repository_will_do(bare_git: GitMaker) -> None:
    """No working tree is needed."""
    bare_git.commit({"a": "x", "b/c": "y"})
    assert open_commit(bare_git.path, "main").paths() == ("a", "b/c")


def test_an_old_commit_shows_its_own_tree(git: GitMaker) -> None:
    """A ref may be an id, short or full."""
    old = git.commit({"a": "1"})
    git.commit({"a": "2"})
    assert open_commit(git.path, old[:10]).read("a").data == b"1"
    assert open_commit(git.path).read("a").data == b"2"


def test_paths_are_sorted_and_filtered(git: GitMaker) -> None:
    """The glob decides; folders are not listed."""
    git.commit({"b.ts": "", "a/c.ts": "", "a/d.md": "", "a-b.ts": ""})
    assert open_commit(git.path).paths("**/*.ts") == ("a-b.ts", "a/c.ts", "b.ts")


def test_what_is_absent_is_missing(git: GitMaker) -> None:
    """Absent files, and folders asked for as files, differ from refused ones."""
    git.commit({"a/b": "x"})
    snapshot = open_commit(git.path)
    with pytest.raises(MissingFile, match="holds no file 'zz'"):
        snapshot.read("zz")
    with pytest.raises(MissingFile):
        snapshot.read("a/b/c")
    with pytest.raises(Unreadable, match="a folder"):
        snapshot.read("a")
    assert not snapshot.exists("zz")
    assert not snapshot.exists("a")
    assert snapshot.exists("a/b")
    assert snapshot.blob_id("zz") is None


@pytest.mark.parametrize(("mode", "what"), [(LINK, "a symbolic link"), (SUBMODULE, "a submodule")])
def test_links_and_submodules_are_listed_but_never_read(git: GitMaker, mode: int, what: str) -> None:
    """An entry that points elsewhere is refused in one sentence, as a file and as a folder."""
    inner = git.commit({"x": "1"}, ref="refs/heads/other", parents=[])
    target = pygit2.Oid(hex=inner) if mode == SUBMODULE else "/etc/passwd"
    git.commit({"e": (mode, target), "f": "ok"})
    snapshot = open_commit(git.path)
    assert snapshot.paths() == ("e", "f")
    assert snapshot.blob_id("e") is None
    for read in (lambda: snapshot.read("e"), lambda: snapshot.exists("e"), lambda: snapshot.read("e/x")):
        with pytest.raises(Unreadable, match=f"e(/x)? is {what}"):
            read()


def test_hostile_names_in_a_tree_are_never_read(git: GitMaker) -> None:
    """Entries called '..', '.git' or with a backslash are listed at most."""
    blob = git.blob("x")
    inner = git.raw_tree((b"100644", b"evil", blob))
    root = git.raw_tree((b"40000", b"..", inner), (b"40000", b".git", inner), (b"100644", b"a\\b\xff", blob))
    git.commit_tree(str(root))
    snapshot = open_commit(git.path)
    for path in (*snapshot.paths(), "../evil", ".git/evil"):
        with pytest.raises(Unreadable):
            snapshot.read(path)


def test_a_file_above_the_cap_is_refused_by_its_header(git: GitMaker) -> None:
    """100 MB of zeros are refused at once, without being unpacked."""
    git.commit({"big": b"\0" * (100 * 2**20), "fits": b"x"})
    snapshot = open_commit(git.path)
    started = time.perf_counter()
    with pytest.raises(Unreadable, match=f"big has 104,857,600 bytes; at most {BLOB_CAP:,} are read"):
        snapshot.read("big")
    assert time.perf_counter() - started < 0.05


def test_a_tree_bomb_is_refused(git: GitMaker) -> None:
    """Ten levels of ten equal folders would be ten thousand million files."""
    oid = git.raw_tree(*((b"100644", b"%d" % i, git.blob("x")) for i in range(10)))
    for _ in range(9):
        oid = git.raw_tree(*((b"40000", b"%d" % i, oid) for i in range(10)))
    git.commit_tree(str(oid))
    with pytest.raises(Unreadable, match="more than 500,000 entries"):
        open_commit(git.path).paths()


def test_a_repository_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    """A missing or plain folder is named, with the way out."""
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Unreadable, match="is not a git repository; give the folder"):
            open_commit(path)


def test_an_empty_repository_is_one_sentence(git: GitMaker) -> None:
    """No commit yet is not an unknown ref."""
    with pytest.raises(Unreadable, match="has no commit yet; commit something first"):
        open_commit(git.path)


@pytest.mark.parametrize("ref", ["nope", "", "-x", ":/re", "HEAD^{/x+}", "main:a", "HEAD~99", "a\0b", "ä ö", "0" * 40])
def test_an_unknown_ref_is_one_sentence(git: GitMaker, ref: str) -> None:
    """Only plain names of commits are taken."""
    git.commit({"a": "x"})
    with pytest.raises(Unreadable, match=r"has no commit|is not a ref"):
        open_commit(git.path, ref)


def test_a_folder_inside_a_repository_is_not_the_repository(git: GitMaker) -> None:
    """Nothing searches upwards, so an outer repository is never judged by mistake."""
    git.commit({"a/b": "x"})
    (git.path / "a").mkdir()
    with pytest.raises(Unreadable, match="is not a git repository"):
        open_commit(git.path / "a")


def test_the_code_digest_leaves_out_the_excluded_folders(git: GitMaker) -> None:
    """Filing below the excluded prefix changes nothing; any other change, of mode too, does."""
    base = {"src/a": "1", "prr/x": "1", "prrx": "1"}
    digests = []
    for files in (
        base,
        {**base, "prr/y": "new", "prr/x": "2"},
        {**base, "prrx": "2"},
        {**base, "src/a": (0o100755, "1")},
        {"src/b": "1", "prr/x": "1", "prrx": "1"},
    ):
        git.commit(files)
        digests.append(open_commit(git.path).code_digest(["prr/"]))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4
    assert digests[0].startswith("sha256:")


def test_a_shallow_clone_is_read(git: GitMaker, tmp_path: Path) -> None:
    """Depth one holds the whole tree of its commit."""
    git.commit({"a": "1"})
    git.commit({"a": "2"})
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", "--branch", "main", f"file://{git.path}", str(clone)], check=True
    )
    assert open_commit(clone).read("a").data == b"2"


def test_a_lost_object_is_one_sentence(git: GitMaker) -> None:
    """A partial or damaged repository says so."""
    git.commit({"d/a": "1"})
    lost = git.blob("1")
    (git.path / ".git" / "objects" / str(lost)[:2] / str(lost)[2:]).unlink()
    with pytest.raises(Unreadable, match="lacks the object of d/a"):
        open_commit(git.path).read("d/a")


def test_views_of_one_tree_list_it_once(git: GitMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one of them is there; a view of another tree lists its own."""
    first = git.commit({"a": "1"})
    second = git.commit({"b": "2"})
    listed: list[str | None] = []
    usual = CommitSnapshot._list
    monkeypatch.setattr(CommitSnapshot, "_list", lambda self: listed.append(self.commit) or usual(self))
    one, same, other = (open_commit(git.path, str(commit)) for commit in (first, first, second))
    assert one.paths() == same.paths() == ("a",)
    assert other.paths() != one.paths()
    assert listed == [one.commit, other.commit]
