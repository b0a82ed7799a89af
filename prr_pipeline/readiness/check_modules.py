"""Which module of `readiness.checks` declares which check: told by the sources, so that none need be imported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from prr_pipeline.errors import PrrError

PACKAGE = "prr_pipeline.readiness.checks"
_DECLARATION = re.compile(r'^@check\(\s*"([^"]*)"', re.MULTILINE)


@cache
def check_modules() -> Mapping[str, str]:
    """Check name to the full name of its module. Raises `PrrError` if two modules declare one name."""
    found: dict[str, str] = {}
    for path in module_files():
        module = f"{PACKAGE}.{path.stem}"
        for name in _DECLARATION.findall(path.read_text("utf-8")):
            if found.setdefault(name, module) != module:
                raise PrrError(f"Two checks have the name {name!r}; give the one in {module} another.")
    return MappingProxyType(found)


def module_files() -> list[Path]:
    """The source files of the checks, by name."""
    return sorted(path for path in (Path(__file__).parent / "checks").glob("*.py") if path.stem != "__init__")
