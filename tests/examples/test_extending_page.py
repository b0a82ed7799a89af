"""The page about extending shows only what is tested: excerpts of the example, and settings that load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from prr_pipeline.readiness.profile import lay_over, load_profile
from prr_pipeline.repository.tree import Blob
from prr_pipeline.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
PLUGIN = ROOT / "examples" / "plugin"
FILES = (
    PLUGIN / "own-checklist.yaml",
    PLUGIN / "pyproject.toml",
    PLUGIN / "acme_readiness" / "acme.yaml",
    PLUGIN / "acme_readiness" / "__init__.py",
)
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def holds(language: str, block: str, folder: Path) -> bool:
    """Whether what the block shows is loaded by a test, or here."""
    if any(block in file.read_text("utf-8") for file in FILES):
        return True
    if language == "toml":
        (folder / "prr.toml").write_text(f'[repository]\npath = "."\nprofile = "matter"\n{block}')
        return load_settings(folder / "prr.toml").checklist.own == (Path(FILES[0].name),)
    return lay_over(load_profile("matter"), Blob(".prr/profile.yaml", "", block.encode())).keys.own != {}


@pytest.mark.parametrize(("language", "block"), BLOCKS, ids=[block.strip().splitlines()[0] for _, block in BLOCKS])
def test_every_example_on_the_page_works(language: str, block: str, tmp_path: Path) -> None:
    """Taken from a tested file as it stands, or read as the file that it stands for."""
    assert holds(language, block, tmp_path)


def test_the_page_has_an_example_of_each_part() -> None:
    """Lines, settings, profile, what a monorepo lays over it, check, registration."""
    assert [language for language, _ in BLOCKS] == ["yaml", "toml", "yaml", "yaml", "python", "toml"]
