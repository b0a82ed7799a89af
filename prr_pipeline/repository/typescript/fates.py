"""What becomes of what a call answers."""

from __future__ import annotations

from typing import Literal

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an answer.

    ``guards``: the function at ``function`` goes on behind ``until`` only if the answer was the wanted one, else it
    throws, or returns ``refusal``. ``returned``: that function's own answer is ``when`` only then. ``lost``: nothing
    hangs on it, as ``why`` says. ``untold``: it goes where nobody looks.
    """

    kind: Literal["guards", "returned", "lost", "untold"]
    why: str = ""
    function: int = -1
    until: int = 0
    throws: bool = False
    refusal: str = ""
    when: bool = True
