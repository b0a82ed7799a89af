"""What a lowering writes, and how a back end is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, Unavailable, UnknownName, Unreadable
from prr_pipeline.exposure import OFF, SHADOW, Exposure, Rest
from prr_pipeline.flags.backend import (
    FlagError,
    FlagsReadOnly,
    FlagsUnavailable,
    FlagsUnreadable,
    flag_backend,
    lowered,
)

exposures = st.builds(Exposure, st.integers(-1, 10_000), st.sampled_from(Rest))


@given(exposures, exposures)
def test_a_lowering_never_goes_above_what_is_there(present: Exposure, target: Exposure) -> None:
    """By level always, and by the rest where the share is equal."""
    result = lowered(present, target)
    assert result <= present
    assert result <= target or result == present
    assert result.level < present.level or result.rest is Rest.OFF or result == present


@pytest.mark.parametrize("target", [OFF, SHADOW, Exposure.share(100)], ids=str)
def test_what_cannot_be_read_becomes_off(target: Exposure) -> None:
    """Nobody knows what it serves."""
    assert lowered(None, target) == OFF


@pytest.mark.parametrize("name", ["memory", "flagd_file"])
def test_a_back_end_is_found_by_its_name(name: str, tmp_path: Path) -> None:
    """The name in the settings is the back end's own, and it may run in a demo."""
    backend = flag_backend(name, {}, tmp_path)
    assert backend.name == name
    assert backend.capabilities.demo_safe
    assert backend.read(["checkout"])["checkout"].exposure == OFF


def test_an_unknown_back_end_lists_the_valid_ones(tmp_path: Path) -> None:
    """There is no default to fall back to."""
    with pytest.raises(UnknownName, match=r"'unleashed'.*flagd_file, memory"):
        flag_backend("unleashed", {}, tmp_path)


def test_an_option_of_another_back_end_is_refused(tmp_path: Path) -> None:
    """The memory back end has no file."""
    with pytest.raises(UnknownName, match="memory 'path'"):
        flag_backend("memory", {"path": "x"}, tmp_path)


@pytest.mark.parametrize(
    ("fault", "family"),
    [(FlagsUnreadable, Unreadable), (FlagsUnavailable, Unavailable), (FlagsReadOnly, PrrError)],
)
def test_faults_are_of_one_family(fault: type[PrrError], family: type[PrrError]) -> None:
    """Control catches `FlagError`; the command line sees the general kinds."""
    assert issubclass(fault, FlagError)
    assert issubclass(fault, family)
