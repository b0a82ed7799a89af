"""CI's list of the secrets of each stage."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.secret_names import read_secret_names
from prr_pipeline.repository.tree import Blob


def blob(data: Any) -> Blob:
    return Blob("secrets.json", "", data if isinstance(data, bytes) else orjson.dumps(data))


def test_names_are_read_by_stage() -> None:
    """Each once; a stage may have none."""
    found = read_secret_names(blob({"stages": {"dev": ["A_KEY", "B.C-d", "A_KEY"], "prod": []}}))
    assert found == {"dev": {"A_KEY", "B.C-d"}, "prod": frozenset()}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        [],
        {},
        {"stages": ["dev"]},
        {"stages": {"dev": "hunter2"}},
        {"stages": {"dev": {"A": "hunter2"}}},
        {"stages": {"dev": ["A=hunter2"]}},
        {"stages": {"dev": ["https://hunter2@sentry.example/1"]}},
        {"stages": {"dev": [{"name": "A", "value": "hunter2"}]}},
        {"stages": {"dev": [1]}},
    ],
)
def test_anything_else_is_unreadable_and_not_repeated(data: Any) -> None:
    """Above all what could hold values."""
    with pytest.raises(Unreadable) as fault:
        read_secret_names(blob(data))
    assert "hunter2" not in str(fault.value)
