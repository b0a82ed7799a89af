"""Artefacts count only with an honest envelope."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.artefacts import ArtefactStore
from prr_pipeline.repository.tree import MissingFile

COMMIT = "a" * 40
CODE = "sha256:" + "c" * 64


def file_artefact(
    root: Path, name: str = "coverage", data: bytes = b"{}", commit: str = COMMIT, **changes: object
) -> Path:
    """File one artefact as CI would; ``changes`` edit its envelope (None removes a field)."""
    folder = root / commit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-data.json").write_bytes(data)
    envelope: dict[str, object] = {
        "tool": "vitest",
        "version": "3.0.0",
        "created_at": "2024-01-31T12:00:00Z",
        "sha256": hashlib.sha256(data).hexdigest(),
        "code_digest": CODE,
        "file": f"{name}-data.json",
    }
    envelope.update(changes)
    text = json.dumps({key: value for key, value in envelope.items() if value is not None})
    (folder / f"{name}.json").write_text(text)
    return folder


def test_an_artefact_is_read_with_its_envelope(tmp_path: Path) -> None:
    """Names are those of envelopes, not of the files they speak of."""
    file_artefact(tmp_path, data=b'{"lines": 1}')
    found = ArtefactStore(tmp_path).for_commit(COMMIT)
    assert found.names == ("coverage",)
    assert found.get("coverage").tool == "vitest"
    assert found.get("coverage").created_at.isoformat() == "2024-01-31T12:00:00+00:00"
    assert found.read("coverage").data == b'{"lines": 1}'
    assert ArtefactStore(tmp_path).commits() == {COMMIT}


def test_a_set_is_complete_when_each_required_artefact_carries_the_code_digest(tmp_path: Path) -> None:
    """Otherwise one sentence says what is lacking."""
    store = ArtefactStore(tmp_path)
    file_artefact(tmp_path, "coverage")
    file_artefact(tmp_path, "junit", code_digest="sha256:" + "d" * 64)
    assert store.complete(COMMIT, ["coverage"], CODE) == (True, f"Commit {COMMIT[:12]} has all 1 required artefacts.")
    assert store.complete(COMMIT, ["coverage", "junit"], CODE) == (
        False,
        f"The artefact junit of commit {COMMIT[:12]} was made from other code.",
    )
    assert store.complete(COMMIT, ["load"], CODE) == (False, f"Commit {COMMIT[:12]} lacks the artefact load.")
    assert store.complete("b" * 40, ["load"], CODE)[0] is False


BAD = [
    ("digest differs", {"sha256": "0" * 64}, "SHA-256 differs"),
    ("digest is none", {"sha256": "abc"}, "not 64 hex digits"),
    ("code digest is none", {"code_digest": "x"}, "not 64 hex digits"),
    ("no tool", {"tool": None}, "lacks a text 'tool'"),
    ("time without zone", {"created_at": "2024-01-31T12:00:00"}, "bad created_at"),
    ("file outside", {"file": "../../etc/passwd"}, "must lie beside"),
    ("file absolute", {"file": "/etc/passwd"}, "must lie beside"),
    ("version is a number", {"version": 3}, "lacks a text 'version'"),
]


@pytest.mark.parametrize(("changes", "why"), [c[1:] for c in BAD], ids=[c[0] for c in BAD])
def test_a_dishonest_envelope_makes_the_set_incomplete(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    """It is a sentence, never a pass."""
    file_artefact(tmp_path, **changes)
    store = ArtefactStore(tmp_path)
    with pytest.raises(Unreadable, match=why):
        store.for_commit(COMMIT).read("coverage")
    complete, said = store.complete(COMMIT, ["coverage"], CODE)
    assert not complete
    assert why in said


def test_links_are_refused(tmp_path: Path) -> None:
    """A linked file, envelope or commit folder is never followed."""
    outside = tmp_path / "outside"
    root = tmp_path / "root"
    elsewhere = file_artefact(outside)
    root.mkdir()
    (root / COMMIT).symlink_to(elsewhere)
    store = ArtefactStore(root)
    assert store.commits() == frozenset()
    assert not store.complete(COMMIT, ["coverage"], CODE)[0]
    folder = file_artefact(root, commit="b" * 40)
    (folder / "coverage-data.json").unlink()
    (folder / "coverage-data.json").symlink_to(elsewhere / "coverage-data.json")
    with pytest.raises(Unreadable, match="cannot be opened as a regular file"):
        store.for_commit("b" * 40).read("coverage")


def test_an_oversize_file_is_refused_without_being_read(tmp_path: Path) -> None:
    """Files have 32 MiB at most, envelopes 64 KiB."""
    folder = file_artefact(tmp_path)
    with (folder / "coverage-data.json").open("wb") as stream:
        stream.truncate(100 * 2**20)
    with pytest.raises(Unreadable, match="104,857,600 bytes"):
        ArtefactStore(tmp_path).for_commit(COMMIT).read("coverage")
    (folder / "coverage.json").write_bytes(b" " * 70_000)
    with pytest.raises(Unreadable, match="at most 65,536"):
        ArtefactStore(tmp_path).for_commit(COMMIT).get("coverage")


def test_a_store_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    """No folder means no artefacts yet."""
    store = ArtefactStore(tmp_path / "none")
    assert store.commits() == frozenset()
    assert store.for_commit(COMMIT).names == ()
    with pytest.raises(MissingFile):
        store.for_commit(COMMIT).get("coverage")


@pytest.mark.parametrize("commit", ["", "..", "HEAD", "A" * 40, "a" * 41])
def test_a_set_belongs_to_a_full_commit_id(tmp_path: Path, commit: str) -> None:
    """Nothing else becomes part of a path."""
    with pytest.raises(Unreadable, match="no commit id"):
        ArtefactStore(tmp_path).for_commit(commit)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a\0b"])
def test_a_name_of_an_artefact_is_one_safe_word(tmp_path: Path, name: str) -> None:
    """Nothing else becomes part of a path."""
    with pytest.raises(Unreadable, match="no artefact name"):
        ArtefactStore(tmp_path).for_commit(COMMIT).get(name)
