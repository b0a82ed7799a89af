"""Where does a source speak of a global, such as ``fetch``? Also through ``globalThis``; a name of its own is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.mentioned import Mention, mentions
from prr_pipeline.repository.typescript.modules import Module

ROOTS: Final = frozenset(("globalThis", "window", "self", "global"))
"""What holds every global."""


def global_mentions(sources: Sources, path: str, names: Collection[str]) -> Iterator[Mention]:
    """The mentions of those globals in a file, called or not, and of what holds them all, given or taken as a whole.

    A parameter, constant, import or member of that name is another thing. Raises as `mentions`.
    """
    module = sources.code().module(path)
    for each in mentions(sources.blob(path), frozenset(names) | ROOTS):
        if each.form == "member":
            is_global = each.of in ROOTS and not _is_own(module, each.of, each.start)
        elif each.name in ROOTS and each.name not in names:
            is_global = each.form == "name" and not _is_own(module, each.name, each.start)
        else:
            is_global = each.form in ("name", "object") and not _is_own(module, each.name, each.start)
        if is_global:
            yield each


def _is_own(module: Module, name: str, at: int) -> bool:
    is_bound = name in module.definitions or name in module.types or module.imported(name) is not None
    return is_bound or module.local(name, at) is not None
