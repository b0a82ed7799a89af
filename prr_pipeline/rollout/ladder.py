"""The ladder: which exposures, in which order, each for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest

BOTTOM = -1
"""The rung index of a promotion whose flag is off."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One exposure and the dwell that must be served on it before the next."""

    exposure: Exposure
    dwell: timedelta
    approval_required: bool = False

    @property
    def name(self) -> str:
        """The rung's name, as in ``shadow`` or ``1%``."""
        return self.exposure.name

    @property
    def asset_name(self) -> str:
        """The Dagster asset of this rung: ``exposure_shadow``, ``exposure_1pct``, ``exposure_0_5pct``."""
        return "exposure_" + self.name.replace(".", "_").replace("%", "pct")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Strictly rising rungs that end at 100%. A promotion keeps the ladder that it opened with."""

    rungs: tuple[Rung, ...]
    rest: Rest = Rest.OFF

    def __post_init__(self) -> None:
        if not self.rungs:
            raise PrrError("A ladder needs at least one rung.")
        exposures = [rung.exposure for rung in self.rungs]
        if exposures[0] <= OFF:
            raise PrrError("A ladder starts above off; off is where a rollback goes.")
        for low, high in pairwise(exposures):
            if not low < high:
                raise PrrError(f"A ladder rises strictly; {low} is followed by {high}.")
        if exposures[-1] != FULL:
            raise PrrError(f"A ladder ends at 100%; this one ends at {exposures[-1]}.")
        if any(rung.dwell < timedelta(0) for rung in self.rungs):
            raise PrrError("A dwell time cannot be negative.")
        if any(
            rung.exposure.is_share and rung.exposure < FULL and rung.exposure.rest is not self.rest
            for rung in self.rungs
        ):
            raise PrrError(f"Every share of a ladder has the same rest; this ladder's is {self.rest}.")

    @property
    def names(self) -> tuple[str, ...]:
        """The rungs' names from the bottom."""
        return tuple(rung.name for rung in self.rungs)

    @property
    def top(self) -> int:
        """Index of the last rung."""
        return len(self.rungs) - 1

    @property
    def span(self) -> timedelta:
        """The shortest time from the first rung to 100%: the sum of all dwells below the top."""
        return sum((rung.dwell for rung in self.rungs[:-1]), timedelta(0))

    def exposure(self, index: int) -> Exposure:
        """Exposure of a rung; `BOTTOM` is off."""
        return OFF if index == BOTTOM else self.rungs[index].exposure

    def index_of(self, name: str) -> int:
        """Index of the rung of that name; ``off`` is `BOTTOM`. Raises `PrrError` listing the rungs."""
        if name == "off":
            return BOTTOM
        if name not in self.names:
            raise PrrError(f"Unknown rung {name!r}. Valid: off, {', '.join(self.names)}.")
        return self.names.index(name)

    def index_at_or_below(self, exposure: Exposure) -> int:
        """The highest rung whose exposure does not exceed ``exposure``; `BOTTOM` if none does."""
        return max((i for i, rung in enumerate(self.rungs) if rung.exposure <= exposure), default=BOTTOM)

    def as_data(self) -> dict[str, object]:
        """The canonical form: what the ledger keeps and what sign-offs bind."""
        return {
            "rest": str(self.rest),
            "rungs": [
                {
                    "approval_required": rung.approval_required,
                    "dwell_seconds": rung.dwell // timedelta(seconds=1),
                    "exposure": rung.name,
                }
                for rung in self.rungs
            ],
        }

    @property
    def digest(self) -> str:
        """Digest of the canonical form."""
        return digest(self.as_data())

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Ladder:
        """Read what `as_data` writes. Raises `PrrError` for a ladder that breaks a rule above."""
        rest = Rest(str(data.get("rest", "off")))
        rows = data["rungs"]
        if not isinstance(rows, Sequence):
            raise PrrError("A ladder's rungs are a list.")
        return _built(rest, tuple((str(r["exposure"]), str(r["dwell_seconds"]), _asks(r)) for r in rows))


def _asks(row: Mapping[str, object]) -> bool:
    return bool(row.get("approval_required", False))


@lru_cache(maxsize=256)
def _built(rest: Rest, rows: tuple[tuple[str, str, bool], ...]) -> Ladder:
    """Built once per content: most promotions of a fleet were opened with one of few ladders."""
    return Ladder(tuple(_rung(*row, rest) for row in rows), rest)


def _rung(name: str, dwell_seconds: str, approval_required: bool, rest: Rest) -> Rung:
    exposure = Exposure.parse(name)
    if exposure.is_share:
        exposure = Exposure.share(exposure.level, rest)
    try:
        dwell = timedelta(seconds=int(dwell_seconds))
    except (ValueError, OverflowError):
        raise PrrError(f"A dwell of {dwell_seconds!r} seconds is none; give a whole number.") from None
    return Rung(exposure, dwell, approval_required)


_WEEK = timedelta(days=7)
DEFAULT_LADDER = Ladder(
    (
        Rung(SHADOW, _WEEK),
        Rung(Exposure.share(100), _WEEK),
        Rung(Exposure.share(1_000), _WEEK),
        Rung(Exposure.share(5_000), _WEEK),
        Rung(FULL, timedelta(0)),
    )
)
"""Shadow, 1, 10, 50, 100%, a week each: four weeks to 100%."""
