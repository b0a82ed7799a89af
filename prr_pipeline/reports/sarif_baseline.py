"""SARIF results against a base: each is new, unchanged, updated, or absent, as the standard's `baselineState` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.changes import LineState
from prr_pipeline.readiness.model import Finding, LineResult
from prr_pipeline.reports.change_words import kind_words
from prr_pipeline.reports.sarif_results import results_of_line


def results_since(one: Checked, home: str | None) -> Iterator[dict[str, Any]]:
    """The results of one report, each with its state, and after those of a line what is absent now.

    Paired by rule and subject, as fingerprints are. An absent one is what the base had; it has no level and the kind
    `pass`, so that a viewer which does not know of states takes it for no finding.
    """
    before = {} if one.compared is None or one.compared.before is None else one.compared.before
    for result in one.report.results:
        old = before.get(result.line_id)
        base = {} if old is None else _by_rule(results_of_line(one.report.subject, _as_result(old), home))
        for item in results_of_line(one.report.subject, result, home):
            was = base.pop(item["ruleId"], None)
            yield {**item, "baselineState": _state(was, item), **_words(one, result.line_id, item)}
        for item in base.values():
            yield _absent(item)


def _state(was: dict[str, Any] | None, now: dict[str, Any]) -> str:
    """Where a finding lies says nothing: an edit above moves it and changes nothing about it."""
    if was is None:
        return "new"
    same = all(was[key] == now[key] for key in ("level", "message", "suppressions"))
    return "unchanged" if same else "updated"


def _words(one: Checked, line_id: str, item: dict[str, Any]) -> dict[str, Any]:
    """What became of the line, for viewers that show properties."""
    change = one.compared.of(line_id) if one.compared is not None else None
    if change is None or item["ruleId"] != line_id:
        return {}
    said = {"change": kind_words(change), "cause": str(change.cause), "why": change.why}
    return {"properties": {**item["properties"], "since": said}}


def _absent(item: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in item["properties"].items() if name != "subjectDigest"}
    return {**item, "kind": "pass", "level": "none", "baselineState": "absent", "properties": rest}


def _by_rule(items: Iterator[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["ruleId"]: item for item in items}


def _as_result(state: LineState) -> LineResult:
    """How a line stood, in the form that results are made of; digests and values are not kept of it."""
    places = (state.place,) if state.place is not None else ()
    finding = Finding(state.outcome, state.message, "", places, state.reason)
    return LineResult(
        state.line_id, finding, state.check, 0, {}, state.counted, state.justification,
        state.justification_text, state.justification_note, state.attestations,
    )  # fmt: skip
