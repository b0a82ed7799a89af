"""The demo's story: four promotions, what people and production do to each, and how each must end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from prr_pipeline.control.adopting import AdoptRequest, apply_adoption, prepare_adoption, sign_adoption
from prr_pipeline.control.explain import explain
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.standing import read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.alerts import send
from prr_pipeline.demo.deployment import Deployment
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.subjects import Subject, Target

CLIMBS, HELD, LOWERED, WAITS = "createGrant:ga", "issueShares:ga", "createEntity:ga", "listGrants:ga"
KEYS = (CLIMBS, HELD, LOWERED, WAITS)
ABOUT = {
    CLIMBS: "climbs to 100% and through the watch week",
    HELD: "is held by a warning at 1%",
    LOWERED: "is lowered by a critical alert at 10%",
    WAITS: "waits for the on-call lead's sign-off",
}
_ALL = ("noor", "jonas", "felix")


@dataclass
class Story:
    """Plays people and production. `step` is called again and again; each act is done once, when its time has come."""

    work: Workplace
    deployment: Deployment
    log: Callable[[str], None]
    done: set[str] = field(default_factory=set)
    attestations: dict[str, int] = field(default_factory=dict)
    """Promotion to how many records of attestations were filed for it."""
    alert_dropped_at: float | None = None
    lowered_after_s: float | None = None
    stepped_in: dict[str, str] = field(default_factory=dict)
    """Promotions that somebody at the keyboard halted or lowered, with why: they end as that person wants."""

    def begin(self) -> None:
        """Adopt the Betas that the specification has, and open the four promotions."""
        self.reviewer = Reviewer(self.work, self.deployment)
        names = [key.partition(":")[0] for key in KEYS]
        self._adopt(names)
        self.log("the council adopted four Betas")
        for name in names:
            open_promotion(
                self.work, OpenRequest(Subject.parse(name), Target.GA, "mara", author="mara", dependencies=())
            )
        self.log("mara opened four promotions to GA")

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
        self._time_the_lowering()
        self._look_for_people()

    @property
    def is_over(self) -> bool:
        """Whether the watch is closed, the warning fires and the critical alert has been answered.

        What waits for a promotion in which somebody stepped in is waited for no longer.
        """
        climbed = CLIMBS in self.stepped_in or self.work.state(CLIMBS).watch_closed_at is not None
        held = HELD in self.stepped_in or "warn" in self.done
        unpaged = LOWERED in self.stepped_in and self.alert_dropped_at is None
        return climbed and held and (unpaged or self.lowered_after_s is not None)

    def wrong(self) -> dict[str, str]:
        """Every promotion that was left to the story and did not end as it must, with what is wrong."""
        checks = {CLIMBS: self._climbed(), HELD: self._held(), LOWERED: self._fell(), WAITS: self._waited()}
        return {key: why for key, why in checks.items() if why and key not in self.stepped_in}

    def _once(self, act: str, due: Callable[[], bool], do: Callable[[], None]) -> None:
        if act not in self.done and self._ready(act) and due():
            self.done.add(act)
            do()

    def _ready(self, act: str) -> bool:
        return {"sign": "attest", "warn": "sign", "page": "sign"}.get(act, act) in self.done or act == "attest"

    def _judged(self) -> bool:
        return all(read_standing(self.work, key) is not None for key in KEYS)

    def _attest(self) -> None:
        for key in KEYS:
            self.attestations[key] = self.reviewer.attest_open_lines(key, "noor")
            self.reviewer.file_document(key)
        self.reviewer.commit("Attest what only people know, file the PRR documents", "mara")
        self.log("noor attested what only people can know; the PRR documents are filed")

    def _attested(self) -> bool:
        types = (EventType.ATTESTATION_ACCEPTED,)
        return all(len(self.work.ledger.events(stream=key, types=types)) >= self.attestations[key] for key in KEYS)

    def _sign(self) -> None:
        for key in KEYS:
            self.reviewer.file_document(key)
            self.reviewer.sign(key, _ALL if key != WAITS else _ALL[:2])
        self.reviewer.commit("Sign off", "mara")
        self.log("the council signed three; for listGrants the on-call lead is missing")

    def _stands(self, key: str, rung: str) -> bool:
        return self.work.state(key).exposure.name == rung

    def _warn(self) -> None:
        send(self.deployment.inbox, "LatencyAboveObjective", "warning", {"operation_id": HELD.partition(":")[0]})
        self.log("a warning fires for issueShares")

    def _page(self) -> None:
        self.alert_dropped_at = time.monotonic()
        send(self.deployment.inbox, "VariantFastBurn", "critical", {"operation_id": LOWERED.partition(":")[0]})
        self.log("a critical alert fires for createEntity")

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

    def _climbed(self) -> str:
        state = self.work.state(CLIMBS)
        if state.exposure.name != "100%" or state.maturity_recorded_at is None or state.watch_closed_at is None:
            return f"stands at {state.exposure.name}, maturity or watch missing"
        return "" if state.feedback_closed_at is None else "its feedback review is closed already"

    def _held(self) -> str:
        found = explain(self.work, HELD)
        gate = next(g for g in found.gates if g.name == "alerts")
        return (
            "" if found.state.exposure.name == "1%" and not gate.is_open else f"stands at {found.state.exposure.name}"
        )

    def _fell(self) -> str:
        state = self.work.state(LOWERED)
        off = self.work.flags.read([state.flag_key])[state.flag_key].exposure == OFF
        latched = state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK
        return "" if off and latched and state.exposure == OFF else f"stands at {state.exposure.name}"

    def _waited(self) -> str:
        found = explain(self.work, WAITS)
        gate = next(g for g in found.gates if g.name == "signoff")
        return "" if found.state.exposure == OFF and "on-call lead" in gate.why else f"sign-off gate: {gate.why}"
