"""Scalars follow the core schema of YAML 1.2."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.yaml_scalars import resolve

PLAIN = [
    ("", None),
    ("~", None),
    ("null", None),
    ("true", True),
    ("FALSE", False),
    ("no", "no"),
    ("on", "on"),
    ("Yes", "Yes"),
    ("007", 7),
    ("-12", -12),
    ("0x1F", 31),
    ("0o17", 15),
    ("1.10", 1.1),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("1_000", "1_000"),
    ("2024-01-31", "2024-01-31"),
    ("12:30", "12:30"),
    (".inf", ".inf"),
    ("1e999", "1e999"),
    (str(2**64 - 1), 2**64 - 1),
    (str(2**64), float(2**64)),
    ("9" * 5000, "9" * 5000),
    ("1.2.3", "1.2.3"),
]


@pytest.mark.parametrize(("text", "value"), PLAIN)
def test_a_plain_scalar_means_what_the_core_schema_says(text: str, value: object) -> None:
    """Country codes, dates and times stay text; numbers stay within JSON's reach."""
    found = resolve(text, plain=True, tag=None)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["true", "12", "", "null"])
def test_a_quoted_scalar_is_text(text: str) -> None:
    """Quotes end all guessing."""
    assert resolve(text, plain=False, tag=None) == text


def test_a_core_tag_decides() -> None:
    """An explicit tag wins over the look of the text."""
    core = "tag:yaml.org,2002:"
    assert resolve("12", plain=True, tag=core + "str") == "12"
    assert resolve("12", plain=False, tag=core + "int") == 12
    assert resolve("12", plain=True, tag=core + "float") == 12.0
    assert resolve("12", plain=True, tag="!") == "12"


@pytest.mark.parametrize(
    ("text", "tag"),
    [("x", "!!int"), ("x", "tag:yaml.org,2002:bool"), ("1", "!foo"), ("x", "tag:yaml.org,2002:python/name:os.system")],
)
def test_a_tag_that_does_not_fit_or_is_unknown_is_refused(text: str, tag: str) -> None:
    """No tag ever makes an object."""
    with pytest.raises(Unreadable, match="tag"):
        resolve(text, plain=False, tag=tag)
