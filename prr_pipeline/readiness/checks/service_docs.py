"""What a service's README and runbook must tell the person who opens them in a hurry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import alarm_names, service_construct
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.documents import Document, Section
from prr_pipeline.subjects import Subject

_COMMANDS = frozenset(("", "bash", "console", "sh", "shell", "shell-session", "text", "zsh"))
_WORD = re.compile(r"\w+")
_NO_PROSE = ("#", "![", "[![", "<", "```", "---", "===")


class ReadmeExplainsAndRuns(Parameters):
    """``min_words``: of the first paragraph. ``run_headings``: of the section that says how to run it."""

    file: str
    min_words: int
    run_headings: list[str]


class RunbookCovers(Parameters):
    """``sections``: what must be told, to words of which one stands in a heading. ``infra``: where the alarms are."""

    file: str
    sections: dict[str, list[str]]
    infra: str
    construct_calls: list[str]
    alarms_key: str


class DocumentHasEntry(Parameters):
    """``file``: the document that must have a heading with the subject's name, and text below it."""

    file: str


@check("readme_explains_and_runs", ReadmeExplainsAndRuns)
def readme_explains_and_runs(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ReadmeExplainsAndRuns
) -> Finding:
    """The README begins with a paragraph about the service, and a section tells the commands that run it locally."""
    path = sources.fill(parameters.file, subject)
    judged = digest([path, sources.snapshot.blob_id(path)])
    if not sources.exists(path):
        return unmet(f"{path} does not exist; write it.", judged, [Location(path)])
    document = sources.document(path)
    faults = []
    words = _first_paragraph(sources.blob(path).text())
    if words < parameters.min_words:
        faults.append(f"its first paragraph has {words} of at least {parameters.min_words} words")
    runs = [section for section in document.sections if _is(section.heading, parameters.run_headings)]
    if not runs:
        faults.append(f"no heading says how to run it ({' or '.join(parameters.run_headings)})")
    elif not any(_has_command(document, section) for section in runs):
        faults.append(f"the section {runs[0].heading!r} shows no command in a code fence")
    if faults:
        return unmet(f"{path}: {listed(faults)}.", judged, [Location(path, runs[0].line if runs else 1)])
    return met(f"{path} explains {subject.name} and how to run it.", judged, [Location(path, runs[0].line)])


@check("runbook_covers", RunbookCovers)
def runbook_covers(sources: Sources, _facts: Facts, subject: Subject, parameters: RunbookCovers) -> Finding:
    """The runbook has each section, a link to a dashboard, and an entry for each alarm of the service."""
    path = sources.fill(parameters.file, subject)
    infra = sources.fill(parameters.infra, subject)
    judged = digest([path, sources.snapshot.blob_id(path), infra, sources.snapshot.blob_id(infra)])
    if not sources.exists(path):
        return unmet(f"{path} does not exist; write it.", judged, [Location(path)])
    document = sources.document(path)
    faults = [*_untold(document, parameters.sections)]
    alarms: Sequence[str] = ()
    hidden: NotSeen | None = None
    try:
        alarms = alarm_names(
            sources, service_construct(sources, infra, parameters.construct_calls), parameters.alarms_key
        )
    except NotSeen as fault:
        hidden = fault
    faults += [f"the alarm {name} has no entry" for name in alarms if not _names(document, name)]
    if faults:
        return unmet(f"{path}: {listed(faults)}.", judged, [Location(path)])
    if hidden is not None:
        return unknown(
            hidden.reason,
            f"{path} tells its sections, but which alarms there are cannot be seen: {hidden}",
            judged,
            hidden.locations,
        )
    return met(
        f"{path} tells {listed(list(parameters.sections))}, and of {len(alarms)} alarms each.", judged, [Location(path)]
    )


@check("document_has_entry", DocumentHasEntry)
def document_has_entry(sources: Sources, _facts: Facts, subject: Subject, parameters: DocumentHasEntry) -> Finding:
    """A heading of the document names the subject, and text stands below it."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; write it with a section about {subject.name}."
        return unmet(message, digest([path, subject.name]), [Location(path)])
    found = [each for each in sources.document(path).sections if _mentions(each.heading, subject.name)]
    judged = digest([path, subject.name, [[each.heading, each.body] for each in found]])
    if not found:
        return unmet(f"{path} has no heading with {subject.name}; write its entry.", judged, [Location(path)])
    if not any(section.words for section in found):
        return unmet(
            f"{path}: the entry of {subject.name} is empty; write it.", judged, [Location(path, found[0].line)]
        )
    return met(f"{path} has an entry for {subject.name}.", judged, [Location(path, found[0].line)])


def _first_paragraph(text: str) -> int:
    """Words of the first paragraph that is neither a heading nor a picture, nor the metadata before all."""
    if text.startswith("---\n"):
        text = text.partition("\n---")[2]
    for paragraph in re.split(r"\n[ \t]*\n", text):
        lines = (line.strip() for line in paragraph.splitlines())
        words = sum(len(_WORD.findall(line)) for line in lines if not line.startswith(_NO_PROSE))
        if words:
            return words
    return 0


def _has_command(document: Document, section: Section) -> bool:
    after = (each.line for each in document.sections if each.line > section.line and each.level <= section.level)
    end = next(after, None)
    return any(
        fence.line > section.line
        and (end is None or fence.line < end)
        and fence.language in _COMMANDS
        and fence.text.strip()
        for fence in document.fences
    )


def _untold(document: Document, sections: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for told, words in sections.items():
        found = [section for section in document.sections if _is(section.heading, words)]
        if not found:
            yield f"no heading tells of {told}"
        elif not any(section.words for section in found):
            yield f"the section {found[0].heading!r} is empty"
    if not any("://" in link.target for link in document.links):
        yield "it links to no dashboard"


def _is(heading: str, words: Sequence[str]) -> bool:
    return any(word.casefold() in heading.casefold() for word in words)


def _names(document: Document, name: str) -> bool:
    """Whether a heading, a list item or a table row speaks of it."""
    rows = (cell for table in document.tables for row in table.rows for cell in row.cells)
    texts = (*(each.heading for each in document.sections), *(each.text for each in document.list_items), *rows)
    return any(_mentions(text, name) for text in texts)


def _mentions(text: str, name: str) -> bool:
    """Whether a text names something as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE) is not None
