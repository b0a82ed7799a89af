"""What became of each line since a base, as JSON: beside a report, and for all in a summary."""

from __future__ import annotations

from typing import Any

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.changes import Base, Change, Effect, LineState
from prr_pipeline.reports.tally import ChangeTally
from prr_pipeline.reports.text import whole
from prr_pipeline.subjects import Subject


def with_changes(data: dict[str, Any], one: Checked) -> dict[str, Any]:
    """A report's document with its changes; as it is where nothing was compared.

    ``exit_code`` is then that of the comparison, ``report_exit_code`` that of the report alone.
    """
    compared = one.compared
    if compared is None:
        return data
    return {
        **data,
        "appeared": compared.appeared,
        "base": base_data(compared.base),
        "changes": [_change_data(change) for change in compared.changes],
        "exit_code": one.exit_code,
        "report_exit_code": one.report.exit_code,
        "vanished": False,
    }


def vanished_data(subject: Subject, base: Base, commit: str | None) -> dict[str, Any]:
    """The document of a subject that only the base holds: there is no report of it."""
    return {
        "appeared": False,
        "base": base_data(base),
        "changes": [],
        "commit": commit,
        "exit_code": 0,
        "kind": str(subject.kind),
        "lines": [],
        "name": subject.name,
        "subject": str(subject),
        "vanished": True,
    }


def since_data(since: ChangeTally) -> dict[str, Any]:
    """What a summary says of all changes. ``elsewhere``: those that the commit did not make."""
    return {
        "appeared": [str(subject) for subject in since.appeared],
        "base": base_data(since.base),
        "changes": {
            **{str(effect): since.effects[effect] for effect in Effect},
            "elsewhere": since.elsewhere,
            "kinds": {str(kind): since.kinds[kind] for kind in sorted(since.kinds)},
        },
        "vanished": [str(subject) for subject in since.vanished],
    }


def base_data(base: Base) -> dict[str, str]:
    """The ref that was named, and the commit that it led to."""
    return {"commit": base.commit, "ref": base.ref}


def _change_data(change: Change) -> dict[str, Any]:
    at = change.after.place or change.before.place
    return {
        "line": change.line_id,
        "kind": str(change.kind),
        "effect": str(change.effect),
        "cause": str(change.cause),
        "counted": change.counted,
        "before": _state_data(change.before),
        "after": _state_data(change.after),
        "why": whole(change.why),
        "location": whole({"path": at.path, "line": at.line}) if at else None,
    }


def _state_data(state: LineState) -> dict[str, Any]:
    return {
        "outcome": str(state.outcome),
        "reason": str(state.reason) if state.reason else None,
        "message": whole(state.message),
        "justification": state.justification,
        "attestations": list(state.attestations),
    }
