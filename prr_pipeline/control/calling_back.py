"""Call raises back that are under way: an order to stay holds from its answer on, for a worker that is late too."""

from __future__ import annotations

from collections.abc import Iterable

from prr_pipeline.control.latching import RACES
from prr_pipeline.control.withdrawing import withdraw
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure


@dataclass(frozen=True, slots=True)
class CalledBack:
    """What became of one raise that was under way when the order came: withdrawn, or in words why not."""

    key: str
    to: Exposure
    left: str = ""

    @property
    def words(self) -> str:
        """One sentence for the person who gave the order."""
        if not self.left:
            return f"The raise of {self.key} to {self.to.name} that was under way is withdrawn."
        return f"The raise of {self.key} to {self.to.name} was not withdrawn: {self.left}"


def call_back(work: Workplace, keys: Iterable[str], why: str, actor: str) -> tuple[CalledBack, ...]:
    """Withdraw the open intents of these promotions; to be called once the order stands, so that no new one follows.

    The flag's version moves first, by which the late write is lost, and the ledger is told after that. A raise that has
    landed is left to be settled. Raises nothing: what fails for one promotion is said of it, and stops no other.
    """
    found = (_called_back(work, key, why, actor) for key in keys)
    return tuple(one for one in found if one is not None)


def _called_back(work: Workplace, key: str, why: str, actor: str) -> CalledBack | None:
    to: Exposure | None = None
    try:
        state = work.state(key)
        for _ in range(RACES):
            if state.intent is None:
                break
            to = state.intent.to
            withdraw(work, state, state.intent, why, actor)
            state = work.state(key)
    except Exception as fault:
        words = str(fault) if isinstance(fault, PrrError) else f"{type(fault).__name__}: {fault}"
        return None if to is None else CalledBack(key, to, words)
    if to is None:
        return None
    if state.intent is not None:
        return CalledBack(key, to, f"others changed {key} {RACES} times meanwhile.")
    return CalledBack(key, to, "it was settled there before." if state.exposure >= to else "")
