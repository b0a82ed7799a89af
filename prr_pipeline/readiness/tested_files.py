"""Test files that CI ran: their cases, the helpers that they import, and the modules that they replace by others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.artefacts import current_artefact
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.reported_cases import Reported, reported_cases
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.globs import matches, select
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    List,
    Member,
    Name,
    Other,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.resolution import File, Resolution


@dataclass(frozen=True, slots=True)
class RanFile:
    """A test file that was reported, with its cases."""

    path: str
    cases: tuple[Reported, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A module that a test replaces by another, and where it does."""

    specifier: str
    target: Resolution
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Replacers:
    """``calls`` replace a module, such as ``vi.mock``; ``spies`` one member, if a ``mock...`` follows them."""

    calls: frozenset[str]
    spies: frozenset[str] = frozenset()


def ran_files(sources: Sources, facts: Facts, artefact: str, tests: str, files: str) -> tuple[RanFile, ...]:
    """The files among those of the glob ``files`` of which the report has cases. ``tests``: a glob of all test files.

    Raises `NotSeen` where there is no report of the judged code, and where it names no test file at all.
    """
    by_path = cases_by_file(sources, facts, artefact, tests)
    if not by_path:
        message = f"The artefact {artefact} names no test file of {tests}; let the reporter write each case's file."
        raise NotSeen(Reason.NO_EVIDENCE, message)
    return tuple(RanFile(path, by_path[path]) for path in select(files, list(by_path)))


def cases_by_file(sources: Sources, facts: Facts, artefact: str, tests: str) -> Mapping[str, tuple[Reported, ...]]:
    """The reported cases by test file, sorted. Raises what `reported_cases` raises."""
    reported = reported_cases(sources, facts, artefact, tests)

    def sorted_out() -> Mapping[str, tuple[Reported, ...]]:
        found: dict[str, list[Reported]] = defaultdict(list)
        for each in reported:
            if each.path is not None:
                found[each.path].append(each)
        return {path: tuple(found[path]) for path in sorted(found)}

    key = f"{current_artefact(facts, artefact).blob.id}#{tests}"
    return sources.once("cases by file", key, sorted_out)


def own_side(sources: Sources, path: str, code: str) -> tuple[str, ...]:
    """The test file, and the helpers of its package that it imports. ``code``: a glob of what is tested."""
    package = sources.code().package_of(path)

    def is_helper(each: str) -> bool:
        return not matches(code, each) and sources.code().package_of(each) == package

    closure = sources.once("side of a test", f"{path}#{code}", lambda: sources.code().closure(path, is_helper))
    return tuple(each for each in closure.files if each.endswith(SUFFIXES) and (each == path or is_helper(each)))


def set_up_files(sources: Sources, config: str) -> tuple[str, ...]:
    """What the test runner loads before every test file: ``test.setupFiles`` of its configuration."""
    found = sources.code().exported(config, "default") if sources.exists(config) else None
    value = found.expression if isinstance(found, Found) else None
    if isinstance(value, Call) and value.arguments:
        value = value.arguments[0]
    tests = value.get("test") if isinstance(value, Record) else None
    listed = tests.get("setupFiles") if isinstance(tests, Record) else None
    texts = listed.items if isinstance(listed, List) else (listed,)
    targets = (sources.code().resolve(config, each.value) for each in texts if isinstance(each, Text) and each.value)
    return tuple(each.path for each in targets if isinstance(each, File))


def replaced_in(sources: Sources, paths: Iterable[str], replacers: Replacers) -> tuple[Replaced, ...]:
    """Every module that these files replace, in whole or by a member. Files that cannot be read have none."""
    found: list[Replaced] = []
    for path in dict.fromkeys(paths):
        with suppress(PrrError):
            module = sources.code().module(path)
            for site in module.calls:
                specifier = _replaced(module, site, replacers)
                if specifier is not None:
                    found.append(Replaced(specifier, sources.code().resolve(path, specifier), path, site.line))
    return tuple(found)


def names_called(module: Module) -> Iterator[tuple[str, str | None]]:
    """The first name of each thing that is called or given to a call, with the member of it that is taken."""
    for site in module.calls:
        for part in (site.call.callee, *site.call.arguments):
            root, member = _root(part)
            if root is not None:
                yield root, member


def root_name(expression: Expression) -> str | None:
    """``a`` of ``a.b(c).d``; None where it does not begin with a name."""
    return _root(expression)[0]


def is_one_of(module: Module, callee: Expression, names: Collection[str]) -> bool:
    """Whether a callee reads as one of the names; an import under another name counts as what it imports."""
    written = dotted(callee)
    first, dot, rest = written.partition(".")
    bound = module.imported(first)
    plain = bound[1] if bound is not None and bound[1] not in ("*", "default") else first
    return written in names or f"{plain}{dot}{rest}" in names


def _replaced(module: Module, site: CallSite, replacers: Replacers) -> str | None:
    """The module that a call replaces, as it is written there; None for a call that replaces none."""
    callee, arguments = site.call.callee, site.call.arguments
    if is_one_of(module, callee, replacers.calls):
        return None if not arguments or _keeps(arguments[1:]) else _specifier(arguments[0])
    spied = callee.object if isinstance(callee, Member) and callee.name.startswith("mock") else None
    if not isinstance(spied, Call) or not spied.arguments or not is_one_of(module, spied.callee, replacers.spies):
        return None
    name = root_name(spied.arguments[0])
    bound = module.imported(name) if name is not None else None
    return bound[0].specifier if bound is not None else None


def _specifier(argument: Expression) -> str | None:
    """``"./x"``, and that of ``import("./x")``."""
    if isinstance(argument, Call) and dotted(argument.callee) == "import" and argument.arguments:
        argument = argument.arguments[0]
    return argument.value if isinstance(argument, Text) else None


def _keeps(options: Iterable[Expression]) -> bool:
    """``{ spy: true }`` watches a module and leaves it as it is."""
    spy = next((each.get("spy") for each in options if isinstance(each, Record)), None)
    return isinstance(spy, Other) and spy.source == "true"


def _root(expression: Expression) -> tuple[str | None, str | None]:
    member: str | None = None
    while isinstance(expression, Member | Call):
        member = expression.name if isinstance(expression, Member) else member
        expression = expression.object if isinstance(expression, Member) else expression.callee
    return (expression.name, member) if isinstance(expression, Name) else (None, None)
