"""The sample of the endpoint checklist after GA: one operation, who speaks for it, what is known beside its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.facts import AfterGa, AlertReview, AlertWatch, Facts
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.subjects import Subject, SubjectKind, Target
from tests.mutations.state import DAY

GRANT = Subject(SubjectKind.OPERATION, "createGrant")
DOCUMENT = "apps/api/__gates__/prod-readiness/createGrant.md"
THREATS = "apps/docs/content/docs/security/threat-model.mdx"
FULL = datetime(2026, 12, 1, 10, tzinfo=UTC)
"""Since when everybody has the new version."""
NOW = datetime(2027, 4, 5, 12, tzinfo=UTC)
"""After the week, the month and the quarter that follow full exposure."""


@cache
def catalogue() -> Catalogue:
    """The lines of the endpoint checklist."""
    return Catalogue(load_catalogue().lines_for(SubjectKind.OPERATION, Target.GA))


@dataclass(frozen=True, slots=True)
class History:
    """What git's history says, as far as anybody asks: when a path changed, since when an operation is there."""

    changed: Mapping[str, datetime]
    since: Mapping[str, datetime]

    def last_changed_at(self, path: str) -> datetime | None:
        """When the newest commit that changed the path was made."""
        return self.changed.get(path)

    def operation_since(self, operation_id: str) -> datetime | None:
        """When the operation first stood in the spec without a break since."""
        return self.since.get(operation_id)


def after_ga() -> Facts:
    """What is known beside the files: everybody has the new version, and everything due was done."""
    alert = AlertReview("episode-1", "grants-read-latency", "warning", FULL + 2 * DAY, True)
    agreed = {
        line.id: (Outcome.MET, "Signed by everybody who is asked.")
        for line in catalogue().lines
        if line.check == "approved_by"
    }
    return Facts(
        now=NOW,
        target=Target.GA,
        author="noor",
        context="Equity",
        approvals=agreed,
        ladder=Ladder.from_data({"rungs": rungs()}).as_data(),
        ladder_source="promotion",
        history=History(
            {THREATS: datetime(2026, 6, 16, 9, tzinfo=UTC)}, {"createGrant": datetime(2026, 4, 27, 9, tzinfo=UTC)}
        ),
        after_ga=AfterGa(FULL, {}, AlertWatch(FULL + 7 * DAY, (alert,))),
        artefacts_complete=True,
    )


def rungs(steps: str = "shadow 1% 10% 50% 100%", days: int = 7) -> list[dict[str, object]]:
    """A ladder's rungs as data, each of the same time but for the last."""
    names = steps.split()
    return [
        {"exposure": name, "dwell_seconds": days * 86_400 if name != names[-1] else 0, "approval_required": False}
        for name in names
    ]
