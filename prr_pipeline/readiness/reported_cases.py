"""The test cases that CI reported at the judged code: which of them name a subject, and where they stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.artefacts import current_artefact, read_artefact
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.mentions import Mentions, file_names_in, mentions_of, words_of
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.namesakes import namesake_folders
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.report_paths import ReportPaths
from prr_pipeline.repository.test_results import CaseOutcome, TestCase, read_test_results
from prr_pipeline.repository.typescript.cases import SourceCase, cases_in
from prr_pipeline.subjects import Subject, SubjectKind

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}\**")
_RESOURCE = "{resource}"


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported case, and the test file of the repository that it is of; None where that cannot be told."""

    case: TestCase
    path: str | None


@dataclass(frozen=True, slots=True)
class Demand:
    """What one item of a line needs a case for (a topic, a version), and the cases that speak of it."""

    name: str
    cases: tuple[Reported, ...]

    @property
    def fault(self) -> str | None:
        """Why the demand is not fulfilled, in a few words; None if a case passed and none failed."""
        failed = [each for each in self.cases if each.case.outcome is CaseOutcome.FAILED]
        if failed:
            return f"{self.name} (failed: {failed[0].case.title!r})"
        if any(each.case.outcome is CaseOutcome.PASSED for each in self.cases):
            return None
        return f"{self.name} (skipped: {self.cases[0].case.title!r})" if self.cases else f"{self.name} (no case)"


class _CaseIndex:
    """The cases of a report by the words of their titles and the names of their files."""

    def __init__(self, cases: Sequence[Reported]) -> None:
        self._cases = cases
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_file: dict[str, list[int]] = defaultdict(list)
        for at, each in enumerate(cases):
            for word in words_of(each.case.title):
                self._by_word[word].append(at)
            for name in set(file_names_in(each.path or each.case.file or "")):
                self._by_file[name].append(at)
        self.has_paths = any(each.path for each in cases)

    def near(self, mentions: Mentions) -> Iterator[Reported]:
        """All cases that name the subject and some that do not, in the order of the report."""
        word = mentions.rarest_word
        named: Iterable[int] = self._by_word.get(word, ()) if word is not None else range(len(self._cases))
        for at in sorted({*named, *self._by_file.get(mentions.file_name, ())}):
            yield self._cases[at]


def reported_cases(sources: Sources, facts: Facts, artefact: str, tests: str) -> tuple[Reported, ...]:
    """Every case of the report. ``tests`` is a glob of all test files. Raises `NotSeen` or `Unreadable`."""
    fact = current_artefact(facts, artefact)

    def read() -> tuple[Reported, ...]:
        places = ReportPaths(sources.paths(tests))
        cases = read_artefact(sources, fact, read_test_results).cases
        known: dict[str, str | None] = {}
        for case in cases:
            if case.file is not None and case.file not in known:
                known[case.file] = places.find(case.file, relative=True)
        return tuple(Reported(case, known[case.file] if case.file else None) for case in cases)

    return sources.once("reported cases", f"{fact.blob.id}#{tests}", read)


def cases_of(
    sources: Sources, facts: Facts, subject: Subject, artefact: str, tests: str, files: str | None = None
) -> tuple[Reported, ...]:
    """The cases whose title or file names the subject; with ``files`` (a glob, in which ``{word}`` stands for
    anything) only those of such files. Raises `NotSeen`.

    A ``{resource}`` in the glob is first the subject's own: only where no case lies in a file that is called after it
    count those of other files, such as a suite for several resources.
    """
    index = _index(sources, facts, artefact, tests)
    if files is not None and not index.has_paths:
        message = f"The artefact {artefact} names no test file of {tests}; let the reporter write each case's file."
        raise NotSeen(Reason.NO_EVIDENCE, message)
    pattern = _PLACEHOLDER.sub("*", files) if files is not None else None
    mentions, others = mentions_of(sources, subject), namesake_folders(sources, subject)
    found = tuple(
        each
        for each in index.near(mentions)
        if (pattern is None or (each.path is not None and matches(pattern, each.path)))
        and (mentions.named_in(each.case.title) or mentions.names_file(each.path or each.case.file or ""))
        and not (each.path or "").startswith(others or "\0")
    )
    return _of_own_resource(sources, subject, files or "", found) or found


def _index(sources: Sources, facts: Facts, artefact: str, tests: str) -> _CaseIndex:
    reported = reported_cases(sources, facts, artefact, tests)
    key = f"{current_artefact(facts, artefact).blob.id}#{tests}"
    return sources.once("case index", key, lambda: _CaseIndex(reported))


def _of_own_resource(sources: Sources, subject: Subject, files: str, cases: Iterable[Reported]) -> tuple[Reported, ...]:
    """Those of files that are called after the subject's kind or a part of its path."""
    if _RESOURCE not in files or subject.kind is not SubjectKind.OPERATION:
        return ()
    names = {part for part in sources.operation(subject).path.split("/") if part and not part.startswith("{")}
    with suppress(NotDeclared):
        names.add(sources.operation_kind(subject))
    forms = names | {name.replace("_", "-") for name in names} | {name.replace("-", "_") for name in names}
    plain = (re.sub(r"[][*?{}\\]", "?", form) for form in sorted(forms))
    globs = [_PLACEHOLDER.sub("*", files.replace(_RESOURCE, form)) for form in plain]
    return tuple(each for each in cases if each.path is not None and any(matches(glob, each.path) for glob in globs))


def source_of(sources: Sources, reported: Reported) -> SourceCase | None:
    """The case as its file declares it. Raises `MissingFile` or `Unreadable` for a file that cannot be read."""
    if reported.path is None:
        return None
    path = reported.path
    declared = sources.once("cases", path, lambda: cases_in(sources.code().module(path)))
    found = [case for case in declared if case.title.ends(reported.case.name)]
    return max(found, key=lambda case: sum(len(piece) for piece in case.title.pieces), default=None)


def places_of(sources: Sources, cases: Iterable[Reported]) -> list[Location]:
    """Where the cases stand in the repository: their lines, as far as their sources can be read."""
    return [_place(sources, each) for each in cases]


def flaky_titles(cases: Sequence[Reported]) -> list[str]:
    """The titles of those that passed only when they were run again."""
    return sorted({each.case.title for each in cases if each.case.flaky})


def _place(sources: Sources, reported: Reported) -> Location:
    try:
        declared = source_of(sources, reported)
    except PrrError:
        declared = None
    path = reported.path or reported.case.file or "the test report"
    return Location(path, declared.line if declared else 0, reported.case.title)
