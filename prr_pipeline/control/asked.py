"""Which lines are asked: those of the checklists that ship, and of the deployment's own, as its files say now."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.readiness.catalogue import Catalogue, catalogue_of, read_checklist

if TYPE_CHECKING:
    from prr_pipeline.settings import Settings


def asked_lines(settings: Settings | None, own: Sequence[Path] = ()) -> Catalogue:
    """Every line, read anew: a file that was changed counts at once. ``own``: further files; one named twice is one.

    Raises `PrrError` with every fault of the own files; then nothing can be judged.
    """
    named = [settings.path(path) for path in settings.checklist.own] if settings else []
    files: dict[str, Path] = {}
    for path in (*named, *own):  # opened by the name that was given: a pipe has no other
        files.setdefault(os.path.realpath(path), Path(os.path.abspath(path)))
    return catalogue_of(tuple(map(read_checklist, files.values())))
