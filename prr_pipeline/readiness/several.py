"""Several items of one line together: a fault that is certain wins over what could not be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.sources import NotSeen


@dataclass(frozen=True, slots=True)
class Items:
    """Each item's fault (None for none) by name, and why the others could not be seen."""

    faults: dict[str, str | None]
    hidden: tuple[NotSeen, ...]

    @property
    def wrong(self) -> list[str]:
        """The faults, in order."""
        return [fault for fault in self.faults.values() if fault is not None]

    @property
    def rows(self) -> list[object]:
        """Names and faults for a digest."""
        return [[name, fault] for name, fault in sorted(self.faults.items())]

    def require(self) -> None:
        """Raise why an item could not be seen, if there is one and no other has a fault."""
        if self.hidden and not self.wrong:
            raise self.hidden[0]


def each_of(names: Iterable[str], fault_of: Callable[[str], str | None]) -> Items:
    """Judge each item; `NotSeen` of one does not keep the others from being judged."""
    faults: dict[str, str | None] = {}
    hidden: list[NotSeen] = []
    for name in names:
        try:
            faults[name] = fault_of(name)
        except NotSeen as fault:
            hidden.append(fault)
    return Items(faults, tuple(hidden))
