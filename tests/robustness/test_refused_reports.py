"""Bombs and paths in what CI files, and commands that cannot go on: one sentence each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.profile import OVERLAY_PATH
from prr_pipeline.repository.artefacts import ArtefactStore
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.xml_tree import read_xml
from tests.commands.town import prr
from tests.robustness.hostile import LINKED, OTHER, Put, build, link
from tests.robustness.junk import BOMB


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            b"<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><testsuites>&b;</testsuites>",
            "a document type of its own",
        ),
        (b"<a>" * 200, "more than 2,000,000 elements or 100 levels"),
        (b"<testsuites>\xff</testsuites>", "is no XML"),
        (b"<testsuites>\0</testsuites>", "is no XML"),
    ],
    ids=["entities", "levels", "no UTF-8", "NUL"],
)
def test_a_bomb_in_a_report_of_ci_is_refused(text: bytes, words: str) -> None:
    """No entity is declared or expanded."""
    with pytest.raises(Unreadable, match=words):
        read_xml(Blob("artefacts/junit.xml", "", text))


def test_a_document_type_outside_is_not_loaded() -> None:
    """Its entities stand for nothing."""
    text = b"<!DOCTYPE x SYSTEM 'file:///etc/hostname'><testsuites>a&x;b</testsuites>"
    assert read_xml(Blob("artefacts/junit.xml", "", text)).text == "ab"


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd", "a/b", "a\nb", ".git", ""])
def test_an_artefact_lies_beside_its_envelope(tmp_path: Path, name: str) -> None:
    """Neither its name nor the file in its envelope leads elsewhere."""
    artefacts = ArtefactStore(tmp_path).for_commit(OTHER)
    with pytest.raises(Unreadable, match="is no artefact name"):
        artefacts.get(name)
    envelope = {"tool": "t", "version": "1", "created_at": "2026-01-31T12:00:00Z", "sha256": "0" * 64,
                "code_digest": "sha256:" + "0" * 64, "file": name or "x/y"}  # fmt: skip
    (tmp_path / OTHER).mkdir()
    (tmp_path / OTHER / "junit.json").write_text(json.dumps(envelope))
    with pytest.raises(Unreadable, match="must lie beside the envelope"):
        artefacts.read("junit")


@pytest.mark.parametrize(
    ("path", "put", "words"),
    [
        (OVERLAY_PATH, link("../outside.mdx"), f"{OVERLAY_PATH} {LINKED}"),
        (OVERLAY_PATH, b"errors: {code_pattern: '(a)\\1'}", "errors.code_pattern cannot be so: The pattern"),
        (OVERLAY_PATH, BOMB, f"{OVERLAY_PATH} cannot be read: it has more than 200,000 nodes"),
        (OVERLAY_PATH, b"\xff", f"{OVERLAY_PATH} is not UTF-8"),
    ],
    ids=["link", "pattern", "bomb", "no UTF-8"],
)
def test_a_command_that_cannot_go_on_ends_with_one_sentence(tmp_path: Path, path: str, put: Put, words: str) -> None:
    """Exit code 3, and nothing on stdout."""
    build(tmp_path, {path: put}, "commit")
    at = ("--repository", str(tmp_path / "repository"), "--profile", "matter", "--commit", "HEAD")
    said = prr("check", "createGrant", "--no-cache", *at)
    assert (said.code, said.out) == (3, "")
    assert words in said.err
    assert said.err.count("\n") == 1
