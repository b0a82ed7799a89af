"""The demo's story: five promotions, and what people and production do to each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prr_pipeline.control.adopting import AdoptRequest, apply_adoption, prepare_adoption, sign_adoption
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.standing import read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.alerts import send
from prr_pipeline.demo.deployment import Deployment, copy_artefacts
from prr_pipeline.demo.endings import CLIMBS, HELD, KEYS, LOWERED, WAITS, WORSE, endings
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.demo.traffic import Regression
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.reclimb import awaits_decision, latch_words
from prr_pipeline.subjects import Subject, Target

REGRESSIONS = {WORSE.partition(":")[0]: Regression(exposure_bp=1_000, errors_ppm=20_000)}
"""From 10% of the requests on, its new version fails two in a hundred: nothing alerts, the canary sees it."""
_ALL = ("noor", "jonas", "felix")
_LOAD_TEST_EVERY = timedelta(days=45)
"""Longer than all that follows on it takes where nothing is slow."""


@dataclass
class Story:
    """Plays people and production. `step` is called again and again; each act is done once, when its time has come."""

    work: Workplace
    deployment: Deployment
    log: Callable[[str], None]
    done: set[str] = field(default_factory=set)
    attestations: dict[str, int] = field(default_factory=dict)
    """Promotion to how many records of attestations were filed for it."""
    justifications: int = 0
    load_tested_at: datetime | None = None
    alert_dropped_at: float | None = None
    lowered_after_s: float | None = None
    stepped_in: dict[str, str] = field(default_factory=dict)
    """Promotions that somebody at the keyboard halted or lowered, with why: they end as that person wants."""

    def begin(self) -> None:
        """Adopt the Betas that the specification has, and open the five promotions."""
        self.reviewer = Reviewer(self.work, self.deployment)
        names = [key.partition(":")[0] for key in KEYS]
        self._adopt(names)
        self.log("the council adopted five Betas")
        for name in names:
            open_promotion(
                self.work, OpenRequest(Subject.parse(name), Target.GA, "mara", author="mara", dependencies=())
            )
        self.log("mara opened five promotions to GA")

    def _adopt(self, names: list[str]) -> None:
        request = AdoptRequest(tuple(names), Target.BETA, "In Beta since 2026-06; adopted as it is.")
        path = prepare_adoption(self.work, request, self.deployment.folder / "adoption.json")
        for person in _ALL:
            sign_adoption(self.work, path, person, self.deployment.key(person))
        apply_adoption(self.work, path, "noor")

    def step(self) -> None:
        """Do every act whose time has come."""
        self._once("attest", self._judged, self._attest)
        self._once("sign", self._attested, self._sign)
        self._once("warn", lambda: self._stands(HELD, "1%"), self._warn)
        self._once("page", lambda: self._stands(LOWERED, "10%"), self._page)
        self._once("fall", lambda: self._fell(1), self._tell_of_the_canary)
        self._once("again", lambda: self._fell(2) and awaits_decision(self.work.state(WORSE)), self._tell_of_the_canary)
        self._keep_load_test_young()
        self._time_the_lowering()
        self._look_for_people()

    @property
    def is_over(self) -> bool:
        """Whether the watch is closed, the warning fires, and the canary and the critical alert have been answered.

        What waits for a promotion in which somebody stepped in is waited for no longer.
        """
        climbed = CLIMBS in self.stepped_in or self.work.state(CLIMBS).watch_closed_at is not None
        held = HELD in self.stepped_in or "warn" in self.done
        unpaged = LOWERED in self.stepped_in and self.alert_dropped_at is None
        judged = WORSE in self.stepped_in or "again" in self.done
        return climbed and held and judged and (unpaged or self.lowered_after_s is not None)

    def wrong(self) -> dict[str, str]:
        """Every promotion that was left to the story and did not end as it must, with what is wrong."""
        return {key: why for key, why in endings(self.work).items() if why and key not in self.stepped_in}

    def _once(self, act: str, due: Callable[[], bool], do: Callable[[], None]) -> None:
        if act not in self.done and self._ready(act) and due():
            self.done.add(act)
            do()

    def _ready(self, act: str) -> bool:
        before = {"sign": "attest", "warn": "sign", "page": "sign", "fall": "sign", "again": "fall"}
        return act not in before or before[act] in self.done

    def _judged(self) -> bool:
        return all(read_standing(self.work, key) is not None for key in KEYS)

    def _attest(self) -> None:
        for key in KEYS:
            self.attestations[key] = self.reviewer.attest_open_lines(key, "noor")
        self.justifications = self.reviewer.justify_unmet_lines(
            WORSE, "mara", "jonas", "The drill is set for next month."
        )
        for key in KEYS:
            self.reviewer.file_document(key)
        self.reviewer.commit("Attest what only people know, file the PRR documents", "mara")
        self._run_load_test()
        self.log("noor attested what only people can know; the PRR documents are filed")
        self.log(f"jonas accepted {self.justifications} unmet line of getCapTable for now: its chaos drill")

    def _run_load_test(self) -> None:
        """As CI does now and then: one that is older than the profile allows proves nothing."""
        copy_artefacts(self.deployment, self.work.now(), ("load-test",))
        self.load_tested_at = self.work.now()

    def _keep_load_test_young(self) -> None:
        """Where all goes slowly the story takes longer than a load test lasts."""
        if self.load_tested_at is not None and self.work.now() - self.load_tested_at > _LOAD_TEST_EVERY:
            self._run_load_test()

    def _attested(self) -> bool:
        justified = self._accepted(WORSE, EventType.JUSTIFICATION_ACCEPTED) >= self.justifications
        taken = (self._accepted(key, EventType.ATTESTATION_ACCEPTED) >= self.attestations[key] for key in KEYS)
        return justified and all(taken)

    def _accepted(self, key: str, kind: EventType) -> int:
        return len(self.work.ledger.events(stream=key, types=(kind,)))

    def _sign(self) -> None:
        for key in KEYS:
            self.reviewer.file_document(key)
            self.reviewer.sign(key, _ALL if key != WAITS else _ALL[:2])
        self.reviewer.commit("Sign off", "mara")
        self.log("the council signed four; for listGrants the on-call lead is missing")

    def _stands(self, key: str, rung: str) -> bool:
        return self.work.state(key).exposure.name == rung

    def _warn(self) -> None:
        send(self.deployment.inbox, "LatencyAboveObjective", "warning", {"operation_id": HELD.partition(":")[0]})
        self.log("a warning fires for issueShares")

    def _page(self) -> None:
        self.alert_dropped_at = time.monotonic()
        send(self.deployment.inbox, "VariantFastBurn", "critical", {"operation_id": LOWERED.partition(":")[0]})
        self.log("a critical alert fires for createEntity")

    def _fell(self, times: int) -> bool:
        state = self.work.state(WORSE)
        return len(state.falls) >= times and not state.lowering_open

    def _tell_of_the_canary(self) -> None:
        state = self.work.state(WORSE)
        if state.latch is not None:
            self.log(f"getCapTable is back at {state.exposure.name}: {latch_words(state.latch, self.work.now())}")

    def _time_the_lowering(self) -> None:
        if self.alert_dropped_at is None or self.lowered_after_s is not None:
            return
        flag = self.work.state(LOWERED).flag_key
        if self.work.flags.read([flag])[flag].exposure == OFF:
            self.lowered_after_s = time.monotonic() - self.alert_dropped_at
            self.log(f"createEntity's flag is off, {self.lowered_after_s:.1f} s after the alert")

    def _look_for_people(self) -> None:
        """The demo's own halts are sensors'; any other came from a terminal or from the UI."""
        for event in self.work.ledger.events(types=(EventType.LATCHED, EventType.LOWERED)):
            if event.stream in KEYS and event.stream not in self.stepped_in and not event.actor.startswith("sensor:"):
                self.stepped_in[event.stream] = str(event.payload.get("cause"))
                self.log(f"{event.stream}: {event.payload.get('cause')}; the story goes on without it")
