"""How much of the traffic gets the new version: off < shadow < a share in basis points."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

FULL_BP = 10_000
_SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%(?:\+(shadow))?\Z")


class Rest(StrEnum):
    """What those outside the share get. Fixed per ladder."""

    OFF = "off"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True)
class Exposure:
    """A level of exposure. ``level`` is -1 for off, 0 for shadow, else the share in basis points (1..10000).

    Order goes by level alone; equality also looks at ``rest``, so a flag that serves the right share with the
    wrong rest counts as drift.
    """

    level: int
    rest: Rest = Rest.OFF

    def __post_init__(self) -> None:
        if not -1 <= self.level <= FULL_BP:
            raise PrrError(f"An exposure of {self.level} basis points is outside 1..{FULL_BP}.")
        if self.level in (-1, 0, FULL_BP):
            object.__setattr__(self, "rest", Rest.OFF)

    @classmethod
    def share(cls, exposure_bp: int, rest: Rest = Rest.OFF) -> Exposure:
        """The share of ``exposure_bp`` basis points, 1..10000 (100 is 1%)."""
        if exposure_bp < 1:
            raise PrrError(f"A share of {exposure_bp} basis points is outside 1..{FULL_BP}; use off or shadow.")
        return cls(exposure_bp, rest)

    @classmethod
    def parse(cls, text: str) -> Exposure:
        """Read ``off``, ``shadow``, ``1%``, ``0.5%`` or ``10%+shadow``. Raises `PrrError` for anything else."""
        return _parsed(text)

    @property
    def is_share(self) -> bool:
        """Whether any user gets the new version's answer."""
        return self.level > 0

    @property
    def exposure_bp(self) -> int:
        """Users who get the new version, in basis points: 0 for off and shadow."""
        return max(self.level, 0)

    @property
    def name(self) -> str:
        """The level without the rest: ``off``, ``shadow``, ``1%``."""
        if self.level < 1:
            return "shadow" if self.level == 0 else "off"
        whole, part = divmod(self.level, 100)
        return f"{whole}.{part:02d}".rstrip("0") + "%" if part else f"{whole}%"

    def __str__(self) -> str:
        return self.name + ("+shadow" if self.rest is Rest.SHADOW else "")

    def __lt__(self, other: Exposure) -> bool:
        return self.level < other.level

    def __le__(self, other: Exposure) -> bool:
        return self.level <= other.level

    def __gt__(self, other: Exposure) -> bool:
        return self.level > other.level

    def __ge__(self, other: Exposure) -> bool:
        return self.level >= other.level


OFF = Exposure(-1)
SHADOW = Exposure(0)
FULL = Exposure(FULL_BP)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Exposure:
    """Parsed once per text: the events of a fleet name few."""
    if text == "off":
        return OFF
    if text == "shadow":
        return SHADOW
    found = _SHARE.match(text)
    if not found:
        raise PrrError(f"{text!r} is no exposure; write off, shadow or a percentage such as 1% or 0.5%.")
    whole, part, rest = found.groups()
    return Exposure.share(int(whole) * 100 + int((part or "0").ljust(2, "0")), Rest(rest or "off"))
