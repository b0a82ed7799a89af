"""One set of keys for all tests of the command line, and a fresh town for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.signatures.ssh import generate_key
from tests.commands.town import PEOPLE, Town, build


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key pair per person, and one of ``mallory``, who is in no roster."""
    folder = tmp_path_factory.mktemp("keys")
    for name in (*PEOPLE, "mallory"):
        generate_key(folder / name, name)
    return folder


@pytest.fixture
def town(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A deployment; the tests stand in an empty folder beside it."""
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return build(tmp_path / "town", keys)
