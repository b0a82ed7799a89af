"""Lines that say who must agree: the outcome comes from verified sign-off records, handed in."""

from __future__ import annotations

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import unknown
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


class ApprovedBy(Parameters):
    """``line``: the id under which the review hands in its verdict."""

    line: str


@check("approved_by", ApprovedBy)
def approved_by(sources: Sources, facts: Facts, subject: Subject, parameters: ApprovedBy) -> Finding:
    """The people whom the line names have signed, as the review of the sign-off records says."""
    own = sources.subject_digest(subject)
    found = (facts.approvals or {}).get(parameters.line)
    if found is None:
        message = (
            "No sign-off records were read; open the promotion with `prr open` and have people sign it with `prr sign`."
        )
        return unknown(Reason.NO_EVIDENCE, message, own)
    outcome, message = found
    return Finding(outcome, message, own, reason=Reason.NO_EVIDENCE if outcome is Outcome.UNKNOWN else None)
