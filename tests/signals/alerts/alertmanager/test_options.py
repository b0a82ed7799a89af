"""The options of the Alertmanager source: defaults, limits, and one sentence for each fault."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.signals.alerts.alertmanager.options import NUMBERS, options_from
from tests.architecture.source_tree import ROOT

URL = {"url": "https://alertmanager.example.org/prefix/"}


def test_the_url_is_enough(tmp_path: Path) -> None:
    """All else has a default: one Watchdog of that name, silences unknown, no token, no matcher."""
    found = options_from(URL, tmp_path)
    assert (str(found.service.origin), found.service.path) == ("https://alertmanager.example.org", "/prefix")
    assert (found.token_variable, found.token_scheme, found.matchers) == (None, "bearer", ())
    assert found.watchdogs == ({"alertname": "Watchdog"},)
    assert (found.watchdog_limit, found.settling) == (timedelta(minutes=3), timedelta(minutes=2))
    assert not found.suppressed_fires


def test_the_authority_lies_beside_the_settings(tmp_path: Path) -> None:
    """A relative path counts from the folder of the settings file."""
    assert options_from({**URL, "ca_file": "ca.pem"}, tmp_path).service.ca_file == tmp_path / "ca.pem"


def test_limits_reach_the_service(tmp_path: Path) -> None:
    """Times in seconds, for one look with all that belongs to it."""
    limits = options_from(
        {**URL, "total_timeout_seconds": 9, "attempts": 1, "max_bytes": 2048}, tmp_path
    ).service.limits
    assert (limits.total_s, limits.attempts, limits.max_bytes) == (9, 1, 2048)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no url": ({"url": None}, "url is missing"),
    "url a number": ({"url": 9093}, "url is no text"),
    "url without encryption": ({"url": "http://alertmanager.example.org"}, "is not encrypted"),
    "url with a password": ({"url": "https://u:hunter2@alertmanager.example.org"}, "by its variable"),
    "url with a query": ({"url": "https://alertmanager.example.org/?a=b"}, "has a query"),
    "a token for its variable": ({"token_variable": "hunter2-s3cr3t"}, "no name of an environment variable"),
    "scheme": ({"token_scheme": "digest"}, "write one of bearer, basic"),
    "suppressed": ({"suppressed": "clear"}, "write one of unknown, firing"),
    "suppressed a list": ({"suppressed": ["firing"]}, "write one of unknown, firing"),
    "matchers a text": ({"matchers": 'service="a"'}, "matchers is no list of texts"),
    "an empty matcher": ({"matchers": [""]}, "matchers is no list of texts"),
    "no watchdog": ({"watchdogs": []}, "watchdogs does not say"),
    "a watchdog without a name": ({"watchdogs": [{"severity": "critical"}]}, "watchdogs does not say"),
    "a watchdog that is a text": ({"watchdogs": ["Watchdog"]}, "watchdogs does not say"),
    "a watchdog's label a number": ({"watchdogs": [{"alertname": "W", "a": 1}]}, "watchdogs does not say"),
    "proxy": ({"proxy": "proxy.example.org"}, "write it like https://"),
    "an empty authority": ({"ca_file": " "}, "ca_file is no text"),
}


@pytest.mark.parametrize(("options", "words"), BAD.values(), ids=BAD)
def test_a_bad_value_is_one_sentence(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    """It says what is wrong and what is right, and repeats nothing that may be a secret."""
    with pytest.raises(PrrError) as caught:
        options_from({**URL, **options}, tmp_path)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_whole_and_within_their_limits(tmp_path: Path, name: str) -> None:
    """The limits themselves are valid; the sentence names them."""
    default, least, greatest = NUMBERS[name]
    for value in (least, default, greatest):
        options_from({**URL, name: value}, tmp_path)
    for bad in (least - 1, greatest + 1, True, "5", 1.5):
        with pytest.raises(PrrError, match=f"{name} is .*; give a whole number, {least}..{greatest}"):
            options_from({**URL, name: bad}, tmp_path)


def test_an_unknown_option_lists_the_valid_ones(tmp_path: Path) -> None:
    """A token in the settings is such a one; its value is not repeated."""
    with pytest.raises(UnknownName, match=r"'token'.*token_variable") as caught:
        options_from({**URL, "token": "hunter2"}, tmp_path)
    assert "hunter2" not in str(caught.value)


def test_the_page_lists_every_option_with_its_default() -> None:
    """What people read is what is taken."""
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    for name, (default, least, greatest) in NUMBERS.items():
        assert f"| `{name}` | {default} | {least} to {greatest}" in page
    for name in ("url", "matchers", "watchdogs", "suppressed", "token_variable", "token_scheme", "ca_file", "proxy"):
        assert f"| `{name}` |" in page
