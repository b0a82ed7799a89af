"""A glance at a ledger says the same as the ledger, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.ledger.glance import has_open_promotions
from prr_pipeline.ledger.store import Ledger
from tests.ledger.conftest import RawFile


def test_a_promotion_is_seen_while_it_is_open(opened: Ledger, url: str, raw: RawFile) -> None:
    """What the ledger's index calls open is open; one that is closed is not."""
    assert has_open_promotions(url) is True
    raw.run(("UPDATE promotions SET is_open = 0", ()))
    assert has_open_promotions(url) is False


def test_an_empty_ledger_and_none_at_all_have_no_open_promotion(ledger: Ledger, url: str, tmp_path: Path) -> None:
    """Looking makes no file."""
    assert has_open_promotions(url) is False
    assert has_open_promotions(f"sqlite:///{tmp_path}/none.db") is False
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("address", ["postgresql://h/d", "sqlite://", "sqlite:////srv/a?mode=ro", "sqlite:////a%20b"])
def test_what_only_the_ledger_can_open_is_left_to_it(address: str) -> None:
    """Another database, and an address with more than a path, are not guessed at."""
    assert has_open_promotions(address) is None


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0"])
def test_a_damaged_file_says_nothing(tmp_path: Path, content: bytes) -> None:
    """Whatever cannot be read is left to the ledger, which says why."""
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    assert has_open_promotions(f"sqlite:///{path}") is None
