"""Whether a client waits longer with each try: what goes into its delay is raised, shifted or multiplied by a count."""

from __future__ import annotations

import re

from prr_pipeline.readiness.client_code import Part
from prr_pipeline.readiness.drawn_values import Drawn
from prr_pipeline.readiness.reaching import Reaching
from prr_pipeline.readiness.waits import Wait
from prr_pipeline.repository.typescript.expressions import Call, Expression, Name, Other, dotted

_POWERS = ("Math.pow", "Math.exp", "Math.exp2")
_NUMBER = re.compile(r"[\d._]+\Z")
_COUNTS = re.compile(r"attempt|tries|try|retr|count|round|turn|failures|\A[in]\Z", re.IGNORECASE)


def grows(reaching: Reaching, wait: Wait) -> bool:
    """Whether the delay of a wait is seen to grow with the number of tries."""
    growing = Drawn(reaching, (), lambda part, value: _grows(reaching, part, value))
    return growing.into(wait.part, wait.delay, wait.site.start) is not None


def _grows(reaching: Reaching, part: Part, value: Expression) -> bool:
    if isinstance(value, Call):
        given = value.arguments
        return dotted(value.callee) in _POWERS and bool(given) and not _is_number(given[-1]) and not _is_flat(given[0])
    if isinstance(value, Name):
        text = reaching.sources.blob(part.path).text()
        return re.search(rf"(?<![\w$.]){re.escape(value.name)}\s*(?:\*|<<)=", text) is not None
    if not isinstance(value, Other) or len(value.operands) != 2:
        return False
    if value.operator in ("**", "<<"):
        is_flat = value.operator == "**" and _is_flat(value.operands[0])
        return not _is_number(value.operands[1]) and not is_flat
    return value.operator == "*" and any(_varies(part, each) for each in value.operands)


def _varies(part: Part, value: Expression) -> bool:
    """Whether a name counts tries, or is set to a multiple of itself."""
    if not isinstance(value, Name):
        return False
    again = (each for each in part.fragments.assigned if each.name == value.name)
    return bool(_COUNTS.search(value.name)) or any(_holds(each.value, value.name) for each in again)


def _holds(value: Expression, name: str) -> bool:
    if isinstance(value, Name):
        return value.name == name
    inner = value.operands if isinstance(value, Other) else value.arguments if isinstance(value, Call) else ()
    return any(_holds(each, name) for each in inner)


def _is_number(value: Expression) -> bool:
    return isinstance(value, Other) and bool(_NUMBER.match(value.source.strip()))


def _is_flat(base: Expression) -> bool:
    """Whether a base stays as it is, however often it is multiplied with itself: 0 or 1."""
    return isinstance(base, Other) and base.source.strip() in ("0", "1", "1.0")
