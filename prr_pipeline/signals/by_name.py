"""Find a source by its name and check its options: alike for alerts and for metrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import UnknownName
from prr_pipeline.plugins import made_by, plugin_named


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source: what people call it, its group of entry points, the parts it has, and those that ship."""

    what: str
    group: str
    parts: tuple[str, ...]
    built_in: Mapping[str, str]

    def make(self, name: str, options: Mapping[str, object], root: Path) -> Any:
        """The source of that name. Relative paths in ``options`` count from ``root``.

        Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
        """
        if name not in self.built_in:
            plugin = plugin_named(self.group, self.what, name, self.built_in)
            return made_by(plugin, (options, root), self.parts)
        return EntryPoint(name, self.built_in[name], self.group).load()(options, root)


def check_options(source: str, options: Mapping[str, object], valid: Collection[str]) -> None:
    """Raise `UnknownName` for the first option that ``source`` (such as ``alert source inbox``) does not know."""
    for option in options:
        if option not in valid:
            raise UnknownName(f"option of the {source}", option, valid)
