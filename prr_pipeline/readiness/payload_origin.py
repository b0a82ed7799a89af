"""Where does a value in a test come from: from the code that is tested, or from the test's own hand?"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import names_called
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    List,
    Member,
    Name,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.resolution import File

Origin = Literal["built", "written", "captured", "unseen"]
"""Built by the tested code; written out in the test; of neither, in a file that runs that code, or in any other."""
_HOPS = 6


Place = tuple[str, int]
"""A definition by its file and line."""


def origin_of(
    sources: Sources, path: str, value: Expression | None, at: int | None, code: Collection[str]
) -> tuple[Origin, frozenset[Place]]:
    """Where a value of that file comes from, and what built it. ``code``: globs of the code that is tested."""
    origins = _Origins(sources, code)
    found = origins.of(path, value, at, _HOPS) if value is not None else "written"
    if found == "unseen" and _runs(sources, path, code):
        return "captured", frozenset()
    return found, frozenset(origins.builders)


class _Origins:
    def __init__(self, sources: Sources, code: Collection[str]) -> None:
        self._sources = sources
        self._globs = code
        self.builders: set[Place] = set()

    def of(self, path: str, value: Expression, at: int | None, hops: int) -> Origin:
        if hops <= 0:
            return "unseen"
        if isinstance(value, Text):
            return "written"
        if isinstance(value, Record):
            return self._of_parts(path, [entry.value for entry in value.entries], at, hops)
        if isinstance(value, List):
            return self._of_parts(path, value.items, at, hops)
        if isinstance(value, Call):
            return self._of_call(path, value, at, hops)
        if isinstance(value, Name):
            return self._of_name(path, value, at, hops)
        if isinstance(value, Member):
            return self._of_member(path, value, at, hops)
        return "unseen"

    def _of_parts(self, path: str, parts: Collection[Expression], at: int | None, hops: int) -> Origin:
        """An object of the test is its own, unless it spreads what was built."""
        spread = [each.value for each in parts if isinstance(each, Spread)]
        origins = [self.of(path, each, at, hops - 1) for each in spread]
        if "built" in origins:
            return "built"
        return "unseen" if "unseen" in origins else "written"

    def _of_call(self, path: str, call: Call, at: int | None, hops: int) -> Origin:
        found = self._sources.code().follow(path, call.callee, at)
        if not isinstance(found, Found) or not isinstance(found.expression, Function | Class):
            return self.of(path, call.callee, at, hops - 1) if isinstance(call.callee, Member) else "unseen"
        if self._is_code(found):
            return "built"
        made = found.expression.returns if isinstance(found.expression, Function) else None
        if made is None:
            return "unseen"
        return self.of(found.path, made, getattr(found.expression, "end", 1) - 1, hops - 1)

    def _of_name(self, path: str, name: Name, at: int | None, hops: int) -> Origin:
        module = self._sources.code().module(path)
        local = module.local(name.name, at) if at is not None else None
        if local is not None:
            return self.of(path, local.value, local.start, hops - 1) if local.value is not None else "unseen"
        if name.name in module.definitions:
            return self.of(path, module.definitions[name.name], None, hops - 1)
        found = self._sources.code().follow(path, name, at)
        if not isinstance(found, Found):
            return "unseen"
        return "built" if self._is_code(found) else self.of(found.path, found.expression, found.at, hops - 1)

    def _of_member(self, path: str, member: Member, at: int | None, hops: int) -> Origin:
        """A part of what was built was built; a part of an object that the test wrote is what stands there."""
        found = self._sources.code().follow(path, member, at)
        if isinstance(found, Found) and not isinstance(found.expression, Member):
            return "built" if self._is_code(found) else self.of(found.path, found.expression, found.at, hops - 1)
        return self.of(path, member.object, at, hops - 1)

    def _is_code(self, found: Found) -> bool:
        if not any(matches(glob, found.path) for glob in self._globs):
            return False
        self.builders.add((found.path, found.expression.line))
        return True


def _runs(sources: Sources, path: str, code: Collection[str]) -> bool:
    """Whether a file calls anything that it imports from the tested code."""
    module = sources.code().module(path)
    for name in {name for name, _ in names_called(module)}:
        bound = module.imported(name)
        target = sources.code().resolve(path, bound[0].specifier) if bound is not None else None
        if isinstance(target, File) and any(matches(glob, target.path) for glob in code):
            return True
    return False
