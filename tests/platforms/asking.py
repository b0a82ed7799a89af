"""What tests of clients share: a pace that does not wait, short limits, planted secrets and where none may show."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.platforms.http.service import Credential, Limits, Service, service_at
from prr_pipeline.platforms.secret import Secret
from prr_pipeline.platforms.silence import SourceSilent

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CANARY = "canary-4b1d7e90c3f25a68"
"""A planted secret: it is sent to the service and must come out nowhere else."""
SHORT = Limits(connect_s=2.0, read_s=0.6, total_s=30.0, attempts=2, max_pages=5, max_bytes=65_536)


@dataclass
class FakePace:
    """A clock that moves only by what is waited, and waits not at all. ``drawn`` is what chance gives."""

    drawn: float = 0.5
    waited: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=sum(self.waited))

    def monotonic_s(self) -> float:
        return sum(self.waited)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def chance(self) -> float:
        return self.drawn


def service(url: str, name: str = "Shop", limits: Limits = SHORT, prefix: str = "Bearer ") -> Service:
    """A service with the planted secret as its credential."""
    credential = Credential("PRR_SHOP_TOKEN", prefix, Secret(CANARY))
    return replace(service_at(name, "platforms.shop", url, credential), limits=limits)


def silence_of(ask: Callable[[], object], caplog: pytest.LogCaptureFixture, *secrets: str) -> SourceSilent:
    """The silence that a question ends in, after a look into every corner where a secret could show."""
    caplog.set_level(logging.DEBUG)
    try:
        answer = ask()
    except SourceSilent as silent:
        shown = [str(silent), repr(silent), silent.finding, silent.way_out, traceback.format_exc(), caplog.text]
        shown += traceback.TracebackException.from_exception(silent, capture_locals=True).format()
        for secret in (CANARY, *secrets):
            assert [text for text in shown if secret in text] == []
        require_one_sentence(silent)
        return silent
    raise AssertionError(f"It answered {answer!r} instead of being silent.")


def require_one_sentence(silent: SourceSilent) -> None:
    """One line that ends in a full stop, with the finding first and the way out last."""
    text = str(silent)
    assert "\n" not in text
    assert text.endswith(f"; {silent.way_out}.")
    assert text.startswith(silent.finding)
    assert silent.way_out
