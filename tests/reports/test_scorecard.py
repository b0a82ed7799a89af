"""The scorecard is one page that needs nothing but itself, holds everything, and lets no text act."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html.parser import HTMLParser

import pytest

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.model import Outcome, Report
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.scorecard import Scorecard
from prr_pipeline.subjects import Subject, SubjectKind
from tests.reports.made import EVERY, EVERY_LINE, HOSTILE, JUSTIFIED, VOID, result, written

NOT_READY = Checked(EVERY_LINE, ("a.json does not count: " + HOSTILE,))
READY = Checked(Report(Subject(SubjectKind.OPERATION, "readyOne"), None, "matter", (result("met", Outcome.MET),)), ())
VOID_TAGS = {"meta", "br", "img", "link", "input"}


class Page(HTMLParser):
    """What a browser would make of the page: tags with attributes, texts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


def page(*reports: Checked, pages: LinePages | None = None) -> Page:
    """The page of these reports, whose tags must nest."""
    found = Page(written(partial(Scorecard, catalogue=EVERY, pages=pages or LinePages()), *reports))
    assert found.open == []
    return found


BOTH = [(NOT_READY,), (NOT_READY, READY)]


@pytest.mark.parametrize("reports", [(), *BOTH, (READY,)], ids=["none", "one", "many", "ready"])
def test_the_page_loads_nothing_and_runs_nothing(reports: tuple[Checked, ...]) -> None:
    """No script, picture, frame, form or style sheet from elsewhere; and a policy that would forbid them."""
    found = page(*reports)
    assert not found.names() & {"script", "img", "iframe", "link", "object", "embed", "form", "svg"}
    for _, attributes in found.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "style")}
        assert (attributes.get("href") or "#").startswith("#")
    policies = [a["content"] for _, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


@pytest.mark.parametrize("reports", BOTH, ids=["one", "many"])
def test_the_page_is_built_for_everybody(reports: tuple[Checked, ...]) -> None:
    """A language, a title, one first heading, a caption and column heads for each table, light and dark."""
    found = page(*reports)
    tags = [tag for tag, _ in found.tags]
    assert ("html", {"lang": "en"}) in found.tags
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert tags.count("caption") == tags.count("table") == tags.count("thead") > 1
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in found.tags if tag == "th")
    assert "prefers-color-scheme:dark" in found.text


@pytest.mark.parametrize("reports", BOTH, ids=["one", "many"])
def test_every_line_is_there_with_all_that_is_known(reports: tuple[Checked, ...]) -> None:
    """Outcome in words, finding, places, values, way out; overlays beside the outcome, never in its place."""
    text = page(*reports).text
    for line in EVERY.lines:
        assert line.id in text
    for words in (
        "✗ unmet justified", "✗ unmet justification void", "✓ met attested", "attested, not checked", "not counted",
        JUSTIFIED, VOID, "src/void.ts:4 const x = 1", "Way out: Mend it by doing so and so.", "no evidence",
        "sha256:a1", "sha256:j1", EVERY_LINE.digest, "Due at 2026-05-01", "a.json does not count", "b" * 40,
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("reports", BOTH, ids=["one", "many"])
def test_text_of_the_repository_is_shown_and_never_acts(reports: tuple[Checked, ...]) -> None:
    """In messages, places, snippets, values, sections and notes alike."""
    found = page(*reports)
    shown = "ab[31m </td></details><script>alert(1)</script> ]]> & \"'` [x](javascript:1) {0} Ü😀"
    assert found.text.count(shown) >= 4
    assert "Second & <b>" in found.text
    assert written(partial(Scorecard, catalogue=EVERY, pages=LinePages()), *reports).isascii()


def test_every_link_within_the_page_leads_somewhere() -> None:
    """From the summary to the lines in the way, and from the table to each subject."""
    for reports in BOTH:
        found = page(*reports)
        anchors = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
        links = [(a["href"] or "").removeprefix("#") for tag, a in found.tags if tag == "a"]
        assert links
        assert set(links) <= set(anchors)
        assert len(set(anchors)) == len(anchors)


def test_a_published_documentation_is_linked_from_each_line() -> None:
    """Only if somebody said where it is."""
    found = page(NOT_READY, pages=LinePages("https://docs.example"))
    links = [a["href"] for tag, a in found.tags if tag == "a" and not (a["href"] or "#").startswith("#")]
    assert "https://docs.example/docs/lines/void.md" in links
    assert len(links) == len(EVERY.lines)


def test_many_subjects_are_summed_up_with_the_worst_first() -> None:
    """Whatever the order in which they were judged; a ready one has nothing in the way."""
    text = page(READY, NOT_READY).text
    assert "1 ready 1 not ready 0 not known" in text
    assert text.index("createGrant operation ✗ not ready") < text.index("readyOne operation ✓ ready")
    assert "readyOne operation ✓ ready 0 0 0 0 nothing" in text


def test_an_odd_name_is_text() -> None:
    """Names come from the specification."""
    odd = replace(EVERY_LINE, subject=Subject(SubjectKind.OPERATION, '"><img src=x>'))
    for found in (page(Checked(odd, ())), page(Checked(odd, ()), READY)):
        assert "img" not in found.names()
        assert '"><img src=x>' in found.text


def test_a_page_larger_than_memory_allows_waits_in_a_file() -> None:
    """Parts come out whole and in their order after they went through a temporary file."""
    found = page(*[NOT_READY] * 400)
    assert [a["id"] for tag, a in found.tags if tag == "details" and "id" in a] == [f"s{n}" for n in range(400)]
