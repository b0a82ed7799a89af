"""The decision restated as tables, from the rules and not from the code: what each combination must lead to."""

from __future__ import annotations

from dataclasses import dataclass

from tests.rollout.worlds import RUNGS, index


@dataclass(frozen=True, slots=True)
class Case:
    """One combination, in labels.

    ``metrics``: ``unused`` (policy does not require them), ``open``, ``closed`` (not enough yet), ``unknown``,
    ``worse`` (required, and a regression is proven), ``proven`` (the same where policy does not require them),
    ``failing`` (required, and a hard failure is proven).
    """

    rung: str = "1%"
    own: str = "clear"
    dependency: str = "none"
    dwell: str = "served"
    halt: str = "open"
    freeze: str = "open"
    window: str = "open"
    signoff: str = "open"
    readiness: str = "open"
    record: str = "open"
    latch: str = "none"
    flag: str = "matches"
    intent: bool = False
    metrics: str = "unused"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be decided. ``blind``: some answer was unknown, so a person is told after a while."""

    verdict: str
    to: str | None = None
    adopt: str | None = None
    clock_runs: bool = True
    clock_restarts: bool = False
    blind: bool = False


SEVERE = {"critical"}
WORSE = {"worse", "proven"}
BAD = WORSE | {"failing"}
WORRYING = {"critical", "warning", "other"}
SHUT = {  # what shuts a gate, and what makes it unreadable, per label
    "halt": ({"closed"}, {"unknown"}),
    "freeze": ({"closed"}, {"unknown"}),
    "window": ({"closed"}, set()),
    "readiness": ({"closed"}, {"unknown"}),
    "record": ({"closed"}, set()),
    "metrics": ({"closed", "worse", "failing"}, {"unknown"}),
    "signoff": ({"missing", "void"}, {"unknown"}),
    "dwell": ({"short", "jump"}, set()),
}
DIFFERS = {"target", "off", "below", "above", "touched", "foreign"}


def is_possible(case: Case) -> bool:
    """Whether the ledger and the world can be in this combination at all."""
    at = index(case.rung)
    bottom, top = at < 0, case.rung == "100%"
    if case.intent and (top or case.latch in {"rolled_back", "stepped_down", "drift"}):
        return False  # a settled lowering withdraws the intent, and none is written under a latch
    if case.latch == "rolled_back" and not bottom:
        return False
    if case.latch == "stepped_down" and bottom:
        return False
    if case.latch == "rolling_back" and bottom and not case.intent:
        return False
    if case.latch == "stepping_down" and at < 1:
        return False
    if case.flag in {"off", "touched"} and bottom:
        return False  # off matches there; versions count only from the first settle on
    if case.flag == "below" and at < 1:
        return False
    if case.flag == "above" and at + case.intent >= index("100%"):
        return False
    return case.flag != "target" or case.intent


def expected(case: Case) -> Expected:
    """Roll back > step down > hold > unknown > advance."""
    blind = bool(_unknown(case))
    lowered = _lowering(case)
    if lowered is not None:
        verdict, to = lowered
        return Expected(verdict, to, clock_runs=False, clock_restarts=True, blind=blind)
    if case.flag in {"below", "touched"} and not case.intent:
        found = RUNGS[RUNGS.index(case.rung) - (case.flag == "below")]
        return Expected("hold", adopt=found, clock_runs=False, clock_restarts=True, blind=blind)
    void = case.signoff == "void" and case.rung != "100%"
    worried = case.own in WORRYING or case.dependency in WORRYING
    settled_low = case.latch in {"rolled_back", "stepped_down", "drift"}
    runs = not (blind or void or worried or settled_low)
    worse = case.metrics in BAD  # with nothing exposed there is nothing to lower: it is held
    if case.latch != "none" or case.intent or worried or worse or _shut(case) or _flag_disagrees(case):
        return Expected("hold", clock_runs=runs, clock_restarts=void, blind=blind)
    if blind:
        return Expected("unknown", clock_runs=False, blind=True)
    if case.rung == "100%":
        return Expected("hold")
    return Expected("advance", RUNGS[RUNGS.index(case.rung) + 1])


def _lowering(case: Case) -> tuple[str, str] | None:
    """The lowest target of all reasons to lower, and the verdict; a roll back wins among equals."""
    climbing = case.rung != "off"
    exposed = climbing or case.intent or case.flag in {"above", "foreign"}
    reasons: list[tuple[str, str]] = []
    if exposed and (case.own in SEVERE or case.dependency in SEVERE):
        reasons.append(("roll back", "off"))
    if exposed and case.metrics == "failing":
        reasons.append(("roll back", "off"))
    if exposed and case.metrics in WORSE:  # to the rung below; a step down that ends at off is a roll back
        below = RUNGS[max(0, RUNGS.index(case.rung) - 1)]
        reasons.append(("roll back" if below == "off" else "step down", below))
    if case.latch == "rolling_back":
        reasons.append(("roll back", "off"))
    if case.latch == "stepping_down":
        reasons.append(("step down", RUNGS[RUNGS.index(case.rung) - 1]))
    if climbing and case.flag == "off" and not case.intent:
        reasons.append(("roll back", "off"))
    if case.flag == "foreign":  # may serve anything: off is the only exposure that can be trusted
        reasons.append(("roll back" if climbing else "step down", "off"))
    if case.flag == "above":  # back to what is settled: a lowering ends the intent
        reasons.append(("step down", case.rung))
    return min(reasons, key=lambda r: (RUNGS.index(r[1]), r[0] != "roll back"), default=None)


def _flag_disagrees(case: Case) -> bool:
    return case.flag in DIFFERS


def _shut(case: Case) -> list[str]:
    names = {"record"} if case.rung == "100%" else set(SHUT)
    if case.rung == "off":
        names.discard("dwell")
    return [name for name in names if getattr(case, name) in SHUT[name][0]]


def _unknown(case: Case) -> list[str]:
    """Every unreadable answer that matters: at 100% those about users only."""
    found = [name for name in ("own", "dependency") if getattr(case, name) == "unknown"]
    if case.flag == "unreadable":
        found.append("flag")
    if case.rung != "100%":
        found += [name for name in SHUT if getattr(case, name) in SHUT[name][1]]
    return found
