"""The PRR document: the machine renews its own parts and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason, Report
from prr_pipeline.review.document import DocumentState, document_state, render
from prr_pipeline.review.document_lines import LineText
from prr_pipeline.review.document_parts import split
from prr_pipeline.review.document_reading import has_section, human_section_digest, line_ids, open_tasks, tasks
from prr_pipeline.subjects import Subject, Target
from tests.review.cast import d

TEXTS = (
    LineText("has_extensions", "M4", "Specification", "Full extensions"),
    LineText("codes_documented", "M5", "Specification", "Error codes have a page"),
    LineText("handler_is_at_most_50_lines", "M10", "Implementation", "Route handler ≤ 50 lines"),
    LineText("oncall_rota_knows_surface", "M23", "Operations", "On-call rota aware"),
    LineText("council_quorum_signed", "M34", "Sign-off", "Quorum signed"),
)


def front_matter(text: str) -> tuple[dict[str, object], str]:
    """The metadata between the two fences, and the rest, as any reader of Markdown takes them."""
    _, meta, body = text.split("---\n", 2)
    return yaml.safe_load(meta), body.strip()


def result(
    line_id: str, outcome: Outcome, *, counted: bool = True, message: str = "Seen.", **other: object
) -> LineResult:
    """One line's result with a place."""
    reason = Reason.NO_EVIDENCE if outcome is Outcome.UNKNOWN else None
    finding = Finding(outcome, message, d(line_id), (Location("apps/api/a.ts", 7, "const x = 1"),), reason)
    made = LineResult(line_id, finding, "check", 1, {}, counted)
    return replace(made, **other)  # type: ignore[arg-type]


REPORT = Report(
    Subject.parse("createGrant"),
    "c" * 40,
    "matter",
    (
        result("has_extensions", Outcome.MET),
        result("codes_documented", Outcome.UNMET, message="E_GRANT has no page; write errors/E_GRANT.mdx."),
        result(
            "handler_is_at_most_50_lines", Outcome.UNMET, justification=d("j"), justification_note="Accepted by owen."
        ),
        result("oncall_rota_knows_surface", Outcome.UNKNOWN, attestations=(d("a"),)),
        result("council_quorum_signed", Outcome.UNMET, counted=False),
    ),
)
NEW = render(None, Target.BETA, REPORT, TEXTS)
BOTH = render(NEW, Target.GA, REPORT, TEXTS)


def human(document: bytes) -> bytes:
    """Everything outside the machine's parts."""
    return b"".join(part.data for part in split(document) if part.name is None)


def test_a_new_document_has_front_matter_a_section_and_an_item_per_line() -> None:
    """Rendered as Markdown it shows headings and tasks; the front matter is YAML that names the operation."""
    meta, body = front_matter(NEW.decode())
    assert meta["operation_id"] == "createGrant"
    assert meta["report_digest_beta"] == REPORT.digest
    assert meta["reviewers"] == []
    html = MarkdownIt().render(body)
    assert "<h2>Beta</h2>" in html
    assert html.count("<h3>") == 4
    assert html.count("<strong>M") == 5
    assert "1 met, 2 unmet, 1 unknown (1 of them justified)" in html
    assert line_ids(NEW, Target.BETA) == tuple(text.line_id for text in TEXTS)


def test_a_box_is_ticked_exactly_when_the_line_passes() -> None:
    """Met and justified lines are ticked; a line that this document does not settle has no box."""
    ticked = {task.line_id: task.is_ticked for task in tasks(NEW, Target.BETA)}
    assert ticked == {
        "has_extensions": True,
        "codes_documented": False,
        "handler_is_at_most_50_lines": True,
        "oncall_rota_knows_surface": False,
    }
    assert [task.line_id for task in open_tasks(NEW, Target.BETA)] == ["codes_documented", "oncall_rota_knows_surface"]
    assert open_tasks(NEW, Target.GA) == ()
    assert has_section(NEW, Target.BETA)
    assert not has_section(NEW, Target.GA)


def test_outcome_and_evidence_stand_in_the_item() -> None:
    """Outcome, reason, message, place, overlays and the digest of what was judged."""
    text = NEW.decode()
    for words in (
        "**unknown** (no evidence), attested",
        "**unmet**, **justified**",
        "`apps/api/a.ts:7`: `const x = 1`",
        f"justification `{d('j')}`",
        f"digest of what was judged: `{d('has_extensions')}`",
        "settled by signed records",
    ):
        assert words in text
    assert "c" * 40 not in text


def test_rendering_again_changes_nothing() -> None:
    """Filed means equal bytes; a commit id plays no part."""
    again = render(BOTH, Target.BETA, replace(REPORT, commit="d" * 40), TEXTS)
    assert again == BOTH
    assert document_state(BOTH, again) is DocumentState.FILED
    assert document_state(None, again) is DocumentState.MISSING
    other = replace(REPORT, results=(result("has_extensions", Outcome.UNMET), *REPORT.results[1:]))
    assert document_state(BOTH, render(BOTH, Target.BETA, other, TEXTS)) is DocumentState.DIFFERS


def test_the_other_target_stays_as_it_is() -> None:
    """A GA report does not touch the Beta section, nor its digest in the front matter."""
    other = replace(REPORT, results=REPORT.results[:2])
    after = render(BOTH, Target.GA, other, TEXTS)
    before_parts = {p.name: p.data for p in split(BOTH) if p.name and not p.name.endswith("ga") and "ga/" not in p.name}
    after_parts = {p.name: p.data for p in split(after) if p.name and not p.name.endswith("ga") and "ga/" not in p.name}
    assert before_parts == after_parts
    assert front_matter(after.decode())[0]["report_digest_ga"] == other.digest


HUMAN = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=60).filter(
    lambda t: "prr:" not in t
)


@settings(max_examples=40)
@given(st.lists(HUMAN, min_size=4, max_size=40), st.sampled_from(list(Target)), st.integers(0, 5))
def test_what_people_write_survives_byte_for_byte(texts: list[str], target: Target, lines: int) -> None:
    """Text behind any part of the body, other results, fewer and more lines: nothing of it is lost or moved."""
    parts = split(BOTH)
    body = next(i for i, part in enumerate(parts) if part.name == "beta/summary")
    written = b"".join(p.data for p in parts[:body])
    for i, part in enumerate(parts[body:]):
        written += part.data + (texts[i % len(texts)] + "\n").encode()
    shorter = replace(REPORT, results=REPORT.results[:lines])
    after = render(written, target, shorter, TEXTS[:lines])
    assert human(after) == human(written)
    assert render(after, target, shorter, TEXTS[:lines]) == after
    full = render(after, target, REPORT, TEXTS)
    assert human(full) == human(written)
    assert render(full, target, REPORT, TEXTS) == full


@given(HUMAN.filter(lambda t: not t.startswith(("---", "\ufeff---"))))
def test_a_document_that_people_began_is_kept_whole(text: str) -> None:
    """Front matter goes above, the section below; the text between is theirs as it was."""
    before = text.encode()
    after = render(before, Target.GA, REPORT, TEXTS)
    if before:
        assert before in human(after)
    assert render(after, Target.GA, REPORT, TEXTS) == after


def test_front_matter_that_people_wrote_stays_valid_yaml() -> None:
    """Their operation_id is not written twice, their other fields survive."""
    before = b"---\noperation_id: createGrant  # ours\nreviewers: [mara, petra]\n---\n# PRR\n"
    after = render(before, Target.BETA, REPORT, TEXTS)
    meta, _ = front_matter(after.decode())
    assert after.count(b"operation_id:") == 1
    assert (meta["operation_id"], meta["reviewers"]) == ("createGrant", ["mara", "petra"])
    assert human(after) == before
    assert render(after, Target.BETA, REPORT, TEXTS) == after


@pytest.mark.parametrize("source", [NEW, b"---\noperation_id: createGrant\n---\n"])
def test_a_document_of_another_operation_is_refused(source: bytes) -> None:
    """A copied file is not filed under the wrong name."""
    with pytest.raises(Unreadable, match="not 'deleteGrant'"):
        render(source, Target.BETA, replace(REPORT, subject=Subject.parse("deleteGrant")), TEXTS)


def test_line_ends_of_the_document_are_kept() -> None:
    """A CRLF document gets CRLF parts, and its digest of people's text is that of the LF one."""
    written = NEW.replace(b"<!-- prr:end beta/summary -->\n", b"<!-- prr:end beta/summary -->\nOur note.\nTwo.\n")
    windows = written.replace(b"\n", b"\r\n")
    assert render(windows, Target.BETA, REPORT, TEXTS) == windows
    assert human_section_digest(windows, Target.BETA) == human_section_digest(written, Target.BETA)


def note(text: str, behind: str = "beta/line/has_extensions") -> bytes:
    """BOTH with a text below one part."""
    marker = f"<!-- prr:end {behind} -->\n".encode()
    assert marker in BOTH
    return BOTH.replace(marker, marker + text.encode() + b"\n")


def test_the_section_digest_is_about_what_people_wrote_and_where() -> None:
    """Machine parts, blank lines and the other section leave it as it is; words and their place do not."""
    empty = human_section_digest(None, Target.BETA)
    assert empty == human_section_digest(b"# free text\n", Target.BETA)
    assert human_section_digest(BOTH, Target.BETA) == human_section_digest(NEW, Target.BETA) == empty
    assert human_section_digest(note("\n  \n"), Target.BETA) == empty
    said = human_section_digest(note("Risk accepted."), Target.BETA)
    assert said != empty
    assert human_section_digest(note("Risk accepted!"), Target.BETA) != said
    assert human_section_digest(note("Risk accepted.", "beta/line/codes_documented"), Target.BETA) != said
    assert human_section_digest(note("Risk accepted.", "ga/line/has_extensions"), Target.BETA) == empty
    assert human_section_digest(note("Risk accepted."), Target.GA) == empty
    rejudged = render(note("Risk accepted."), Target.BETA, replace(REPORT, profile="loop"), TEXTS)
    assert human_section_digest(rejudged, Target.BETA) == said


def test_a_task_that_people_wrote_is_open_until_they_tick_it() -> None:
    """It counts beside the lines, in any list form."""
    for bullet in ("- [ ] ask legal\n", "  * [ ] ask legal\n", "3. [ ] ask legal\n", "> - [ ] ask legal\n"):
        own = [task for task in open_tasks(note(bullet), Target.BETA) if task.line_id is None]
        assert [task.text for task in own] == ["ask legal"]
    assert not [task for task in open_tasks(note("- [x] done\n"), Target.BETA) if task.line_id is None]


def test_ticking_a_box_by_hand_grants_nothing() -> None:
    """The next rendering unticks it, and until then the document differs."""
    forged = BOTH.replace(b"- [ ]", b"- [x]")
    rendered = render(forged, Target.BETA, REPORT, TEXTS)
    assert document_state(forged, rendered) is DocumentState.DIFFERS
    assert open_tasks(rendered, Target.BETA) == open_tasks(BOTH, Target.BETA)


BROKEN = {
    "begin without end": (BOTH.replace(b"<!-- prr:end ga/end -->", b""), "without its other half"),
    "end without begin": (BOTH.replace(b"<!-- prr:begin ga/end -->", b""), "without its other half"),
    "begin within": (BOTH.replace(b"<!-- prr:end beta/summary -->\n", b""), "inside 'beta/summary'"),
    "part twice": (BOTH + b"<!-- prr:begin ga/end -->\n<!-- prr:end ga/end -->\n", "twice"),
    "mistyped marker": (BOTH + b"<!--prr:begin x-->\n", "broken prr: marker"),
    "indented marker": (BOTH + b"  <!-- prr:begin ga/x -->\n", "broken prr: marker"),
    "not text": (BOTH + b"\xff", "not UTF-8"),
    "too large": (BOTH + b" " * 3_000_000, "limit"),
}


@pytest.mark.parametrize(("document", "words"), BROKEN.values(), ids=BROKEN)
def test_broken_markers_are_refused_in_a_sentence(document: bytes, words: str) -> None:
    """Nothing is overwritten on a guess, and nothing is read from it."""
    with pytest.raises(Unreadable, match=words):
        render(document, Target.GA, REPORT, TEXTS)
    with pytest.raises(Unreadable, match=words):
        human_section_digest(document, Target.GA)


EVIL = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "x\n<!-- prr:end beta/line/has_extensions -->\n- [x] **approved**",
    "`` ` `` <b>",
    "| a | b |\n|---|---|",
    "# heading",
    "www.evil.example https://evil.example <https://evil.example>",
    "\u202egnp.exe",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("evil", EVIL)
def test_foreign_text_stays_text(evil: str) -> None:
    """Whatever a specification or a report says becomes no markup, no link, no image and no marker."""
    lines = [replace(TEXTS[0], wording=evil, number=evil, section=evil), *TEXTS[1:]]
    bad = result("has_extensions", Outcome.UNMET, message=evil)
    bad = replace(bad, finding=replace(bad.finding, locations=(Location(evil, 1, evil),)))
    report = replace(REPORT, results=(bad, *REPORT.results[1:]), profile=evil)
    document = render(None, Target.BETA, report, lines)
    assert line_ids(document, Target.BETA) == tuple(text.line_id for text in TEXTS)
    assert render(document, Target.BETA, report, lines) == document
    html = MarkdownIt("gfm-like", {"linkify": False}).render(document.decode().partition("---\n\n")[2])
    for tag in ("<script", "<img", "<a ", "<b>", "<table", "<h1>heading"):
        assert tag not in html
    assert "\u202e" not in document.decode()


def test_a_mention_in_foreign_text_calls_nobody() -> None:
    """An at sign in a message is followed by a joiner that no code host takes for a name."""
    bad = result("has_extensions", Outcome.UNMET, message="ask @example/team")
    document = render(None, Target.BETA, replace(REPORT, results=(bad,)), TEXTS[:1]).decode()
    assert "@example" not in document
    assert "@&#8288;example" in document
