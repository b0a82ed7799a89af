"""Placeholders of messages, in both styles."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.message_catalogs import Style, catalog, placeholders
from prr_pipeline.readiness.sources import Sources
from tests.readiness.fakes import FakeSnapshot, profile


@pytest.mark.parametrize(
    ("message", "style", "names"),
    [
        ("{left} of { all } are left.", "icu", {"left", "all"}),
        ("{n, plural, one {# share of {holder}} other {# shares}}", "icu", {"n", "holder"}),
        ("{mode, select, live {real} other {trial}}", "icu", {"mode"}),
        ("It's '{'not'}' one, {this} is.", "icu", {"this"}),
        ("An open { brace", "icu", {"brace"}),
        ("'{left to the end", "icu", set()),
        ("}} {a}", "icu", {"a"}),
        ("nothing", "icu", set()),
        ("{{left}} of {{- all }}", "mustache", {"left", "all"}),
        ("{left}", "mustache", set()),
    ],
)
def test_the_arguments_of_a_message(message: str, style: Style, names: set[str]) -> None:
    """Words in a choice, and quoted braces, are text."""
    assert placeholders(message, style) == names


def test_nested_messages_have_dotted_keys() -> None:
    """Lists and numbers stay as they are: no message."""
    sources = Sources(FakeSnapshot({"a.json": '{"a": {"b": "x", "c": {"d": 1}}, "e": ["y"]}'}), profile())
    assert catalog(sources, "a.json") == {"a.b": "x", "a.c.d": 1, "e": ["y"]}
