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
    ``latch``: beside a person's step down (``stepped_down``) a guardrail's that cools down (``cooling``), has cooled
    (``cooled``), or whose re-climbs are used up (``spent``). ``falls`` are those before, since people last decided:
    ``none``, one from ``elsewhere`` or from ``here``, ``many`` (two from elsewhere).
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
    falls: str = "none"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be decided. ``blind``: some answer was unknown, so a person is told after a while.

    ``then``: after a guardrail's step down it climbs ``again`` by itself, or ``people`` decide. ``resumes``: a run may
    lift the latch now.
    """

    verdict: str
    to: str | None = None
    adopt: str | None = None
    clock_runs: bool = True
    clock_restarts: bool = False
    blind: bool = False
    then: str | None = None
    resumes: bool = False


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
STEPPED_DOWN = {"stepped_down", "cooling", "cooled", "spent"}
SETTLED_LOW = {"rolled_back", "drift", *STEPPED_DOWN}
ONCE_MORE = {"none", "elsewhere"}
"""Falls after which policy, as it ships, lets it climb again: two in an attempt, one from each rung."""
MUST_BE_SEEN = ("flag", "own", "dependency", "record", "halt")
"""What must be read, and well, before a run lets go what has cooled."""
DIFFERS = {"target", "off", "below", "above", "touched", "foreign"}


def is_possible(case: Case) -> bool:
    """Whether the ledger and the world can be in this combination at all."""
    at = index(case.rung)
    bottom, top = at < 0, case.rung == "100%"
    if case.intent and (top or case.latch in SETTLED_LOW):
        return False  # a settled lowering withdraws the intent, and none is written under a latch
    if case.latch == "rolled_back" and not bottom:
        return False
    if case.latch in STEPPED_DOWN and bottom:
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
        verdict, to, why = lowered
        again = "again" if case.falls in ONCE_MORE else "people"
        new = why == "guardrail" and case.latch != "stepping_down"  # that one is a person's, and stays it
        then = again if new and verdict == "step down" else None
        return Expected(verdict, to, clock_runs=False, clock_restarts=True, blind=blind, then=then)
    if case.flag in {"below", "touched"} and not case.intent:
        found = RUNGS[RUNGS.index(case.rung) - (case.flag == "below")]
        return Expected("hold", adopt=found, clock_runs=False, clock_restarts=True, blind=blind)
    void = case.signoff == "void" and case.rung != "100%"
    worried = case.own in WORRYING or case.dependency in WORRYING
    runs = not (blind or void or worried or case.latch in SETTLED_LOW)
    worse = case.metrics in BAD  # with nothing exposed there is nothing to lower: it is held
    if case.latch != "none" or case.intent or worried or worse or _shut(case) or _flag_disagrees(case):
        cooled = case.latch == "cooled" and case.dwell != "jump"  # a clock that jumped says nothing of time
        resumes = cooled and all(_seen_well(case, name) for name in MUST_BE_SEEN)
        return Expected("hold", clock_runs=runs, clock_restarts=void, blind=blind, resumes=resumes)
    if blind:
        return Expected("unknown", clock_runs=False, blind=True)
    if case.rung == "100%":
        return Expected("hold")
    return Expected("advance", RUNGS[RUNGS.index(case.rung) + 1])


def _seen_well(case: Case, name: str) -> bool:
    """Whether one of the things that must be seen was read, and found as it should be."""
    good = {"flag": {"matches"}, "own": {"clear", "info"}, "dependency": {"none", "clear", "info"}}
    return getattr(case, name) in good.get(name, {"open"})


def _lowering(case: Case) -> tuple[str, str, str] | None:
    """The lowest target of all reasons to lower, the verdict, and who lowers; a roll back wins among equals.

    A drift is brought back to what is settled, where a person looks at it; a guardrail's step down goes further down.
    """
    climbing = case.rung != "off"
    exposed = climbing or case.intent or case.flag in {"above", "foreign"}
    reasons: list[tuple[str, str, str]] = []
    if exposed and (case.own in SEVERE or case.dependency in SEVERE):
        reasons.append(("roll back", "off", "guardrail"))
    if exposed and case.metrics == "failing":
        reasons.append(("roll back", "off", "guardrail"))
    if exposed and case.metrics in WORSE:  # to the rung below; a step down that ends at off is a roll back
        below = RUNGS[max(0, RUNGS.index(case.rung) - 1)]
        reasons.append(("roll back" if below == "off" else "step down", below, "guardrail"))
    if case.latch == "rolling_back":
        reasons.append(("roll back", "off", "guardrail"))
    if case.latch == "stepping_down":
        reasons.append(("step down", RUNGS[RUNGS.index(case.rung) - 1], "guardrail"))
    if climbing and case.flag == "off" and not case.intent:
        reasons.append(("roll back", "off", "drift"))
    if case.flag == "foreign":  # may serve anything: off is the only exposure that can be trusted
        reasons.append(("roll back" if climbing else "step down", "off", "drift"))
    if case.flag == "above":  # back to what is settled: a lowering ends the intent
        reasons.append(("step down", case.rung, "drift"))
    return min(reasons, key=lambda r: (RUNGS.index(r[1]), r[0] != "roll back"), default=None)


def _flag_disagrees(case: Case) -> bool:
    return case.flag in DIFFERS


def _shut(case: Case) -> list[str]:
    names = {"record", "metrics"} if case.rung == "100%" else set(SHUT)
    if case.rung == "off":
        names.discard("dwell")
    return [name for name in names if getattr(case, name) in SHUT[name][0]]


def _unknown(case: Case) -> list[str]:
    """Every unreadable answer that matters: at 100% those about users and how they fare only."""
    found = [name for name in ("own", "dependency") if getattr(case, name) == "unknown"]
    if case.flag == "unreadable":
        found.append("flag")
    mattering = SHUT if case.rung != "100%" else {"metrics"}
    found += [name for name in mattering if getattr(case, name) in SHUT[name][1]]
    return found
