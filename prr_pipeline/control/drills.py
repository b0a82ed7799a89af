"""Drill the kill switch: raise a flag that no application asks for, lower it as a roll back does, and read it back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.attested import attested_line
from prr_pipeline.control.flag_lowering import lower_flags
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unavailable, UnknownName
from prr_pipeline.exposure import FULL, OFF
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.rollout.blast_radius import service_of
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import encode_id

DRILL_PREFIX = "prr-drill-"
"""Flags whose keys begin so belong to drills, and no application asks for them."""
DRILL_LINES = ("kill_switch_is_drilled", "rollback_is_tested_or_documented")
"""Lines whose attestation, signed by an engineer of the owning context, stands for a drill."""
_GATE = "rollback_drill"


@dataclass(frozen=True, slots=True)
class Drilled:
    """One drill that succeeded: the flag was read back at off ``milliseconds`` after the order to lower it."""

    service: str
    flag_key: str
    milliseconds: int
    at: datetime


def drill(work: Workplace, services: Sequence[str], order: Order) -> list[Drilled]:
    """Drill the kill switch for services, by name; none named: for every service with an open promotion.

    One write lowers all of their drill flags. Raises `Unavailable` when one was not read back low, and `PrrError`
    where the flags do not answer: then nothing is recorded, and the gate stays as it was.
    """
    named = _named(work, services)
    keys = {f"{DRILL_PREFIX}{encode_id(service)}": service for service in named}
    _refuse_used(work, keys)
    for key in keys:
        _raise(work, key)
    start = time.monotonic()
    ends, fault = lower_flags(work, dict.fromkeys(keys, OFF))
    milliseconds = round((time.monotonic() - start) * 1000)
    late = sorted(key for key, end in ends.items() if not end.low)
    if late:
        raise Unavailable(f"The drill failed: {', '.join(late)} was not read back at off ({fault}).")
    drafts = [_draft(work, service, key, milliseconds, order) for key, service in keys.items()]
    at = work.ledger.append(drafts)[0].at
    return [Drilled(service, key, milliseconds, at) for key, service in keys.items()]


def last_drills(work: Workplace) -> dict[str, Drilled]:
    """The newest drill of each service, by its slug, on the flag back end and in the environment of the settings."""
    flags = work.settings.flags
    found: dict[str, Drilled] = {}
    for event in work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.ROLLBACK_DRILLED,)):
        p = event.payload
        if (p.get("backend"), p.get("environment")) == (flags.backend, flags.environment):
            service, milliseconds = str(p.get("service")), p.get("milliseconds")
            took = milliseconds if isinstance(milliseconds, int) else 0
            found[service] = Drilled(service, str(p.get("flag_key")), took, event.at)
    return found


def drilled_gate(work: Workplace, state: PromotionState, drills: Mapping[str, Drilled], now: datetime) -> GateReading:
    """Open when the kill switch was drilled, or a statement about it signed, no longer ago than policy allows."""
    service, limit = service_of(state), work.policy.drill_max_age
    last = drills.get(service)
    if last is not None and timedelta(0) <= now - last.at <= limit:
        return opened(_GATE, f"{service} was drilled at {instant_text(last.at)}: off after {last.milliseconds} ms")
    try:
        if any(attested_line(work, state, line, signed_after=now - limit) for line in DRILL_LINES):
            return opened(_GATE, f"a statement about the kill switch was signed within {limit.days} days")
    except PrrError as fault:
        return unknown(_GATE, str(fault))
    was = f"was last drilled at {instant_text(last.at)}" if last is not None else "was never drilled here"
    return closed(_GATE, f"{service} {was}, the limit is {limit.days} days; drill it: {drill_words(service)}")


def drill_words(service: str) -> str:
    """The command that drills a service's kill switch."""
    return f"`prr drill --service {service} --by YOU --reason WHY`"


def _named(work: Workplace, services: Sequence[str]) -> list[str]:
    known = sorted({service_of(state) for state in work.ledger.states(open_only=True).values()})
    for name in services:
        if slug(name) not in known:
            raise UnknownName("service with an open promotion", name, known)
    found = sorted({slug(name) for name in services}) or known
    if not found:
        raise Refused("No promotion is open, so there is no service whose kill switch could be drilled.")
    return found


def _refuse_used(work: Workplace, keys: Iterable[str]) -> None:
    """A drill raises its flag to 100%: never one that belongs to a promotion."""
    taken = {state.flag_key.casefold(): state.key for state in work.ledger.states().values()}
    for key in keys:
        if key.casefold() in taken:
            raise Refused(f"The flag {key!r} belongs to {taken[key.casefold()]}; a drill never touches it.")


def _raise(work: Workplace, key: str) -> None:
    before = work.flags.read([key])[key]
    if before.exposure is None:
        raise Refused(f"The drill's flag {key!r} holds a definition that is not ours ({before.fault}); remove it.")
    work.flags.write(key, FULL, expected_version=before.version, intent_id=f"drill-{uuid.uuid4()}")


def _draft(work: Workplace, service: str, key: str, milliseconds: int, order: Order) -> Draft:
    payload: dict[str, object] = {
        "backend": work.settings.flags.backend,
        "by": order.by,
        "environment": work.settings.flags.environment,
        "flag_key": key,
        "milliseconds": milliseconds,
        "reason": order.reason,
        "service": service,
    }
    return Draft(SYSTEM_STREAM, EventType.ROLLBACK_DRILLED, payload, order.by)
