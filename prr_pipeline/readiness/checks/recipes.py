"""Whether a recipe of the cookbook shows the operation in every supported SDK, in code that parses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.naming import in_code, in_prose
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.documents import Document, Fence
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.patterns import Pattern
from prr_pipeline.repository.snippets import LANGUAGES, snippet_fault
from prr_pipeline.subjects import Subject


class CodeFencesCover(Parameters):
    """``file``: where recipes lie, ``{name}`` for any. ``fences``: SDK to the languages that its code fences name."""

    file: str
    sdks: list[str]
    fences: dict[str, list[str]]
    per_sdk: int


@dataclass(frozen=True, slots=True)
class _Recipe:
    """A recipe that names the operation, and what is wrong with it for this operation."""

    document: Document
    faults: tuple[tuple[str, int], ...]
    unparsed: tuple[tuple[str, int], ...]


@check("code_fences_cover", CodeFencesCover)
def code_fences_cover(sources: Sources, _facts: Facts, subject: Subject, parameters: CodeFencesCover) -> Finding:
    """One recipe names the operation and has an example per SDK; all of them parse, and one calls the operation."""
    if not parameters.sdks:
        raise NotDeclared("customer.supported_sdks is empty; name the supported SDKs in the profile.")
    undeclared = [sdk for sdk in parameters.sdks if not parameters.fences.get(sdk)]
    if undeclared:
        raise NotDeclared(f"customer.sdk_fences does not say what the fences of {listed(undeclared)} are called.")
    operation, pattern = sources.operation(subject), parameters.file.replace("{name}", "*")
    recipes = [_judged(each, operation, parameters) for each in _naming(sources, operation, pattern)]
    if not recipes:
        message = f"No recipe at {parameters.file} names {subject.name}; write one that calls it."
        here = Location(operation.spec.path, operation.line, subject.name)
        return unmet(message, digest([subject.name, parameters.file]), [here])
    best = min(recipes, key=lambda recipe: (len(recipe.faults), len(recipe.unparsed), recipe.document.path))
    path, shown = best.document.path, _examples(best.document, parameters)
    judged = digest([subject.name, path, [[fence.language, fence.text] for fence in shown]])
    if best.faults:
        places = [Location(path, line) for _, line in best.faults]
        return unmet(f"{path}: {listed([text for text, _ in best.faults])}.", judged, places)
    if best.unparsed:
        names = sorted({name for name, _ in best.unparsed})
        message = f"{path} has examples in {listed(names)}, which nothing here can parse; use one of their other names"
        places = [Location(path, line) for _, line in best.unparsed]
        return unknown(Reason.TOOL_ABSENT, f"{message}, or have the SDK left out.", judged, places)
    places = [Location(path, fence.line, fence.language) for fence in _examples(best.document, parameters)]
    return met(f"{path} shows {subject.name} in {listed(parameters.sdks)}.", judged, places)


def _naming(sources: Sources, operation: Operation, pattern: str) -> Iterator[Document]:
    """Each recipe whose text or front matter names the operation. One that cannot be read hides what it names."""
    names, faults = in_prose(operation), list[PrrError]()
    found = False
    for path in sources.paths(pattern):
        try:
            document = sources.document(path)
        except PrrError as fault:
            faults.append(fault)
            continue
        if names.search(_text(document)) or operation.operation_id in _listed(document.front_matter):
            found = True
            yield document
    if faults and not found:
        places = [Location(path) for path in sources.paths(pattern)]
        raise NotSeen(Reason.UNREADABLE, f"{faults[0]} It may be the recipe of {operation.operation_id}.", places)


def _text(document: Document) -> str:
    return "\n".join([document.text, *(section.heading for section in document.sections)])


def _listed(front_matter: Mapping[str, object]) -> set[str]:
    found: set[str] = set()
    for value in front_matter.values():
        found |= {item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)}
    return found


def _judged(document: Document, operation: Operation, parameters: CodeFencesCover) -> _Recipe:
    faults: list[tuple[str, int]] = []
    for sdk in parameters.sdks:
        count = sum(fence.language in parameters.fences[sdk] for fence in document.fences)
        if count < parameters.per_sdk:
            wanted = "/".join(parameters.fences[sdk])
            faults.append((f"it has {count} examples for {sdk} (fences {wanted}), not {parameters.per_sdk}", 1))
    examples = list(_examples(document, parameters))
    for fence in examples:
        fault = snippet_fault(fence.text, fence.language) if fence.language in LANGUAGES else None
        if fault is not None:
            faults.append((f"the {fence.language} example in line {fence.line} {fault}", fence.line))
    if not faults and not any(_calls(fence, in_code(operation)) for fence in examples):
        faults.append((f"no example calls {operation.operation_id}", examples[0].line if examples else 1))
    unparsed = tuple((fence.language, fence.line) for fence in examples if fence.language not in LANGUAGES)
    return _Recipe(document, tuple(faults), unparsed)


def _examples(document: Document, parameters: CodeFencesCover) -> Iterator[Fence]:
    languages = {language for sdk in parameters.sdks for language in parameters.fences[sdk]}
    return (fence for fence in document.fences if fence.language in languages)


def _calls(fence: Fence, names: Pattern) -> bool:
    """Whether a line of the example names the operation outside of a comment that is a line of its own."""
    lines = (line.strip() for line in fence.text.splitlines())
    return any(names.search(line) for line in lines if not line.startswith(("//", "#", "*", "/*")))
