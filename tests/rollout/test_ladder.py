"""The ladder: strictly rising, ends at everybody, kept whole in its canonical form."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest
from prr_pipeline.rollout.ladder import BOTTOM, DEFAULT_LADDER, Ladder, Rung
from tests.properties import decide_worlds

DAY = timedelta(days=1)
ladders = st.integers(0, 2**32).map(lambda seed: decide_worlds.ladder(Random(seed)))


def rungs(*exposures: Exposure) -> tuple[Rung, ...]:
    """Rungs of a day each."""
    return tuple(Rung(exposure, DAY) for exposure in exposures)


def test_the_default_is_four_weeks_to_everybody() -> None:
    """Shadow, 1, 10, 50, 100%, a week each below the top."""
    assert DEFAULT_LADDER.names == ("shadow", "1%", "10%", "50%", "100%")
    assert DEFAULT_LADDER.span == timedelta(weeks=4)


@pytest.mark.parametrize("seconds", ["soon", 10**20, 1.5, None])
def test_a_dwell_that_is_none_is_refused_in_a_sentence(seconds: object) -> None:
    """A ladder in the ledger is read, never guessed."""
    with pytest.raises(PrrError, match="give a whole number"):
        Ladder.from_data({"rest": "off", "rungs": [{"exposure": "100%", "dwell_seconds": seconds}]})


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ((), "at least one rung"),
        (rungs(OFF, FULL), "starts above off"),
        (rungs(SHADOW, Exposure.share(100), Exposure.share(100), FULL), "rises strictly"),
        (rungs(Exposure.share(200), Exposure.share(100), FULL), "rises strictly"),
        (rungs(SHADOW), "ends at 100%"),
        ((Rung(FULL, -DAY),), "cannot be negative"),
        (rungs(Exposure.share(100, Rest.SHADOW), FULL), "same rest"),
    ],
)
def test_an_unsound_ladder_cannot_be_made(made: tuple[Rung, ...], why: str) -> None:
    """Each rule with its sentence."""
    with pytest.raises(PrrError, match=why):
        Ladder(made)


@settings(max_examples=150)
@given(ladders)
def test_a_ladder_survives_its_canonical_form(ladder: Ladder) -> None:
    """What the ledger keeps is the ladder, and equal ladders have one digest."""
    whole = Ladder(
        tuple(Rung(r.exposure, timedelta(seconds=r.dwell // timedelta(seconds=1))) for r in ladder.rungs), ladder.rest
    )
    assert Ladder.from_data(ladder.as_data()) == whole
    assert Ladder.from_data(ladder.as_data()).digest == ladder.digest


@settings(max_examples=150)
@given(ladders, st.builds(Exposure, st.integers(-1, 10_000)))
def test_a_share_that_is_no_rung_counts_as_the_one_below(ladder: Ladder, exposure: Exposure) -> None:
    """After an edit the highest rung at or below is taken: never a higher one."""
    found = ladder.index_at_or_below(exposure)
    assert ladder.exposure(found) <= exposure
    assert found == ladder.top or ladder.rungs[found + 1].exposure > exposure


@settings(max_examples=150)
@given(ladders)
def test_every_rung_is_found_by_its_name(ladder: Ladder) -> None:
    """And has an asset name that Dagster takes."""
    assert [ladder.index_of(name) for name in ladder.names] == list(range(ladder.top + 1))
    assert ladder.index_of("off") == BOTTOM
    assert all(rung.asset_name.isidentifier() for rung in ladder.rungs)
    assert len({rung.asset_name for rung in ladder.rungs}) == len(ladder.rungs)


def test_an_unknown_rung_is_answered_with_the_rungs() -> None:
    """Off among them."""
    with pytest.raises(PrrError, match=r"Unknown rung '2%'\. Valid: off, shadow, 1%, 10%, 50%, 100%\."):
        DEFAULT_LADDER.index_of("2%")


def test_any_change_changes_the_digest() -> None:
    """What people sign is exactly this ladder."""
    ladder = Ladder(rungs(Exposure.share(100), FULL))
    others = [
        Ladder(rungs(Exposure.share(101), FULL)),
        Ladder((Rung(Exposure.share(100), DAY * 2), Rung(FULL, DAY))),
        Ladder((Rung(Exposure.share(100), DAY, approval_required=True), Rung(FULL, DAY))),
        Ladder(rungs(SHADOW, Exposure.share(100), FULL)),
        Ladder(rungs(Exposure.share(100, Rest.SHADOW), FULL), Rest.SHADOW),
    ]
    assert len({one.digest for one in (ladder, *others)}) == 6
