"""An account on a local service, and answers as PagerDuty's documentation shows them, less what is not read."""

from __future__ import annotations

from typing import Any

from prr_pipeline.platforms.pagerduty.account import PagerDuty
from tests.platforms.asking import FakePace, service
from tests.platforms.local_service import LocalService, Reply, sent


def account(server: LocalService) -> PagerDuty:
    """An account, there."""
    return PagerDuty(service(server.url, "PagerDuty", prefix="Token token="), FakePace())


def reference(name: str, kind: str = "user") -> dict[str, Any]:
    """Something named by its id."""
    return {"id": name, "type": f"{kind}_reference", "summary": name.title(), "html_url": None}


def page(key: str, entries: list[dict[str, Any]], offset: int = 0, more: bool = False) -> Reply:
    """A page of a list."""
    return sent({key: entries, "limit": 100, "offset": offset, "more": more, "total": None})
