"""Notices, how a notifier is found, and how text from outside becomes one line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.notify.port import Notice, notifier, one_line

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def notice(**changes: Any) -> Notice:
    """A page about createGrant."""
    fields: dict[str, Any] = {
        "severity": "page",
        "title": "Rolled back",
        "body": "HighErrors fires",
        "about": "createGrant:ga",
        "dedup_key": "createGrant:ga/rolled_back/1",
        "created_at": NOW,
    }
    return Notice(**{**fields, **changes})


def test_a_notice_becomes_text() -> None:
    """All fields are text, the instant in UTC."""
    assert notice().as_data() == {
        "about": "createGrant:ga",
        "body": "HighErrors fires",
        "created_at": "2026-03-02T12:00:00.000000Z",
        "dedup_key": "createGrant:ga/rolled_back/1",
        "severity": "page",
        "title": "Rolled back",
    }


def test_a_notice_has_a_known_severity() -> None:
    """The valid severities are listed."""
    with pytest.raises(UnknownName, match=r"'loud'\. Valid: info, page, warn\."):
        notice(severity="loud")


@pytest.mark.parametrize("field", ["title", "dedup_key"])
def test_a_notice_needs_a_title_and_a_key(field: str) -> None:
    """Empty and blank ones are refused."""
    for text in ("", "  "):
        with pytest.raises(PrrError, match="needs a title and a dedup_key"):
            notice(**{field: text})


@pytest.mark.parametrize("name", ["log", "file"])
def test_notifiers_are_found_by_name(name: str, tmp_path: Path) -> None:
    """The embedded notifiers answer to their names."""
    assert notifier(name, {}, tmp_path).name == name


def test_an_unknown_notifier_lists_the_valid_ones(tmp_path: Path) -> None:
    """No silent default."""
    with pytest.raises(UnknownName, match=r"Unknown notifier 'pigeon'\. Valid: .*file.*log"):
        notifier("pigeon", {}, tmp_path)


@pytest.mark.parametrize(("name", "option"), [("log", "path"), ("file", "pth")])
def test_an_unknown_option_is_refused(name: str, option: str, tmp_path: Path) -> None:
    """A misspelt option is an error, not a default."""
    with pytest.raises(UnknownName, match=f"option of the notifier {name} '{option}'"):
        notifier(name, {option: "x"}, tmp_path)


def test_an_empty_path_is_refused(tmp_path: Path) -> None:
    """The file notifier needs a path that is text."""
    for path in ("", 5):
        with pytest.raises(PrrError, match="option path"):
            notifier("file", {"path": path}, tmp_path)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, ünïcode 漢字", "plain, ünïcode 漢字"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u2028\u202e\u200b\x7f\x85", "\\u2028\\u202e\\u200b\\x7f\\x85"),
        ("\\n", "\\\\n"),
        ("\ud800", "\\ud800"),
    ],
)
def test_text_from_outside_is_made_visible(text: str, shown: str) -> None:
    """Line breaks, colours, direction marks and half pairs are shown as escapes."""
    assert one_line(text) == shown


@given(st.text(), st.text())
def test_escaping_is_safe_and_loses_nothing(one: str, other: str) -> None:
    """The result is one encodable line, and different texts stay different."""
    assert len(one_line(one).splitlines()) <= 1
    one_line(one).encode()
    assert (one_line(one) == one_line(other)) == (one == other)
