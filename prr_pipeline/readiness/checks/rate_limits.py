"""Whether an endpoint's rate limit lies in the band of its cost tier, as its description declares both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, plain, shown, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.openapi import MISSING
from prr_pipeline.subjects import Subject

_UNIT = r"(seconds?|secs?|s|minutes?|mins?|m|hours?|h|days?|d)"
_RATE = re.compile(rf"([0-9]{{1,12}})\s*(?:requests\s+)?(?:/|per\s)\s*([0-9]{{0,6}})\s*{_UNIT}")
_PER = re.compile(rf"per_?{_UNIT}", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_MOST = 10**12
_AMOUNTS = ("requests", "limit", "max")
_WINDOWS = ("per", "window", "window_seconds", "period")


class RateLimitFitsTier(Parameters):
    """``limit`` and ``tier``: extensions of the operation. ``bands``: a tier to the lowest and highest limit of a
    minute that fits it."""

    limit: str
    tier: str
    bands: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class _Limit:
    """A rate limit. ``whose``: of which plan, where there are several; ``rate``: calls of a minute, None if unclear."""

    whose: str
    rate: Fraction | None

    @property
    def text(self) -> str:
        return f"{self.whose} {self.rate} a minute".strip()


@check("rate_limit_fits_tier", RateLimitFitsTier)
def rate_limit_fits_tier(sources: Sources, _facts: Facts, subject: Subject, parameters: RateLimitFitsTier) -> Finding:
    """The endpoint declares a rate limit, and it lies in the band of the cost tier that it declares."""
    operation = sources.operation(subject)
    here = Location(operation.spec.path, operation.line, subject.name)
    written, tier = operation.extension(parameters.limit), operation.extension(parameters.tier)
    own = digest([subject.name, plain(written), plain(tier)])
    if written is MISSING or written is None:
        message = f"{subject.name} declares no rate limit; write {parameters.limit}, such as 100/minute."
        return unmet(message, own, [here])
    low, high = _band(tier, subject, parameters, here)
    judged = digest([subject.name, plain(written), plain(tier), low, high])
    limits = list(_limits(written))
    outside = [each.text for each in limits if each.rate is not None and not low <= each.rate <= high]
    band = f"the band of {tier}, {low} to {high} a minute"
    if outside:
        message = f"{parameters.limit} of {subject.name} is {listed(outside)}, outside {band}; set one that lies in it."
        return unmet(message, judged, [here])
    if not limits or any(each.rate is None for each in limits):
        message = f"{parameters.limit} of {subject.name} is {shown(written)!r}, no rate; write one such as 100/minute."
        return unknown(Reason.UNREADABLE, message, judged, [here])
    found = listed([each.text for each in limits])
    return met(f"{parameters.limit} of {subject.name} is {found}, in {band}.", judged, [here], tier=tier)


def _band(tier: object, subject: Subject, parameters: RateLimitFitsTier, here: Location) -> tuple[int, int]:
    """The band of the tier. Raises `NotSeen` where nobody declares it."""
    known = listed(sorted(parameters.bands))
    if not isinstance(tier, str) or not tier:
        message = f"{subject.name} declares no cost tier; write {parameters.tier}, one of {known}."
        raise NotSeen(Reason.NOT_DECLARED, message, [here])
    band = parameters.bands.get(tier)
    if band is None:
        message = (
            f"{parameters.tier} of {subject.name} is {shown(tier)!r}, for which stages.rate_bands declares no band; "
            f"declare one, or write one of {known}."
        )
        raise NotSeen(Reason.NOT_DECLARED, message, [here])
    if len(band) != 2 or band[0] > band[1]:
        message = f"stages.rate_bands gives {tier} {band}; write the lowest and the highest rate of a minute."
        raise NotSeen(Reason.NOT_DECLARED, message, [here])
    return band[0], band[1]


def _limits(written: object) -> Iterator[_Limit]:
    """A number of a minute, a text such as ``10/second``, ``{requests, per}``, or one of these for each plan."""
    if not isinstance(written, Mapping) or any(key in written for key in _AMOUNTS):
        yield _Limit("", _rate(written))
        return
    for plan, value in sorted(written.items(), key=lambda item: str(item[0])):
        per = _PER.fullmatch(str(plan))
        yield _Limit("" if per else str(plan), _rate({"limit": value, "per": per[1]} if per else value))


def _rate(written: object) -> Fraction | None:
    """Calls of a minute; None for what is no rate."""
    if isinstance(written, Mapping):
        amount = next((written[key] for key in _AMOUNTS if key in written), None)
        window = next((written[key] for key in _WINDOWS if key in written), None)
        if type(amount) is not int or abs(amount) > _MOST:
            return None
        if type(window) is int:
            return Fraction(amount * 60, window) if 0 < window <= _MOST else None
        return _rate(f"{amount}/{window}")
    if type(written) is int:
        return Fraction(written) if abs(written) <= _MOST else None
    found = _RATE.fullmatch(written.strip().casefold()) if isinstance(written, str) else None
    window_seconds = _SECONDS[found[3][0]] * int(found[2] or 1) if found else 0
    return Fraction(int(found[1]) * 60, window_seconds) if found and window_seconds else None
