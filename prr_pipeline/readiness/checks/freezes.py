"""Nothing was merged in a freeze: the merges of a deploy against the freeze calendar, and who let one through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.deploys import deploy_of, human_approvals
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unknown, unmet
from prr_pipeline.readiness.freeze_ends import never_on
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.release_facts import DeployFact, Merge
from prr_pipeline.readiness.remote_facts import LabelsOf, ReviewsOf
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.subjects import Subject


class MergesAreOutsideFreezes(Parameters):
    """``calendar``: an iCalendar file whose events are freezes. ``zone``: for its events without one.

    ``label`` and ``approvals``: a change that bears it and that so many people approved may go in all the same.
    """

    calendar: str
    zone: str
    label: str | None = None
    approvals: int = 2


@check("merges_are_outside_freezes", MergesAreOutsideFreezes, version=3)
def merges_are_outside_freezes(
    sources: Sources, facts: Facts, subject: Subject, parameters: MergesAreOutsideFreezes
) -> Finding:
    """No commit that the deploy carries came to the release line in a freeze, unless it was let through."""
    deploy = deploy_of(facts, subject)
    # A first release carries all of history: what came in before there was a calendar is no merge of this deploy.
    merges = deploy.merges if deploy.base is not None else deploy.merges[:1]
    frozen = {
        merge.commit: (merge.at, summary)
        for merge in merges
        if (summary := _freeze_at(sources, parameters, merge.at)) is not None
    }

    def fault(commit: str) -> str | None:
        at, summary = frozen[commit]
        if _let_through(facts, commit, parameters):
            return None
        return f"{commit[:12]} came in at {at:%Y-%m-%d %H:%M} UTC, in the freeze {shown(summary)!r}"

    items = each_of(frozen, fault)
    items.require()
    lifted = _lifted(sources, deploy, parameters, [merge for merge in merges if merge.commit not in frozen])
    if lifted is not None and not items.wrong:
        return unknown(Reason.NOT_RESOLVABLE, lifted, digest([deploy.name, "lifted"]), [Location(parameters.calendar)])
    judged = digest([deploy.name, items.rows])
    places = [Location(parameters.calendar)]
    if items.wrong:
        message = f"{listed(items.wrong)}; file a justification if it was an emergency, and merge after it next time."
        return unmet(message, judged, places, in_freeze=len(frozen))
    let = f" but {len(frozen)} that were let through" if frozen else ""
    return met(f"No merge of {len(merges)} lies in a freeze of {parameters.calendar}{let}.", judged, places)


def _lifted(
    sources: Sources, deploy: DeployFact, parameters: MergesAreOutsideFreezes, merges: Sequence[Merge]
) -> str | None:
    """What to say of a merge that lies in a freeze of the calendar before, which the deploy itself takes away."""
    path = parameters.calendar
    if deploy.before is None or path not in deploy.changed or not deploy.before.exists(path):
        return None
    before = Sources(deploy.before, sources.profile)
    for merge in merges:
        title = _freeze_at(before, parameters, merge.at)
        if title is not None:
            return (
                f"{merge.commit[:12]} came in at {merge.at:%Y-%m-%d %H:%M} UTC, in the freeze {shown(title)!r} that "
                f"{deploy.name} itself takes out of {path}; release the change of the calendar alone, before the rest."
            )
    return None


def _freeze_at(sources: Sources, parameters: MergesAreOutsideFreezes, at: datetime) -> str | None:
    """The title of the freeze that is on at that instant. Raises `NotSeen` without a calendar, or `Unreadable`."""
    # The calendars take longer to import than most checks to run.
    from prr_pipeline.calendars.freeze import FreezeCalendar
    from prr_pipeline.calendars.ics import Calendar

    path = parameters.calendar
    if not sources.exists(path):
        message = f"There is no freeze calendar at {path}; write one, with no event if there are no freezes."
        raise NotSeen(Reason.NO_EVIDENCE, message, [Location(path)])

    def made() -> FreezeCalendar:
        return FreezeCalendar((Calendar.parse(sources.blob(path).data, zone=parameters.zone, name=path),))

    odd = sources.once("freeze ends", path, lambda: never_on(sources.blob(path).text()))
    if odd is not None:
        message = f"In {path} the freeze {shown(odd)} and so is never on; write its DTEND."
        raise NotSeen(Reason.UNREADABLE, message, [Location(path)])
    reading = sources.once("freezes", f"{path}#{parameters.zone}", made).reading(at)
    return reading.summary if reading.frozen else None


def _let_through(facts: Facts, commit: str, parameters: MergesAreOutsideFreezes) -> bool:
    """Whether the change bears the label and enough people approved it. Where nobody may be asked, nobody says so."""
    if parameters.label is None:
        return False
    try:
        if parameters.label not in answered(facts, LabelsOf(commit)).value:
            return False
        return len(human_approvals(answered(facts, ReviewsOf(commit)).value, commit)) >= parameters.approvals
    except NotSeen as fault:
        if fault.reason is Reason.NOT_DECLARED:
            return False
        raise
