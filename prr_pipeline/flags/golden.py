"""Who is in a cohort, by flagd's own evaluator, and the proof that the installed one draws as we recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from openfeature.contrib.tools.flagd.core import FlagdCore
from openfeature.evaluation_context import EvaluationContext

from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.flagd_document import EMPTY

HASH_SCHEME = "flagd murmur3_32(flag key + targeting key)"
"""The rule by which users are drawn. Another evaluator version may draw everyone anew, so promotions record it."""

_KEY = "checkout-v2"
_IDS = tuple(f"user-{number}" for number in range(1000))
GOLDEN = {100: "d2249bc5552e4a0f", 1_000: "c7ba4a3cb281d46e", 5_000: "f9277973fdf976fa"}
"""Basis points -> first 16 hex digits of SHA-256 over the members among user-0..user-999 of the flag checkout-v2."""


def members(key: str, exposure: Exposure, ids: Iterable[str]) -> list[str]:
    """Those of ``ids`` who get the new version of ``key`` at ``exposure``, in their order."""
    document = EMPTY.with_exposures({key: exposure}, revision=1, intent_id="cohort", written_at="")
    core = FlagdCore()
    core.set_flags(document.render().decode("ascii"))
    return [one for one in ids if core.resolve_string_value(key, "off", EvaluationContext(one)).variant == "on"]


def cohort_digest(ids: Iterable[str]) -> str:
    """A short digest of a cohort: 16 hex digits of SHA-256 over its ids, joined by newlines."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def installed_hash_scheme() -> str:
    """`HASH_SCHEME` if the installed evaluator draws the golden cohorts, else ``unknown`` with what it draws."""
    drawn = {weight: cohort_digest(members(_KEY, Exposure.share(weight), _IDS)) for weight in GOLDEN}
    return HASH_SCHEME if drawn == GOLDEN else f"unknown ({', '.join(drawn.values())})"
