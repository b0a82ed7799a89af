"""Conditions that ask nothing of an operation: what runs by them hangs on a setting, and may never run."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from prr_pipeline.readiness.client_code import words_in
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Other
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Condition
from prr_pipeline.repository.typescript.modules import CallSite, Module

_NAME = re.compile(r"(?<![.\w$])[A-Za-z_$][\w$]*")
_NO_NAMES = frozenset(("true", "false", "null", "undefined", "typeof", "await", "new", "void", "this"))


def hangs_on_setting(
    sources: Sources, module: Module, site: CallSite, begins: int, writes: Collection[str]
) -> Condition | None:
    """The condition between ``begins`` and a call that asks nothing of the operation, and decides about the call.

    One that decides about a write (a method of ``writes``) in the same way does not count.
    """
    for each in read_fragments(sources.blob(module.path)).conditions:
        if each.start < begins or not _decides(module, each, site):
            continue
        own = [span for span in each.branches if span[0] <= site.start < span[1]]
        beside = [other for other in _writes(module, writes) if any(start <= other < end for start, end in own)]
        late = not own and not any(begins <= other < each.start for other in _writes(module, writes))
        if not beside and not late and not _asks_operation(module, each):
            return each
    return None


def _decides(module: Module, condition: Condition, site: CallSite) -> bool:
    if any(start <= site.start < end for start, end in condition.branches):
        return True
    is_same = module.function_at(condition.start) == module.function_at(site.start)
    return condition.leaves and condition.end <= site.start and is_same


def _writes(module: Module, writes: Collection[str]) -> Iterator[int]:
    for site in module.calls:
        if isinstance(site.call.callee, Member) and site.call.callee.name in writes:
            yield site.start


def _asks_operation(module: Module, condition: Condition) -> bool:
    """Whether a condition asks a name that the function around binds: what it was given, or has read."""
    return any(module.local(name, condition.start) is not None for name in _bases(condition.asked))


def _bases(value: Expression) -> Iterator[str]:
    if isinstance(value, Member):
        yield from _bases(value.object)
    elif isinstance(value, Name):
        yield value.name
    elif isinstance(value, Other) and not value.operands:
        yield from (name for name in _NAME.findall(value.source) if name not in _NO_NAMES)
    elif isinstance(value, Other):
        yield from (name for each in value.operands for name in _bases(each))
    else:
        yield from words_in(value)
