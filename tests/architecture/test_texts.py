"""What no file may say, and what may be said once only."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from tests.architecture.source_tree import PRODUCT, ROOT, files, modules

FORBIDDEN = {
    "package registry": r"\b(pypi|pythonhosted|npmjs|crates|rubygems)\.(org|com|io)\b|\bproxy\.golang\b|\bghcr\.io\b",
    "machine path": r"(?<![\w.])/(work|root|home/\w+|Users/\w+|tmp/\w+)/",
    "ticket number": r"\b(issue|PR|pull request|ticket) #?\d+|(?<![&\w\"'])#\d{1,5}\b",
    "how it was made": r"\b(claude|chatgpt|copilot|language model|llm|sub-?agents?|pair[- ]programm\w+)\b",
    "who asked for it": r"\b((system|user|the) prompt|(this|my) session|the (lead|brief) (says|wants|asked))\b",
}
UNFINISHED = r"\b(TODO|FIXME|XXX|NotImplementedError|HACK)\b"
TEXTS = {".py", ".md", ".mdx", ".toml", ".yaml", ".yml", ".json", ".sh", ".ts", ".txt", ".lock", ".mako", ".cfg", ""}
OWN = {"tests/architecture/test_texts.py"}


def said(text: str, pattern: str) -> list[str]:
    """Each line that a pattern finds, with its number."""
    seek = re.compile(pattern, 0 if pattern == UNFINISHED else re.IGNORECASE)
    return [f"{n}: {line.strip()[:100]}" for n, line in enumerate(text.splitlines(), 1) if seek.search(line)]


def texts() -> dict[str, str]:
    """Every text file by its path from the root, but this one and what is not ours to word."""
    found = {}
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in TEXTS and name not in OWN and name != "LICENSE":
            found[name] = path.read_text("utf-8")
    return found


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_file_says(kind: str) -> None:
    """A checkout reads the same for everybody: nothing of one machine, registry, tracker or author is in it."""
    found = {name: lines for name, text in texts().items() if (lines := said(text, FORBIDDEN[kind]))}
    assert found == {}


def test_nothing_is_left_for_later() -> None:
    """No mark of unfinished work in the code that people run."""
    ours = {module.name: module.text for module in modules(*PRODUCT)}
    assert {name: lines for name, text in ours.items() if (lines := said(text, UNFINISHED))} == {}


def test_no_file_has_merge_marks_or_trailing_blanks() -> None:
    """Nothing half merged; Markdown line breaks are made otherwise."""
    pattern = re.compile(r"^(<<<<<<<|>>>>>>>|=======$)|[ \t]+$", re.MULTILINE)
    assert [name for name, text in texts().items() if not name.startswith("examples/") and pattern.search(text)] == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("package registry", "pip install -i https://pypi.org/simple"),
        ("machine path", "cd /home/mara/prr"),
        ("machine path", 'open("/tmp/scratch/x")'),
        ("ticket number", "fixes #12"),
        ("ticket number", "see issue 7"),
        ("how it was made", "written by an LLM"),
        ("who asked for it", "as the prompt says"),
    ],
)
def test_a_forbidden_word_is_found(kind: str, line: str) -> None:
    """Each list is seen to fail."""
    assert said(line, FORBIDDEN[kind])


@pytest.mark.parametrize(
    "line", ['fill="#424242"', "&#8288;", "requests.Session", "# 1 of 3", "scope='session'", "/tmp"]
)
def test_an_innocent_word_passes(line: str) -> None:
    """Colours, entities, headings and fixtures are no findings."""
    assert not any(said(line, pattern) for pattern in FORBIDDEN.values())


def test_each_line_id_and_number_stands_once() -> None:
    """A claim is named once, whatever file of the catalogue it stands in."""
    lines = load_catalogue().lines
    assert len(lines) == 124
    assert [name for name, count in Counter(line.id for line in lines).items() if count > 1] == []
    assert [name for name, count in Counter(line.number for line in lines).items() if count > 1] == []
