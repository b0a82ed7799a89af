"""Which judgement do a promotion's pages show? Kept per page, so that a newer one asks for the page anew."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.control.standing import Standing, read_standing
from prr_pipeline.control.workplace import Workplace

CHECKLIST, DOCUMENT = "checklist", "prr_document"
"""The pages that show a judgement, by the names of their assets."""
_TABLE = "shown"
_PLACE = ("commit", "head", "complete", "editors")
_LOG = logging.getLogger(__name__)


def note_shown(work: Workplace, key: str, page: str, standing: Standing) -> None:
    """Keep that a page shows this judgement."""
    work.ledger.counters.put(_TABLE, f"{page}/{key}", {"judgement": judgement_mark(standing)})


@contextmanager
def fault_shown(work: Workplace, key: str, page: str) -> Iterator[None]:
    """Inside, a judgement is made for a page. One that fails fails the page's run, which shows it."""
    try:
        yield
    except Exception:
        _note_fault(work, key, page)
        raise


def outdated_page(shown: Mapping[str, Mapping[str, Any]], key: str, standing: Standing) -> str | None:
    """The mark of the judgement in force, if a page shows another one; None if all show it.

    ``shown`` is `shown_pages`. A document is made of no judgement that failed, so then it may stay as it is.
    """
    mark = judgement_mark(standing)
    pages = (CHECKLIST,) if standing.failed else (CHECKLIST, DOCUMENT)
    named = (shown.get(f"{page}/{key}", {}).get("judgement") for page in pages)
    return None if all(one == mark for one in named) else mark


def shown_pages(work: Workplace) -> dict[str, dict[str, Any]]:
    """What is kept of every page."""
    return work.ledger.counters.all(_TABLE)


def judgement_mark(standing: Standing) -> str:
    """Names what a page says of a judgement. Where it was made stays out: an unrelated commit changes no page."""
    return digest({name: value for name, value in standing.as_data().items() if name not in _PLACE})


def _note_fault(work: Workplace, key: str, page: str) -> None:
    try:
        standing = read_standing(work, key)
        if standing is not None and standing.failed:
            note_shown(work, key, page, standing)
    except Exception as second:
        _LOG.warning("what the %s of %s shows is not kept: %s: %s", page, key, type(second).__name__, second)
