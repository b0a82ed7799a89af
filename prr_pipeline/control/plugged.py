"""What other distributions bring to this installation, and what is broken of it."""

from __future__ import annotations

from prr_pipeline.errors import PrrError
from prr_pipeline.plugins import GROUPS, plugins
from prr_pipeline.readiness.registry import plugin_checks


def survey() -> str:
    """A sentence about every plug-in that is installed. Raises `PrrError` with one for each that is broken.

    Plug-ins of checks are loaded, as any own line may name one of their checks; the others only once they are named.
    """
    found = {one.distribution for group in GROUPS for one in plugins(group)}
    if not found:
        return "None is installed."
    checks, broken = plugin_checks()
    if broken:
        raise PrrError(" ".join(broken))
    named = f"; checks: {', '.join(checks)}" if checks else ""
    return f"{', '.join(sorted(found))}{named}."
