"""One flagd flag: built from an exposure, and read back only if it is exactly what we would build.

flagd and its schema accept much that serves the wrong thing in silence (a float weight gives everybody the default,
an undeclared variant breaks for its share of users), so this reader is stricter than they are.
"""

from __future__ import annotations

from typing import TypeGuard

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import FULL_BP, OFF, SHADOW, Exposure, Rest
from prr_pipeline.flags.backend import ExposureRecord

VARIANTS = {"on": "on", "shadow": "shadow", "off": "off"}
_MEMBERS = {"state", "variants", "defaultVariant", "targeting"}
_LONGEST_QUOTE = 60
_MAX_COUNTER = 2**53
"""The largest whole number that every JSON reader keeps exact."""


class NotOurs(ValueError):
    """A definition of a shape that we do not write; the message completes "the definition ..."."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What we note in the flag's own metadata, which flagd restricts to flat text, numbers and booleans.

    ``exposure`` repeats what was written, so that an edit by hand shows.
    """

    version: int
    intent_id: str
    written_at: str
    exposure: str


def build(exposure: Exposure, stamp: Stamp) -> dict[str, object]:
    """The definition that serves ``exposure``: ``on`` first, two arms, total 10000, default off."""
    rest = "shadow" if exposure == SHADOW or exposure.rest is Rest.SHADOW else "off"
    on = exposure.exposure_bp
    return {
        "state": "ENABLED",
        "variants": dict(VARIANTS),
        "defaultVariant": "off",
        "targeting": {"fractional": [["on", on], [rest, FULL_BP - on]]},
        "metadata": {
            "version": stamp.version,
            "intent_id": stamp.intent_id,
            "written_at": stamp.written_at,
            "exposure": stamp.exposure,
        },
    }


def read(definition: object) -> ExposureRecord:
    """What ``definition`` serves, or None and why not. Its version counts an edit by hand as one change."""
    stamp = stamp_of(definition)
    try:
        exposure = exposure_of(definition)
    except NotOurs as fault:
        return ExposureRecord(None, stamp.version + 1 if stamp else 1, f"the definition {fault}")
    if stamp is None:
        return ExposureRecord(exposure, 1)
    return ExposureRecord(exposure, stamp.version + (not _is_as_stamped(definition, exposure, stamp)))


def stamp_of(definition: object) -> Stamp | None:
    """Our note in the flag's metadata, or None when it is missing or broken."""
    metadata = definition.get("metadata") if isinstance(definition, dict) else None
    if not isinstance(metadata, dict):
        return None
    version = metadata.get("version")
    texts = [metadata.get(name) for name in ("intent_id", "written_at", "exposure")]
    intent_id, written_at, exposure = texts
    if not (is_counter(version) and isinstance(intent_id, str) and isinstance(written_at, str)):
        return None
    return Stamp(version, intent_id, written_at, exposure) if isinstance(exposure, str) else None


def exposure_of(definition: object) -> Exposure:
    """The exposure that a definition of our shape serves. Raises `NotOurs`."""
    if not isinstance(definition, dict):
        raise NotOurs("is not an object")
    if strange := sorted(set(definition) - _MEMBERS - {"metadata"}):
        raise NotOurs(f"has the member {_quote(strange[0])}, which we never write")
    if missing := sorted(_MEMBERS - set(definition)):
        raise NotOurs(f"lacks {missing[0]!r}")
    if definition["state"] != "ENABLED":
        raise NotOurs(f"has the state {_quote(definition['state'])}, so readers get their own default")
    if definition["defaultVariant"] != "off":
        raise NotOurs(f"has the default variant {_quote(definition['defaultVariant'])} instead of 'off'")
    if definition["variants"] != VARIANTS:
        raise NotOurs(f"declares the variants {_quote(definition['variants'])} instead of on, shadow and off")
    return _split(definition["targeting"])


def _split(targeting: object) -> Exposure:
    arms = targeting.get("fractional") if isinstance(targeting, dict) and len(targeting) == 1 else None
    if not isinstance(arms, list):
        raise NotOurs("targets by something else than one fractional split")
    if len(arms) != 2 or not all(isinstance(arm, list) and len(arm) == 2 for arm in arms):
        raise NotOurs(f"splits into {_quote(arms)} instead of two arms of a variant and a weight")
    (first, on), (second, rest) = arms
    if first != "on" or second not in ("off", "shadow"):
        raise NotOurs(f"splits between {_quote(first)} and {_quote(second)}; it must be 'on', then 'off' or 'shadow'")
    if not (_is_integer(on) and _is_integer(rest)):
        raise NotOurs(f"has the weights {_quote(on)} and {_quote(rest)}; flagd takes whole numbers only")
    if on < 0 or rest < 0 or on + rest != FULL_BP:
        raise NotOurs(f"has the weights {_quote(on)} and {_quote(rest)}; they must be positive and make {FULL_BP}")
    if on == 0:
        return SHADOW if second == "shadow" else OFF
    return Exposure.share(on, Rest(second))


def is_counter(value: object) -> TypeGuard[int]:
    """Whether ``value`` can be a version or a revision: a whole number from 1 that stays exact in any reader."""
    return _is_integer(value) and 1 <= value <= _MAX_COUNTER


def _is_as_stamped(definition: object, exposure: Exposure, stamp: Stamp) -> bool:
    return stamp.exposure == str(exposure) and definition == build(exposure, stamp)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _quote(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."
