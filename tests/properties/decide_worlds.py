"""Strategies for any promotion in any world: for the properties of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from prr_pipeline.exposure import FULL, SHADOW, Exposure, Rest
from prr_pipeline.rollout.alerts import AlertAnswer, Severity
from prr_pipeline.rollout.dependencies import DependencyFact
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import OPTIONAL_GATES, GateReading, GateState
from prr_pipeline.rollout.ladder import BOTTOM, Ladder, Rung
from prr_pipeline.rollout.state import Intent, Latch, LatchKind, PromotionState
from prr_pipeline.subjects import Subject, SubjectKind
from tests.rollout.worlds import NOW, WEEK, promotion

SUBJECTS = [Subject(SubjectKind.SERVICE, name) for name in ("identity", "billing", "mail")]
instants = st.datetimes(NOW.replace(tzinfo=None), (NOW + 52 * WEEK).replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=NOW.tzinfo)
)


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """Any ladder, with any dwell, even one that ends after the calendar does."""
    rest = draw(st.sampled_from(Rest))
    shares = sorted(draw(st.sets(st.integers(1, 9_999), max_size=4)))
    exposures = [SHADOW] if draw(st.booleans()) else []
    exposures += [Exposure.share(share, rest) for share in shares] + [FULL]
    dwells = st.timedeltas(timedelta(0), timedelta(days=60)) | st.just(timedelta.max)
    return Ladder(tuple(Rung(exposure, draw(dwells)) for exposure in exposures), rest)


@st.composite
def states(draw: st.DrawFn) -> PromotionState:
    """Any state that the fold can hold, and some that it cannot: the decision is total."""
    ladder = draw(ladders())
    rung = draw(st.integers(BOTTOM, ladder.top))
    latch, lowering = None, False
    if draw(st.booleans()):
        kind = draw(st.sampled_from(LatchKind))
        latch = Latch(kind, "a cause", "mara", NOW, ladder.exposure(draw(st.integers(BOTTOM, rung))))
        lowering = kind is not LatchKind.HELD and draw(st.booleans())
    intent = None
    if rung < ladder.top and draw(st.booleans()):
        intent = Intent("i", 1, rung + 1, ladder.exposure(rung + 1), NOW, draw(st.integers(0, 9)))
    return replace(
        promotion(),
        ladder=ladder,
        rung=rung,
        rung_since=draw(st.none() | instants),
        good_rung=draw(st.integers(BOTTOM, rung)),
        latch=latch,
        lowering_open=lowering,
        intent=intent,
        flag_version=draw(st.integers(0, 9)),
        ended_at=draw(st.none() | st.just(NOW)) if draw(st.booleans()) else None,
    )


def readings(name: str) -> st.SearchStrategy[GateReading]:
    """A gate in any state; open half of the time, so that advances occur."""
    labels = st.just(GateState.OPEN) | st.sampled_from(GateState)
    return st.builds(GateReading, st.just(name), labels, st.just("why"), st.none() | instants)


answers = (
    st.just(AlertAnswer("clear", None, "clear"))
    | st.builds(
        AlertAnswer,
        st.sampled_from(["clear", "unknown", "firing"]),
        st.none() | st.sampled_from(Severity),
        st.just("words"),
    )
)  # fmt: skip


def flags_of(state: PromotionState) -> st.SearchStrategy[FlagFact]:
    """The flag as settled, or anything else."""
    settled = FlagFact(True, state.exposure, state.flag_version)
    anything = st.builds(Exposure, st.integers(-1, 10_000), st.sampled_from(Rest))
    rungs = st.sampled_from([rung.exposure for rung in state.ladder.rungs])
    other = st.builds(FlagFact, st.booleans(), st.none() | anything | rungs, st.integers(0, 9), st.just("why"))
    return st.just(settled) | other


@st.composite
def dependency_facts(draw: st.DrawFn, state: PromotionState) -> DependencyFact:
    """A dependency's promotion that stands anywhere, often high enough."""
    levels = st.just(FULL) | st.builds(Exposure, st.integers(-1, 10_000)) | st.just(state.exposure)
    rolled_back = draw(st.booleans()) and draw(st.booleans())
    return DependencyFact(
        "service:identity:ga",
        draw(levels),
        raising=draw(st.booleans()) and draw(st.booleans()),
        rolled_back=rolled_back,
        lowered=rolled_back or draw(st.booleans()),
        in_cycle=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[PromotionState, Facts]:
    """A state and facts about it."""
    state = draw(states())
    spans = st.just(timedelta(days=3_650)) | st.timedeltas(timedelta(0), timedelta(days=90))
    dwell = st.builds(
        Dwell, st.just("1"), spans, instants, spans, st.just("boot"), spans, st.none() | st.just("it jumped")
    )
    seen = Facts(
        flag=draw(flags_of(state)),
        record=draw(readings("record")),
        readiness=draw(readings("readiness")),
        signoff=draw(readings("signoff")),
        signoff_void=draw(st.booleans()) and draw(st.booleans()),
        alerts=draw(answers),
        dependency_alerts=draw(st.dictionaries(st.sampled_from(SUBJECTS), answers, max_size=2)),
        dependencies=tuple(draw(st.lists(dependency_facts(state), max_size=2))),
        freeze=draw(readings("freeze")),
        window=draw(readings("window")),
        dwell=draw(st.none() | dwell),
        regressions=tuple(draw(st.lists(st.just("slower"), max_size=1))) if draw(st.booleans()) else (),
        optional={name: draw(readings(name)) for name in draw(st.sets(st.sampled_from(sorted(OPTIONAL_GATES))))},
    )
    return state, seen


@st.composite
def near_advances(draw: st.DrawFn) -> tuple[PromotionState, Facts]:
    """A world in which everything is open, but for at most a few facts out of an arbitrary one."""
    state, strange = draw(worlds())
    state = replace(state, latch=None, lowering_open=False, intent=None, ended_at=None)
    state = state if draw(st.integers(0, 4)) else replace(state, rung=BOTTOM)
    calm = Facts(
        flag=FlagFact(True, state.exposure, state.flag_version),
        record=_open("record"),
        readiness=_open("readiness"),
        signoff=_open("signoff"),
        signoff_void=False,
        alerts=AlertAnswer("clear", None, "clear"),
        dependency_alerts={},
        dependencies=(),
        freeze=_open("freeze"),
        window=_open("window"),
        dwell=Dwell("1", timedelta.max, NOW, timedelta(0), "boot"),
    )
    names = ["flag", "record", "readiness", "signoff", "alerts", "dependency_alerts", "dependencies", "freeze"]
    names += ["window", "dwell", "regressions", "optional"]
    chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    return state, replace(calm, **{name: getattr(strange, name) for name in chosen})


def _open(name: str) -> GateReading:
    return GateReading(name, GateState.OPEN, "open")
