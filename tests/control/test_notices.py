"""Notices: told once while they are open, delivered until each adapter has taken them, told again after they closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from prr_pipeline.control.notices import deliver, notify, notify_many, settle_notice, settle_notices, settle_older
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.deployment import PRR_FOLDER
from prr_pipeline.errors import Unavailable
from prr_pipeline.notify.port import Notice
from prr_pipeline.settings import Settings
from tests.control.scene import Scene

KEY = "createGrant:beta"


@dataclass
class Pager:
    """A notifier that fails for a while, and keeps what it took."""

    name: str
    failures: int = 0
    taken: list[Notice] = field(default_factory=list)

    def send(self, notice: Notice) -> None:
        if self.failures:
            self.failures -= 1
            raise Unavailable("the pager does not answer")
        self.taken.append(notice)


@dataclass(frozen=True)
class PagedWorkplace(Workplace):
    """A workplace whose notices go to the given adapters."""

    pagers: tuple[Pager, ...] = ()

    @property
    def notifiers(self) -> tuple[Pager, ...]:
        return self.pagers


def paged(settings: Settings, *pagers: Pager) -> PagedWorkplace:
    """The workplace of these settings with these adapters."""
    return PagedWorkplace(settings, pagers)


def tell(work: Workplace, dedup_key: str = "cause/1") -> None:
    """The same news, as often as it is noticed."""
    notify(work, "page", "Something is wrong", "It is.", KEY, dedup_key)


def test_one_cause_is_told_once(signed: Scene) -> None:
    """However often it is seen."""
    pager = Pager("pager")
    work = paged(signed.work.settings, pager)
    for _ in range(5):
        tell(work)
    assert [notice.title for notice in pager.taken] == ["Something is wrong"]
    tell(work, "cause/2")
    assert len(pager.taken) == 2
    work.ledger.close()


def test_a_failing_adapter_is_tried_again_and_keeps_no_other_waiting(signed: Scene) -> None:
    """Two failures, then it has it; the other one had it at once, and only once."""
    slow, quick = Pager("slow", failures=2), Pager("quick")
    work = paged(signed.work.settings, slow, quick)
    tell(work)
    assert (len(slow.taken), len(quick.taken)) == (0, 1)
    assert deliver(work) == 0
    assert deliver(work) == 1
    assert deliver(work) == 0
    assert (len(slow.taken), len(quick.taken)) == (1, 1)
    [notice] = [n for n in work.ledger.outbox.open_notices() if n.dedup_key == "cause/1"]
    assert (notice.deliveries["slow"].tries, notice.deliveries["quick"].tries) == (3, 1)
    work.ledger.close()


def test_a_fault_of_an_adapter_is_kept_in_words(signed: Scene) -> None:
    """For whoever wonders why nobody was told."""
    work = paged(signed.work.settings, Pager("pager", failures=1))
    tell(work)
    [notice] = [n for n in work.ledger.outbox.open_notices() if n.dedup_key == "cause/1"]
    assert notice.deliveries["pager"].fault == "Unavailable: the pager does not answer"
    work.ledger.close()


def test_after_it_closed_the_next_occurrence_is_told_again(signed: Scene) -> None:
    """And what closed before it was delivered is delivered all the same."""
    pager = Pager("pager", failures=1)
    work = paged(signed.work.settings, pager)
    tell(work)
    settle_notice(work, "cause/1")
    assert deliver(work) == 1
    tell(work)
    assert len(pager.taken) == 2
    work.ledger.close()


def test_telling_never_stops_acting(signed: Scene) -> None:
    """A notice that the ledger cannot take (half a character) raises nothing."""
    work = paged(signed.work.settings, Pager("pager"))
    notify(work, "page", "half \ud800", "body", KEY, "cause/3")
    settle_notice(work, "never opened")
    work.ledger.close()


def test_many_are_told_by_one_delivery_and_closed_together(signed: Scene) -> None:
    """More than one batch; one that is open already is not told again, and a fault keeps no other waiting."""
    pager = Pager("pager", failures=1)
    work = paged(signed.work.settings, pager)
    now = work.real_now()
    many = [Notice("warn", f"Number {n}", "body", KEY, f"many/{n}", now) for n in range(120)]
    notify_many(work, [*many, many[0]])
    assert len(pager.taken) == 119
    assert deliver(work) == 1
    assert sorted(notice.title for notice in pager.taken) == sorted(notice.title for notice in many)
    settle_notices(work, {notice.dedup_key for notice in many[1:]} | {"never opened"})
    assert [n.dedup_key for n in work.ledger.outbox.open_notices() if n.dedup_key.startswith("many/")] == ["many/0"]
    work.ledger.close()


def test_long_blindness_is_told_once_and_closed_when_sight_returns(signed: Scene) -> None:
    """Only for what has traffic, after the policy's time."""
    signed.rise_to(KEY, "shadow")
    name = f"blind/{KEY}"
    heartbeat = signed.deployment.inbox / "heartbeat"
    heartbeat.unlink()
    for days, expected in ((0, False), (2, False), (2, True), (1, True)):
        signed.clock.advance(timedelta(days=days))
        watch(signed.work)
        assert (name in signed.notices()) is expected
    signed.tick()
    assert name not in signed.notices()


def test_a_clock_that_goes_back_loses_no_page_for_blindness(signed: Scene) -> None:
    """What is blind since a time to come is blind since now at the latest."""
    signed.rise_to(KEY, "shadow")
    (signed.deployment.inbox / "heartbeat").unlink()
    watch(signed.work)
    signed.clock.set(signed.work.now() - timedelta(days=30))
    watch(signed.work)
    assert f"blind/{KEY}" not in signed.notices()
    signed.clock.advance(signed.work.policy.unknown_notice_after)
    watch(signed.work)
    assert f"blind/{KEY}" in signed.notices()


def test_a_warning_that_is_seen_keeps_no_page_for_blindness_back(signed: Scene) -> None:
    """The feed is silent: what else fires nobody knows, though a warning of before stands."""
    signed.rise_to(KEY, "shadow")
    signed.alert("Slow", "warning", operation_id="createGrant")
    (signed.deployment.inbox / "heartbeat").unlink()
    watch(signed.work)
    signed.clock.advance(signed.work.policy.unknown_notice_after)
    watch(signed.work)
    assert f"blind/{KEY}" in signed.notices()


def test_a_newer_notice_takes_the_place_of_an_older_one(signed: Scene) -> None:
    """Of that name and promotion alone."""
    for name in ("cause/1", "cause/2", "cause", "other/1"):
        tell(signed.work, name)
    notify(signed.work, "page", "Something is wrong", "It is.", "another:beta", "cause/9")
    settle_older(signed.work, "cause", {KEY: "cause/2"})
    assert sorted(signed.notices()) == ["cause/2", "cause/9", "other/1"]


def test_a_refused_record_is_told_once(signed: Scene) -> None:
    """Each reason once, however often the council is convened."""
    folder = signed.deployment.monorepo / PRR_FOLDER / "records/operation/createGrant/beta/signoffs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "1-mallory-0123456789abcdef.json").write_text("{}")
    signed.commit()
    for _ in range(3):
        signed.convene(KEY)
    told = [title for title in signed.notices().values() if "was refused" in title]
    assert told == [f"A record of {KEY} was refused"]
