"""Turn errors that a person can act on into failures that show the sentence, without a retry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from prr_pipeline.errors import PrrError


@contextmanager
def plain_failures() -> Iterator[None]:
    """Inside, a `PrrError` becomes a `dg.Failure` with its sentence as the description."""
    try:
        yield
    except PrrError as fault:
        raise dg.Failure(description=str(fault), allow_retries=False) from None
