"""Consumers of a service's SDK: workspaces beside it that import the package and call it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import SEEN_INSTEAD, listed, mapping, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Reported, places_of
from prr_pipeline.readiness.service_routes import operations_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.tested_files import Replacers, cases_by_file, replaced_in, root_name
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.packages import package_name
from prr_pipeline.subjects import Subject

_TABLES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_HOPS = 4


class SdkHasCallingConsumer(Parameters):
    """``package``: the SDK's name. ``consumers``: globs of folders, without the service's own (``folder``).
    ``canary_words``: of which one names a canary in a test's path or title. ``mock_calls``: what replaces a module."""

    package: str
    consumers: Annotated[list[str], Meta(min_length=1)]
    folder: str
    consumers_min: Annotated[int, Meta(ge=1)]
    canary_words: list[str]
    artefact: str
    tests: str
    mock_calls: list[str]


@dataclass(frozen=True, slots=True)
class _Use:
    """A file that imports the package: the first call that was followed to it, if any."""

    path: str
    line: int
    call: Location | None
    touched: bool
    """Whether anything that is imported is called or constructed at all."""


@check("sdk_has_calling_consumer", SdkHasCallingConsumer)
def sdk_has_calling_consumer(
    sources: Sources, facts: Facts, subject: Subject, parameters: SdkHasCallingConsumer
) -> Finding:
    """Enough workspaces import the SDK and call it. A canary's passed case says that the call succeeds."""
    package, lost = sources.fill(parameters.package, subject), list[Lost]()
    own = sources.fill(parameters.folder, subject)
    uses = {
        folder: list(_uses(sources, subject, folder, package, parameters.mock_calls, lost))
        for folder in _consumers(sources, package, parameters.consumers, lost)
        if folder != own
    }
    calling = sorted(folder for folder, found in uses.items() if any(each.call for each in found))
    judged = digest([subject.name, package, list[object](calling)])
    places = [each.call or Location(each.path, each.line, package) for found in uses.values() for each in found]
    if len(calling) < parameters.consumers_min:
        return _too_few(calling, uses, lost, package, parameters, judged, places)
    canary = _canary(sources, facts, uses, parameters)
    failed = [each for each in canary if each.case.outcome is CaseOutcome.FAILED]
    if failed:
        message = f"The canary's call of {package} failed: {failed[0].case.title!r}; mend what it shows."
        return unmet(message, judged, places_of(sources, failed))
    passed = [each for each in canary if each.case.outcome is CaseOutcome.PASSED]
    called = [each.call for folder in calling for each in uses[folder] if each.call is not None]
    message = f"{listed(calling)} import {package} and call it"
    if passed:
        said = f"{message}, and the canary's case {passed[0].case.title!r} passed."
        return met(said, judged, [*called, *places_of(sources, passed[:1])], **{SEEN_INSTEAD: passed[0].case.title})
    return met(f"{message} (seen in the code, not run).", judged, called)


def _too_few(
    calling: Sequence[str],
    uses: Mapping[str, Sequence[_Use]],
    lost: Sequence[Lost],
    package: str,
    parameters: SdkHasCallingConsumer,
    judged: str,
    places: Sequence[Location],
) -> Finding:
    doubtful = [each for found in uses.values() for each in found if each.touched and each.call is None]
    if doubtful or lost:
        at = [*(Location(each.path, each.line, package) for each in doubtful)]
        at += [Location(each.path, each.line) for each in lost]
        message = f"Whether {package} is called cannot be told at {at[0].path}; call it through a plain name there."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, at)
    idle = listed(sorted(folder for folder, found in uses.items() if found and folder not in calling))
    seen = (
        f"{idle} imports it and calls nothing of it"
        if idle
        else f"no other workspace ({', '.join(parameters.consumers)}) imports it"
    )
    message = f"{len(calling)} of {parameters.consumers_min} consumers call {package}: {seen}; call it in the canary"
    return unmet(f"{message} or an internal app.", judged, places)


def _consumers(sources: Sources, package: str, patterns: Sequence[str], lost: list[Lost]) -> tuple[str, ...]:
    """The folders whose manifest takes the package; no other could import it."""
    by_package, unread = sources.once("dependents", "\n".join(patterns), lambda: _dependents(sources, patterns))
    lost += unread
    return by_package.get(package, ())


def _dependents(sources: Sources, patterns: Iterable[str]) -> tuple[Mapping[str, tuple[str, ...]], tuple[Lost, ...]]:
    """Every package that a manifest takes, with the folders of those that do, and the manifests that cannot be read."""
    found: dict[str, list[str]] = defaultdict(list)
    unread: list[Lost] = []
    for path in dict.fromkeys(path for pattern in patterns for path in sources.paths(f"{pattern}/package.json")):
        try:
            data = mapping(load_json(sources.blob(path)))
        except PrrError as fault:
            unread.append(Lost(str(fault), path, 0))
            continue
        for package in {name for table in _TABLES for name in mapping(data.get(table))}:
            found[package].append(path.rpartition("/")[0])
    return {package: tuple(folders) for package, folders in found.items()}, tuple(unread)


def _uses(
    sources: Sources, subject: Subject, folder: str, package: str, mocks: Collection[str], lost: list[Lost]
) -> Iterator[_Use]:
    for path in sources.paths(f"{folder}/**"):
        if not path.endswith(SUFFIXES) or package.encode() not in sources.blob(path).data:
            continue
        try:
            module = sources.code().module(path)
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
            continue
        imports = [each for each in module.imports if package_name(each.specifier) == package and each.kind != "type"]
        replaced = {each.specifier for each in replaced_in(sources, [path], Replacers(frozenset(mocks)))}
        if imports and not any(package_name(each) == package for each in replaced):
            names = {local for each in imports for local in each.names}
            roots = [(site, _root(module, site)) for site in module.calls]
            called = [site for site, root in roots if root in names and _is_operation(sources, subject, module, site)]
            call = Location(path, called[0].line, called[0].callee) if called else None
            yield _Use(path, imports[0].line, call, any(root in names for _, root in roots))


def _root(module: Module, site: CallSite) -> str | None:
    """The name that a call begins with, through constants that hold what another call made."""
    name = root_name(site.call.callee)
    for _ in range(_HOPS):
        value = _value_of(module, name, site.start) if name is not None else None
        if value is None:
            break
        name = root_name(value)
    return name


def _value_of(module: Module, name: str, at: int) -> Expression | None:
    local = module.local(name, at)
    return local.value if local is not None else module.definitions.get(name)


def _is_operation(sources: Sources, subject: Subject, module: Module, site: CallSite) -> bool:
    """Whether a call asks for something, and does not only make the client.

    A member that is called asks; a function that is called by its own name does if an operation is called so.
    """
    callee = site.call.callee
    if isinstance(callee, Member):
        return not site.call.new
    bound = module.imported(callee.name) if isinstance(callee, Name) else None
    if bound is None or site.call.new:
        return False
    try:
        return bound[1] in operations_of(sources, subject.name)
    except PrrError:
        return False


def _canary(
    sources: Sources, facts: Facts, uses: Mapping[str, Sequence[_Use]], parameters: SdkHasCallingConsumer
) -> list[Reported]:
    """The canary's cases in test files that call the package, or run code of their workspace that does.

    None where CI has reported nothing.
    """
    calling = {folder: {each.path for each in found if each.call} for folder, found in uses.items()}
    try:
        by_file = cases_by_file(sources, facts, parameters.artefact, parameters.tests) if any(calling.values()) else {}
    except NotSeen:
        return []
    words = [word.casefold() for word in parameters.canary_words]
    return [
        each
        for folder, files in sorted(calling.items())
        for path in select(f"{folder}/**", list(by_file))
        if files and _runs(sources, folder, path, files, {each.path for each in uses[folder]})
        for each in by_file[path]
        if any(word in f"{path} {each.case.title}".casefold() for word in words)
    ]


def _runs(sources: Sources, folder: str, test: str, calling: Collection[str], using: Collection[str]) -> bool:
    """Whether a test file is one of those that call, or imports one within its workspace."""
    if test in using:
        return test in calling
    closure = sources.code().closure(test, lambda each: each.startswith(f"{folder}/"))
    return not set(closure.files).isdisjoint(calling)
