"""Reports as SARIF 2.1.0, the form that code hosts show beside the code: one run, written while subjects are judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from prr_pipeline import __version__
from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import Report
from prr_pipeline.reports.change_words import verdict_words
from prr_pipeline.reports.changes_json import since_data
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.overlay_words import VERDICTS
from prr_pipeline.reports.sarif_baseline import results_since
from prr_pipeline.reports.sarif_results import ROOT_ID, results_of
from prr_pipeline.reports.sarif_rules import VOID_JUSTIFICATION, line_rule, sarif_text, void_justification_rule
from prr_pipeline.reports.tally import Tally
from prr_pipeline.reports.text import plain

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class SarifStream:
    """Writes one SARIF log. Results go out at once; of each report only a summary is kept, for the run's end.

    ``origin``: the repository's URL, None when it has none. ``home``: the file that stands for a subject where a
    finding names no place.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        catalogue: Catalogue,
        pages: LinePages,
        *,
        origin: str | None = None,
        home: str | None = None,
    ) -> None:
        self._write, self._pages, self._origin, self._home = write, pages, origin, home
        self._lines = {line.id: line for line in catalogue.lines}
        self._rules: dict[str, int] = {}
        self._summaries: list[dict[str, Any]] = []
        self._commit: str | None = None
        self._empty = True
        write(f'{{"$schema": {json.dumps(SCHEMA)}, "version": "2.1.0", "runs": [{{"results": [')

    def add(self, one: Checked) -> None:
        """Write the results of one report; every line asked becomes a rule."""
        report = one.report
        self._commit = report.commit
        for line in report.results:
            self._index(line.line_id)
        results = results_of(report, self._home) if one.compared is None else results_since(one, self._home)
        for result in results:
            result["ruleIndex"] = self._index(result["ruleId"])
            self._write(("\n" if self._empty else ",\n") + json.dumps(result))
            self._empty = False
        self._summaries.append(_summary(report, one.notes))

    def close(self, tally: Tally) -> None:
        """Write the rules and what was run, and end the log."""
        rest = {
            "tool": {"driver": self._driver()},
            "invocations": [self._invocation(tally)],
            "originalUriBaseIds": {ROOT_ID: {"description": {"text": "The top folder of the repository judged."}}},
            **self._provenance(),
            "columnKind": "unicodeCodePoints",
            "properties": {"reports": self._summaries} | ({} if tally.since is None else since_data(tally.since)),
        }
        self._write("\n], " + json.dumps(rest).removeprefix("{") + "]}\n")

    def _index(self, rule_id: str) -> int:
        return self._rules.setdefault(rule_id, len(self._rules))

    def _driver(self) -> dict[str, Any]:
        rules = [
            void_justification_rule() if rule == VOID_JUSTIFICATION else line_rule(self._lines[rule], self._pages)
            for rule in self._rules
        ]
        return {"name": "prr_pipeline", "version": __version__, "semanticVersion": __version__, "rules": rules}

    def _invocation(self, tally: Tally) -> dict[str, Any]:
        notes = [
            {"level": "warning", "message": {"text": sarif_text(f"{one['subject']}: {note}")}}
            for one in self._summaries
            for note in one["notes"]
        ]
        return {
            "executionSuccessful": True,
            "exitCode": tally.exit_code,
            "exitCodeDescription": f"{tally.subjects} judged: {_verdict(tally)}",
            "toolExecutionNotifications": notes,
        }

    def _provenance(self) -> dict[str, Any]:
        """The standard wants a repository's URL beside each commit; without one the commit stands in the summaries."""
        if self._origin is None:
            return {}
        revision = {"revisionId": self._commit} if self._commit else {}
        one = {"repositoryUri": self._origin, **revision, "mappedTo": {"uriBaseId": ROOT_ID}}
        return {"versionControlProvenance": [one]}


def _verdict(tally: Tally) -> str:
    return VERDICTS[tally.exit_code] if tally.since is None else verdict_words(tally.exit_code)


def _summary(report: Report, notes: Sequence[str]) -> dict[str, Any]:
    """What a report says beside its results: the verdict, and which lines stand on attestations."""
    return {
        "subject": str(report.subject),
        "commit": report.commit,
        "profile": report.profile,
        "digest": report.digest,
        "exitCode": report.exit_code,
        "justified": {r.line_id: r.justification for r in report.results if r.justification},
        "attested": {r.line_id: list(r.attestations) for r in report.results if r.attestations},
        "notes": [plain(note) for note in notes],
    }
