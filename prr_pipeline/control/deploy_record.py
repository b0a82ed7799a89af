"""Record whether a release may go to production: the gate's answer becomes an event of the ledger."""

from __future__ import annotations

from typing import Any

from prr_pipeline.control.deploy_gate import DeployVerdict, judge_deploy
from prr_pipeline.control.subject_listing import subject_of_key
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.subjects import SubjectKind, encode_id

RULINGS = {0: "may_go", 1: "must_not_go", 2: "unknown"}
"""Exit code of `prr gate deploy` to the word that the ledger keeps."""


def record_deploy(work: Workplace, key: str, actor: str) -> DeployVerdict:
    """Judge the release now and book the answer; the same answer twice is booked once.

    Raises `PrrError` for a key that is no deploy's, and for a tag that is not there.
    """
    subject = subject_of_key(key)
    if subject.kind is not SubjectKind.DEPLOY:
        raise PrrError(f"{key} is no deploy; its key looks like deploy:v1.4.0.")
    stream = f"subject/{subject.kind}/{encode_id(subject.name)}"
    known = work.ledger.events(stream=stream, types=(EventType.DEPLOY_JUDGED,))
    verdict = judge_deploy(work.settings, subject.name)
    payload = _payload(verdict)
    if not known or dict(known[-1].payload) != payload:
        work.ledger.append([Draft(stream, EventType.DEPLOY_JUDGED, payload, actor)])
    return verdict


def _payload(verdict: DeployVerdict) -> dict[str, Any]:
    report = verdict.checked.report
    return {
        "base": verdict.base,
        "commit": verdict.commit,
        "open": [result.line_id for result in report.counted if not result.passes],
        "report_digest": report.digest,
        "ruling": RULINGS[verdict.exit_code],
    }
