"""The documentation of the lines is written from the catalogue and committed."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.catalogue_page import page
from prr_pipeline.readiness.line_page import EXAMPLES, line_pages, read_examples

FILE = Path(__file__).parents[2] / "docs" / "checklist.md"
LINES = FILE.parent / "lines"


def test_the_page_is_what_the_catalogue_says() -> None:
    """A changed line without a renewed page fails here, with the command in the page itself."""
    assert FILE.read_text("utf-8") == page(load_catalogue())


def test_every_line_has_an_entry() -> None:
    """One heading per line, by number and id."""
    text = page(load_catalogue())
    for line in load_catalogue().lines:
        assert f"### {line.number} [`{line.id}`](lines/{line.id}.md)\n" in text


def test_every_line_has_a_page_that_is_what_the_catalogue_says() -> None:
    """Wording, reason, evidence, judgement, outcomes and the way out; nothing else lies in the folder."""
    catalogue = load_catalogue()
    pages = line_pages(catalogue, read_examples(LINES / EXAMPLES))
    assert {path.name: path.read_text("utf-8") for path in LINES.glob("*.md")} == pages
    assert len(pages) == len(catalogue.lines) == 124
    for line in catalogue.lines:
        assert all(part in pages[f"{line.id}.md"] for part in (line.line, line.why, line.evidence, line.if_unmet))


def test_an_example_stands_under_its_outcome() -> None:
    """What was recorded of the sample, and when."""
    line = load_catalogue().line("M10")
    text = line_pages(Catalogue((line,)), {line.id: {"unmet": {"when": "the handler grows", "message": "It is long."}}})
    assert "- **unmet**: something was seen that does not hold" in text[f"{line.id}.md"]
    assert "  For example, the handler grows: “It is long.”\n" in text[f"{line.id}.md"]
