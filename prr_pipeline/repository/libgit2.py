"""libgit2 by its Python binding, loaded when something of it is first used: that takes longer than many a judgement."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import pygit2

    return getattr(pygit2, name)
