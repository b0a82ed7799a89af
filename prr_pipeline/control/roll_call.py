"""Who is called to the council's meeting: its members, the on-call lead of the week, and who owns what waits."""

from __future__ import annotations

from collections.abc import Collection

from prr_pipeline.control.on_call import on_call_fact
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import OnCall
from prr_pipeline.review.people import COUNCIL, ENGINEER


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person, by id and name, and each reason to come."""

    person: str
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RollCall:
    """Everybody who is called, by id. ``quorum`` is how many must sign; ``faults`` say what could not be told."""

    attendees: tuple[Attendee, ...] = ()
    quorum: int = 0
    faults: tuple[str, ...] = ()


def roll_call(work: Workplace, contexts: Collection[str]) -> RollCall:
    """The call for a meeting at which promotions of these contexts wait. Raises nothing."""
    settings = work.settings.council
    try:
        people = work.roster.people
    except PrrError as fault:
        return RollCall(faults=(str(fault),))
    reasons: dict[str, list[str]] = {}
    for person in people.values():
        if COUNCIL in person.roles:
            reasons.setdefault(person.id, []).append("council")
        if ENGINEER in person.roles:
            owned = sorted(person.contexts & set(contexts))
            reasons.setdefault(person.id, []).extend(f"engineer of {context}" for context in owned)
    shift = on_call_fact(work)
    faults: list[str] = []
    if isinstance(shift, OnCall):
        for name in shift.people:
            reasons.setdefault(name, []).append("on call")
        faults += [] if shift.people else ["Nobody is on call now, so no lead of the week can sign; mend the rota."]
    else:
        faults.append(shift.message)
    found = (
        Attendee(name, people[name].name if name in people else "unknown to the roster", tuple(why))
        for name, why in sorted(reasons.items())
        if why
    )
    return RollCall(tuple(found), settings.quorum_total if settings else 0, tuple(faults))
