"""Which operations rose in maturity, and what of the ledger each rise takes. Compares what is stated; reads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.subjects import Target

LADDER = ("Preview", "Beta", "GA")
"""The levels of a profile that names none, lowest first."""
_NOTHING = -1
"""The rank of no level at all: of what is not there, states nothing, or is retired."""

Stated = Mapping[str, str | None]
"""Operation id -> the level that the specification states, as written; None for an operation that states none."""


class Move(StrEnum):
    """What became of an operation's level between two states of the specification."""

    ROSE = "rose"
    FELL = "fell"
    UNCLEAR = "unclear"
    """It changed to something of which nobody can tell whether it is higher."""


@dataclass(frozen=True, slots=True)
class Change:
    """One operation whose level is not what it was. ``needs``: what the ledger must record for it; None: nothing.

    ``before`` and ``after`` are as written; None where the operation is missing or states none, see ``is_new`` and
    ``is_gone``.
    """

    operation: str
    before: str | None
    after: str | None
    move: Move
    needs: Target | None = None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Levels:
    """A ladder of levels, lowest first, compared in any case. ``retired``: what is on its way out states these.

    Raises `PrrError` for a ladder without Beta and, above it, GA: the ledger knows no others.
    """

    names: Sequence[str]
    retired: Sequence[str] = ()
    _ranks: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranks = {name.casefold(): rank for rank, name in enumerate(self.names)}
        if not ranks.get(Target.BETA, len(ranks)) < ranks.get(Target.GA, _NOTHING):
            raise PrrError(
                f"The profile's maturity.names ({', '.join(self.names)}) do not name Beta and, above it, GA, "
                "so nothing tells which of them a promotion entitles to; name both."
            )
        retired = {name.casefold(): _NOTHING for name in self.retired}
        object.__setattr__(self, "_ranks", {**retired, **ranks})

    def rank(self, level: str | None) -> int | None:
        """How high a level stands, -1 for none at all; None for one that nobody declared."""
        return _NOTHING if level is None else self._ranks.get(level.casefold())

    def needs(self, level: str | None) -> Target | None:
        """The highest target that a level reaches; None below Beta, and for what is not on the ladder."""
        rank = self.rank(level)
        reached = [] if rank is None else [target for target in Target if self._ranks[target] <= rank]
        return reached[-1] if reached else None

    def text(self, target: Target) -> str:
        """A target as this ladder spells it."""
        return next(name for name in self.names if name.casefold() == target)


def changes(before: Stated, after: Stated, levels: Levels) -> tuple[Change, ...]:
    """Every operation whose level rose, fell or became unclear, by its id. ``before`` {} counts all as new.

    What states the same twice has not changed, be it a level or not. A level that nobody declared counts as none
    before, and is unclear after. A new operation that states none is unclear.
    """
    found = (_change(name, before, after, levels) for name in sorted({*before, *after}))
    return tuple(change for change in found if change is not None)


def is_entitled(needs: Target | None, recorded: Target | None) -> bool:
    """Whether what the ledger records reaches what a level needs."""
    order = list(Target)
    return needs is None or (recorded is not None and order.index(recorded) >= order.index(needs))


def _change(name: str, before: Stated, after: Stated, levels: Levels) -> Change | None:
    old, new = before.get(name), after.get(name)
    is_new, is_gone = name not in before, name not in after
    if is_gone:
        return Change(name, old, None, Move.FELL, is_gone=True)
    if not is_new and _same(old, new):
        return None
    high = levels.rank(new)
    if new is None or high is None:
        return Change(name, old, new, Move.UNCLEAR, is_new=is_new)
    low = levels.rank(old)
    low = _NOTHING if low is None else low
    if high == low:
        return None
    move = Move.ROSE if high > low else Move.FELL
    return Change(name, old, new, move, levels.needs(new) if move is Move.ROSE else None, is_new=is_new)


def _same(old: str | None, new: str | None) -> bool:
    return old == new or (old is not None and new is not None and old.casefold() == new.casefold())
