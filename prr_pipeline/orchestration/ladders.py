"""Which rungs have an asset: the union of the ladders in force, read when the code location loads."""

from __future__ import annotations

from functools import lru_cache

from prr_pipeline.control.workplace import Workplace, connect, ledger_url
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.ladder import DEFAULT_LADDER, Ladder, Rung
from prr_pipeline.settings_file import find_settings


@lru_cache(maxsize=1)
def loaded_rungs() -> tuple[Rung, ...]:
    """The rungs that were in force when this code location loaded: those that have an asset until it is reloaded."""
    return rungs_in_force()


def has_asset(asset: str) -> bool:
    """Whether a run of it can be asked for. A ladder that came later has rungs that this code location lacks."""
    return not asset.startswith("exposure_") or any(rung.asset_name == asset for rung in loaded_rungs())


def rungs_in_force() -> tuple[Rung, ...]:
    """Every rung of the settings' ladder and of each open promotion's, from the bottom, one per exposure.

    Without settings, or with a ledger that cannot be read, the default ladder's rungs: the location must load, so that
    people see the fault in the runs instead of an empty page.
    """
    rungs: dict[int, Rung] = {}
    for ladder in _ladders():
        for rung in ladder.rungs:
            rungs.setdefault(rung.exposure.level, rung)
    return tuple(rungs[level] for level in sorted(rungs))


def _ladders() -> list[Ladder]:
    try:
        if find_settings() is None:
            return [DEFAULT_LADDER]
        work = connect()
        return [work.settings.ladder.ladder(), *_open_ladders(work)]
    except PrrError:
        return [DEFAULT_LADDER]


def _open_ladders(work: Workplace) -> list[Ladder]:
    url = ledger_url(work.settings)
    if url.startswith("sqlite:///") and not work.settings.path(url.removeprefix("sqlite:///")).exists():
        return []
    return [state.ladder for state in work.ledger.states(open_only=True).values()]
