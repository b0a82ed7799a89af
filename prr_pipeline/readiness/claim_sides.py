"""What becomes of the answer of a claim, and what of a function runs by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.fragments import Fragments
from prr_pipeline.repository.typescript.modules import CallSite
from prr_pipeline.repository.typescript.sides import Known, Side

Span = tuple[int, int]
"""Two offsets."""


class Answer(Enum):
    """What becomes of the answer of a claim."""

    DECIDES = "it decides about all that is done"
    RETURNED = "the function gives it back"
    IGNORED = "ignores the answer"
    UNREACHED = "never comes to it"
    UNAWAITED = "does not wait for the answer, and a promise is always true"
    UNNAMED = "neither it nor what holds its answer tells which deliveries a true one speaks of; name it, such as isNew"
    OVERRULED = "goes on though it did not say so"
    LATE = "does something whatever the answer"
    UNTOLD = "only running it could tell what it decides"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer's part, and the call that it does not decide about, if there is one; ``is_weak``: not it alone."""

    answer: Answer
    beside: CallSite | None = None
    is_weak: bool = False


def is_in(spans: Sequence[Span], site: CallSite) -> bool:
    """Whether a call begins in one of the spans."""
    return any(start <= site.start < end for start, end in spans)


def is_left(blob: Blob, catch: Span) -> bool:
    """Whether a ``catch`` has a way out."""
    return bool(re.search(r"\b(?:throw|return)\b", blob.text()[catch[0] : catch[1]]))


def reach_of(blob: Blob, around: Function, fragments: Fragments, at: int) -> int:
    """The end of a function around an offset, or of the branch or the caught block in it."""
    spans = [span for each in fragments.conditions for span in each.branches]
    spans += [(each.start, each.end) for each in fragments.tries if not is_left(blob, each.catch)]
    ends = [end for start, end in spans if around.start < start <= at < end]
    return min([around.end, *ends])


def decided(true: Side, false: Side, rest: Span, is_first: Known) -> Iterator[tuple[Span, bool]]:
    """What runs by a condition, and whether only for a first delivery; or for another, beside what runs for it."""
    for own, other in ((true, false), (false, true)):
        is_right = _is_told(own.known, is_first)
        runs = ([own.span] if own.span is not None else []) + ([rest] if other.leaves else [])
        is_beside = _is_told(other.known, is_first) and not other.leaves and (own.leaves or other.span is not None)
        for span in runs:
            if is_right or (is_beside and span is own.span):
                yield span, True
            elif own.known is None:
                yield span, False


def _is_told(known: Known, is_first: Known) -> bool:
    """Whether an answer says that a delivery is the first, or may say so as its meaning is not told."""
    return known is not None and (known == "?" or not isinstance(is_first, bool) or known == is_first)
