"""Which module declares which check, without importing any."""

from __future__ import annotations

from prr_pipeline.readiness.check_modules import check_modules
from prr_pipeline.readiness.registry import checks


def test_the_sources_tell_of_every_check_the_module_that_declares_it() -> None:
    """A check that this missed would be looked for among the plug-ins, one too many would fail when it is asked."""
    declared = {name: check.function.__module__ for name, check in checks().items()}
    assert dict(check_modules()) == declared
