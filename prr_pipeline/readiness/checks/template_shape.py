"""Whether a service has the shape of the template that all services are made from."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.compiler_options import compiler_option
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, plain, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import load
from prr_pipeline.subjects import Subject

_MANIFEST = "package.json"
_COMPILER = "tsconfig.json"


class TreeMatchesTemplate(Parameters):
    """``folder`` of the service and of the ``template``. ``required``: paths, which may be globs or folders.

    ``scripts`` of the package and ``compiler_options`` that must be as in the template, where it has them; its own name
    in a script stands for the service's.
    """

    folder: str
    template: str
    required: list[str]
    scripts: list[str] | None = None
    compiler_options: list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    """One key as the template and as the service has it; equal, unequal, or (None) not to be told."""

    file: str
    key: str
    wanted: str
    given: str
    equal: bool | None


@check("tree_matches_template", TreeMatchesTemplate)
def tree_matches_template(
    sources: Sources, _facts: Facts, subject: Subject, parameters: TreeMatchesTemplate
) -> Finding:
    """The service has each required path, and the named scripts and compiler options of the template."""
    folder, template = sources.fill(parameters.folder, subject), sources.fill(parameters.template, subject)
    missing = [each for each in parameters.required if not _is_there(sources, folder, each)]
    has_template = bool(sources.paths(f"{template}/**"))
    pairs = [*_scripts(sources, folder, template, parameters), *_options(sources, folder, template, parameters)]
    differing = [each for each in pairs if each.equal is False]
    judged = digest([folder, missing, [[each.file, each.key, each.given, each.equal] for each in pairs], has_template])
    faults = [f"{each} is missing" for each in missing]
    faults += [f"{each.key} of {each.file} is {each.given}, in the template {each.wanted}" for each in differing]
    places = [Location(posixpath.join(folder, each)) for each in missing]
    places += [Location(posixpath.join(folder, each.file), 0, each.key) for each in differing]
    if faults:
        return unmet(f"{folder} departs from {template}: {listed(faults)}; make it alike.", judged, places)
    if not has_template:
        message = f"{template} holds no file to compare {folder} with; write the template, or declare where it lies."
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(template)])
    open_ones = [each for each in pairs if each.equal is None]
    if open_ones:
        told = listed([f"{each.key} of {each.file} ({each.given}; {each.wanted})" for each in open_ones])
        message = f"{told} cannot be compared without what lies outside the repository; set it in both."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(posixpath.join(folder, _COMPILER))])
    message = f"{folder} has the {len(parameters.required)} paths and the {len(pairs)} settings of {template}."
    return met(message, judged, [Location(folder)])


def _is_there(sources: Sources, folder: str, required: str) -> bool:
    path = posixpath.join(folder, required)
    return sources.exists(path) or bool(sources.paths(path)) or bool(sources.paths(f"{path.rstrip('/')}/**"))


def _scripts(sources: Sources, folder: str, template: str, parameters: TreeMatchesTemplate) -> Iterator[_Pair]:
    wanted, given = _package_scripts(sources, template), _package_scripts(sources, folder)
    own, others = posixpath.basename(folder), posixpath.basename(template)
    for name in parameters.scripts or ():
        script = wanted.get(name)
        if isinstance(script, str):
            here = given.get(name)
            filled = " ".join(script.replace(others, own).split())
            equal = isinstance(here, str) and " ".join(here.split()) == filled
            yield _Pair(_MANIFEST, f"the script {name}", _said(script), _said(here), equal)


def _package_scripts(sources: Sources, folder: str) -> Mapping[str, object]:
    path = posixpath.join(folder, _MANIFEST)
    return mapping(mapping(load(sources.blob(path))).get("scripts")) if sources.exists(path) else {}


def _options(sources: Sources, folder: str, template: str, parameters: TreeMatchesTemplate) -> Sequence[_Pair]:
    here, there = posixpath.join(folder, _COMPILER), posixpath.join(template, _COMPILER)
    if not (sources.exists(here) and sources.exists(there)):
        return ()
    found = []
    for option in parameters.compiler_options or ():
        wanted, given = compiler_option(sources, there, option), compiler_option(sources, here, option)
        equal = wanted == given if wanted == given or not (wanted.outside or given.outside) else None
        if wanted.value is not None or wanted.outside is not None:
            found.append(_Pair(_COMPILER, f"the option {option}", wanted.shown, given.shown, equal))
    return found


def _said(value: object) -> str:
    return "not there" if value is None else repr(plain(value))
