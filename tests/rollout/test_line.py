"""The line: stops, releases, and whose last word counts."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.line import Line, Release, Stop, halt_gate
from prr_pipeline.rollout.scope import Member, Scope
from prr_pipeline.subjects import Subject
from tests.rollout.worlds import NOW

EQUITY = Member("createGrant:ga", Subject.parse("createGrant"), "Equity", ())
ACCESS = Member("login:ga", Subject.parse("login"), "Access", ())
LATER = Member("opened:ga", Subject.parse("opened"), "Equity", ())


def line(*orders: str) -> Line:
    """Orders such as ``stop all`` and ``go team:Equity``; a go that keeps keys names them after it."""
    found: list[Stop | Release] = []
    for seq, text in zip(count(1), orders, strict=False):
        verb, scope, *kept = text.split(" ")
        if verb == "stop":
            found.append(Stop(seq, Scope.parse(scope), "felix", "an incident", NOW))
        else:
            found.append(Release(Scope.parse(scope), seq - 1, frozenset(kept)))
    return Line(tuple(found))


@pytest.mark.parametrize(
    ("orders", "stopped"),
    [
        ((), ()),
        (("stop all",), (EQUITY, ACCESS, LATER)),
        (("stop team:Equity",), (EQUITY, LATER)),
        (("stop all", "go all"), ()),
        (("stop all", "go team:Equity"), (ACCESS,)),
        (("stop all", "stop team:Equity", "go team:Equity"), (ACCESS,)),
        (("stop all", "go team:Equity", "stop team:Equity"), (EQUITY, ACCESS, LATER)),
        (("stop team:Equity", "go all"), ()),
        (("stop all", "go createGrant:ga"), (ACCESS, LATER)),
        (("stop all", "go all createGrant:ga"), (EQUITY,)),
        (("stop all", "go all createGrant:ga", "go createGrant:ga"), ()),
        (("stop all", "go team:Access"), (EQUITY, LATER)),
        (("go all", "stop team:Access"), (ACCESS,)),
    ],
)
def test_the_last_word_about_a_promotion_counts(orders: tuple[str, ...], stopped: tuple[Member, ...]) -> None:
    """A narrower release lets a part go on, a wider one everything; one opened later is stopped like the rest."""
    found = line(*orders)
    assert tuple(one for one in (EQUITY, ACCESS, LATER) if found.stops_for(one, {})) == stopped


def test_a_release_does_not_lift_a_stop_that_it_did_not_see() -> None:
    """Two people at once: the stop that came while the release was being decided stands."""
    first, second = line("stop all", "stop all").orders
    assert isinstance(second, Stop)
    seen_one = Line((first, second, Release(Scope.parse("all"), up_to=1)))
    assert seen_one.stops_for(EQUITY, {}) == (second,)


def test_the_gate_names_every_stop() -> None:
    """Closed, and it opens by nobody's clock."""
    gate = halt_gate(line("stop all", "stop team:Equity").stops_for(EQUITY, {}))
    assert (gate.state, gate.until) == (GateState.CLOSED, None)
    assert "for all by felix since" in gate.why
    assert "for team:Equity by felix" in gate.why
    assert "an incident" in gate.why
    assert halt_gate(()).is_open


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        (("stop all",), ["for all by"]),
        (("stop all", "go team:Access"), ["but not for team:Access"]),
        (("stop all", "go all"), []),
        (("stop team:Equity", "go team:equity"), []),
        (("stop all", "go all login:ga"), ["now for login:ga alone"]),
        (("stop all", "go all ended:ga"), []),
        (("stop team:Equity", "stop all", "go team:Equity"), ["for all by", "but not for team:Equity"]),
    ],
)
def test_the_words_say_what_stands(orders: tuple[str, ...], words: list[str]) -> None:
    """Each stop once, with what goes on; keys of ended promotions are left out."""
    said = "; ".join(one.words for one in line(*orders).standing([EQUITY, ACCESS], {}))
    assert bool(said) is bool(words)
    assert all(word in said for word in words)


_SCOPES = st.sampled_from(["all", "team:Equity", "team:Access", "createGrant:ga", "depends-on:createGrant"])
_ORDERS = st.lists(st.tuples(st.booleans(), _SCOPES, st.booleans()), max_size=8)


@given(_ORDERS)
def test_a_stop_stands_until_a_release_that_holds_the_promotion(orders: list[tuple[bool, str, bool]]) -> None:
    """Against the plain reading: after its last release that keeps it not, are there stops about it?"""
    texts = [
        f"{'stop' if stop else 'go'} {scope}{'' if stop or not kept else ' login:ga'}" for stop, scope, kept in orders
    ]
    found = line(*texts)
    for one in (EQUITY, ACCESS, LATER):
        expected = 0
        for stop, scope, kept in orders:
            if not Scope.parse(scope).holds(one, {}):
                continue
            if stop:
                expected += 1
            elif not (kept and one.key == "login:ga"):
                expected = 0
        assert len(found.stops_for(one, {})) == expected
    told = found.standing([EQUITY, ACCESS, LATER], {})
    assert {one.stop for one in told} >= {stop for m in (EQUITY, ACCESS, LATER) for stop in found.stops_for(m, {})}
