"""Working values: written, replaced, listed and forgotten."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.store import Ledger


def test_a_value_is_read_back_and_replaced(ledger: Ledger) -> None:
    """The last write of a key wins; another name does not see it."""
    assert ledger.counters.get("dwell", "a:ga") is None
    ledger.counters.put("dwell", "a:ga", {"served_seconds": 60})
    ledger.counters.put("dwell", "a:ga", {"served_seconds": 120, "last": None})
    assert ledger.counters.get("dwell", "a:ga") == {"served_seconds": 120, "last": None}
    assert ledger.counters.get("tries", "a:ga") is None


def test_many_values_are_written_at_once(ledger: Ledger) -> None:
    """All keys of a name come back as a mapping; an empty write changes nothing."""
    ledger.counters.put_many("tries", {f"k{n}": {"n": n} for n in range(50)})
    ledger.counters.put_many("tries", {"k1": {"n": 100}, "k99": {"n": 99}})
    ledger.counters.put_many("tries", {})
    found = ledger.counters.all("tries")
    assert len(found) == 51
    assert (found["k0"], found["k1"], found["k99"]) == ({"n": 0}, {"n": 100}, {"n": 99})


def test_delete_forgets_and_may_be_repeated(ledger: Ledger) -> None:
    """Deleting a missing key is no error."""
    ledger.counters.put("tries", "k", {"n": 1})
    ledger.counters.delete("tries", "k")
    ledger.counters.delete("tries", "k")
    assert ledger.counters.all("tries") == {}


def test_a_float_is_refused(ledger: Ledger) -> None:
    """Counters are canonical JSON too: a float would differ between machines."""
    with pytest.raises(PrrError, match="float"):
        ledger.counters.put("dwell", "k", {"served": 1.5})


def test_swap_writes_only_over_what_was_read(ledger: Ledger) -> None:
    """The second of two writers that read the same value is told, and changes nothing."""
    assert ledger.counters.swap("readiness", "a:ga", None, {"n": 1})
    assert not ledger.counters.swap("readiness", "a:ga", None, {"n": 2})
    assert ledger.counters.swap("readiness", "a:ga", {"n": 1}, {"n": 3})
    assert not ledger.counters.swap("readiness", "a:ga", {"n": 1}, {"n": 4})
    assert ledger.counters.get("readiness", "a:ga") == {"n": 3}
