"""Who is on call at an instant, by schedule or escalation policy."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.pagerduty.account import PagerDuty, Reference, SentPage


@dataclass(frozen=True, slots=True)
class OnCall:
    """One shift. ``level`` counts from 1, who is called first. No ``started_at`` or ``ends_at``: always, for ever."""

    person: str
    name: str
    level: int
    escalation_policy: str
    schedule: str | None
    started_at: datetime | None
    ends_at: datetime | None


class _OnCall(Sent):
    user: Reference
    escalation_policy: Reference
    escalation_level: int
    schedule: Reference | None
    start: AwareDatetime | None
    end: AwareDatetime | None

    def holds_at(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def record(self) -> OnCall:
        schedule = self.schedule.id if self.schedule else None
        policy = self.escalation_policy.id
        return OnCall(self.user.id, self.user.name, self.escalation_level, policy, schedule, self.start, self.end)


class _Page(SentPage):
    oncalls: list[_OnCall]


class _Schedule(Sent):
    schedule: Reference


class _Policy(Sent):
    escalation_policy: Reference


def on_call_for_schedule(account: PagerDuty, schedule: str, at: datetime) -> Answer[tuple[OnCall, ...] | None]:
    """Who holds a schedule at an aware instant, lowest level first; None if there is no such schedule.

    Nobody on call is an empty answer. Raises `SourceSilent`.
    """
    exists = account.reader.one_or_none(f"/schedules/{segment(schedule)}", TypeAdapter(_Schedule))
    if exists.value is None:
        return exists.turned(lambda _: None)
    found = _shifts(account, {"schedule_ids[]": schedule}, at)
    if any(one.schedule != schedule for one in found.value):
        raise account.odd(found, "as it speaks of another schedule")
    return found.joined(lambda shifts: shifts, exists)


def on_call_for_policy(account: PagerDuty, policy: str, at: datetime) -> Answer[tuple[OnCall, ...] | None]:
    """Who an escalation policy calls at an aware instant, lowest level first; None if there is no such policy.

    Nobody on call is an empty answer. Raises `SourceSilent`.
    """
    exists = account.reader.one_or_none(f"/escalation_policies/{segment(policy)}", TypeAdapter(_Policy))
    if exists.value is None:
        return exists.turned(lambda _: None)
    found = _shifts(account, {"escalation_policy_ids[]": policy}, at)
    if any(one.escalation_policy != policy for one in found.value):
        raise account.odd(found, "as it speaks of another policy")
    return found.joined(lambda shifts: shifts, exists)


def _shifts(account: PagerDuty, whose: dict[str, str], at: datetime) -> Answer[tuple[OnCall, ...]]:
    """The shifts that hold at the instant; the service is asked for the second from there and answers for more."""
    window = {"since": instant_text(at), "until": instant_text(at + timedelta(seconds=1))}
    found = account.listed("/oncalls", TypeAdapter(_Page), whose | window, lambda page: page.oncalls)
    shifts = [one.record() for one in found.value if one.holds_at(at)]
    return found.turned(lambda _: tuple(sorted(shifts, key=lambda one: (one.level, one.person))))
