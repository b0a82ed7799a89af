"""Patterns from configuration and from a repository take time linear in the text, whatever they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.repository.patterns import PATTERN_CAP, compiled, configured, literal

LIMIT_S = 60
"""Far more than all of it takes; a search that tries every way takes longer than anybody waits."""
SEARCHES = r"""
from types import SimpleNamespace
from prr_pipeline.readiness.naming import in_code, in_prose
from prr_pipeline.readiness.thrown_texts import _PROSE
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.patterns import configured
from prr_pipeline.repository.typescript.cases import Title

long = "a" * 100_000 + "!"
for pattern in ("(a+)+$", "(a|a)*$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"):
    assert not configured(pattern).fullmatch(long)
assert not matches("**/*a*a*a*a*a*a*a*a*a*a*b", "a/" * 5_000 + long)
assert not matches("{a,aa,aaa}" * 12 + "*b", long)
path = "/x" + "{a}{b}{c}{d}{e}{f}{g}{h}x"
named = SimpleNamespace(operation_id="aA" * 40, path=path, method="post")
assert in_code(named).search("/x" + long) is None
assert in_prose(named).search("POST" + " " * 50_000 + long) is None
assert not Title("t", ("",) + ("a",) * 12 + ("b",)).ends(long)
assert _PROSE.search("a" * 100_000) is None
print("linear")
"""


def test_no_pattern_takes_longer_than_the_text_is_long() -> None:
    """Shapes on which a backtracking engine tries every way, on lines of 100 kB, one after the other in one process."""

    done = subprocess.run(
        [sys.executable, "-c", SEARCHES], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert (done.stdout, done.stderr) == ("linear\n", "")


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a)\1", "invalid escape sequence"),
        ("(?=a)", r"invalid perl operator: \(\?="),
        ("(?<!a)b", "invalid perl operator|invalid named capture"),
        ("(a", r"missing \)"),
        ("a{1001}", "invalid repetition size"),
        ("\ud800", "utf-8"),
        ("a" * (PATTERN_CAP + 1), "1,001 characters; write one of at most 1,000"),
    ],
)
def test_what_cannot_be_linear_is_refused_in_one_sentence(pattern: str, why: str) -> None:
    """With the pattern, what is wrong, and the way out."""
    with pytest.raises(Unreadable, match=why) as refused:
        configured(pattern)
    assert "write " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("errors.code_pattern", "'(?=a)'"),
        ("events.name_pattern", "'(?=a)'"),
        ("spec.extension_schemas", "{slo: {properties: {name: {anyOf: [{pattern: '(?=a)'}]}}}}"),
        ("spec.extension_schemas", "{slo: {patternProperties: {'(?=a)': {type: string}}}}"),
    ],
)
def test_a_profile_with_such_a_pattern_is_not_loaded(tmp_path: Path, key: str, value: str) -> None:
    """The sentence names the key."""
    section, _, name = key.partition(".")
    (tmp_path / "own.yaml").write_text(f"{section}:\n  {name}: {{value: {value}, basis: assumed}}\n")
    with pytest.raises(PrrError, match=rf"{key}.*: The pattern '\(\?=a\)' is none that RE2 takes .*; write it without"):
        load_profile(str(tmp_path / "own.yaml"))


def test_data_of_a_schema_is_no_pattern(tmp_path: Path) -> None:
    """Under ``enum`` and the like, and as the name of a property, the word means nothing."""
    schema = "{slo: {enum: [{pattern: '(?=a)'}], properties: {pattern: {type: string}}}}"
    (tmp_path / "own.yaml").write_text(f"spec:\n  extension_schemas: {{value: {schema}, basis: assumed}}\n")
    assert load_profile(str(tmp_path / "own.yaml")).value("spec.extension_schemas")


def test_a_checklist_of_ones_own_with_such_a_pattern_is_not_loaded(tmp_path: Path) -> None:
    """A parameter that is a pattern is tried when the checklist is read."""
    line = {
        "id": "codes_have_a_form", "number": "T1", "section": "Own", "line": "Codes have a form.", "kind": "A",
        "applies_to": {"kind": "operation"}, "why": "Clients take codes apart by their form.",
        "if_unmet": "Write the codes in the form that is asked for.", "evidence": "The specification's own codes.",
        "check": "error_codes_have_pages",
        "parameters": {"codes_from": ["schema"], "pattern": r"(a)\1", "page": "errors/{code}.md"},
    }  # fmt: skip
    (tmp_path / "own.yaml").write_text(json.dumps({"catalogue": "own", "title": "Own", "lines": [line]}))
    with pytest.raises(PrrError, match=r"parameter pattern of error_codes_have_pages: The pattern .* RE2"):
        load_catalogue(tmp_path / "own.yaml")


def test_text_of_a_repository_is_searched_as_it_stands() -> None:
    """Nothing in it is an operator, and half a surrogate breaks nothing."""
    assert compiled(literal("a.b(c)*")).fullmatch("a.b(c)*")
    assert not compiled(literal("a.b")).fullmatch("axb")
    assert not compiled(literal("\ud800")).search("a")
    with pytest.raises(Unreadable, match="write a simpler one"):
        compiled("(?:" + "x" * 3_000_000 + "){900}")
