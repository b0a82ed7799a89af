"""What becomes of an answer that is kept under a name when the name is set to something else."""

from __future__ import annotations

from ast_grep_py import SgNode

from prr_pipeline.repository.typescript.choices import operator_of
from prr_pipeline.repository.typescript.enclosing import is_same
from prr_pipeline.repository.typescript.fates import Fate


def overwritten(use: SgNode, callee: str, when: bool) -> Fate | None:
    """The fate of an answer whose name this use sets. ``when``: the answer that is wanted.

    None where the use sets nothing, sets what refuses, or asks ``callee`` anew.
    """
    parent = use.parent()
    if parent is None or "assignment" not in parent.kind() or not is_same(use, parent.field("left")):
        return None
    value = parent.field("right")
    said = value.text() if value is not None else ""
    if f"{callee}(" in said or said == ("false" if when else "true") or (operator_of(parent) == "&&=" and when):
        return None
    if said == ("true" if when else "false"):
        return Fate("lost", f"sets what comes out to {said}, and lets pass what fails it")
    return Fate("untold")
