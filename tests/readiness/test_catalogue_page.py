"""The documentation of the lines is written from the catalogue and committed."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.catalogue_page import page

FILE = Path(__file__).parents[2] / "docs" / "checklist.md"


def test_the_page_is_what_the_catalogue_says() -> None:
    """A changed line without a renewed page fails here, with the command in the page itself."""
    assert FILE.read_text("utf-8") == page(load_catalogue())


def test_every_line_has_an_entry() -> None:
    """One heading per line, by number and id."""
    text = page(load_catalogue())
    for line in load_catalogue().lines:
        assert f"### {line.number} `{line.id}`\n" in text
