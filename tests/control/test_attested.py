"""In what capacity a person speaks of a subject."""

from __future__ import annotations

import pytest

from prr_pipeline.control.attested import capacities_of
from prr_pipeline.review.people import Person


@pytest.mark.parametrize(
    ("roles", "context", "on_call", "expected"),
    [
        ({"engineer"}, "identity", False, {"owning_context"}),
        ({"engineer"}, "care", False, set()),
        ({"council"}, "identity", False, set()),
        ({"council"}, None, True, {"on_call"}),
        ({"consent_reviewer"}, "care", False, {"consent_reviewer"}),
        ({"engineer", "consent_reviewer"}, "identity", True, {"on_call", "owning_context", "consent_reviewer"}),
    ],
)
def test_a_capacity_follows_from_role_context_and_shift(
    roles: set[str], context: str | None, on_call: bool, expected: set[str]
) -> None:
    """Never from what a record says of its signer."""
    person = Person("mara", "Mara", frozenset({"identity"}), frozenset(roles), ("mara@example.org",))
    assert capacities_of(person, context, on_call=on_call) == expected
