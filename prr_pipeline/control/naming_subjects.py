"""A subject that a person names must be there: what is nowhere listed is refused, with the nearest names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.subjects import Subject, SubjectKind

if TYPE_CHECKING:
    from prr_pipeline.control.places import Place

_LONGEST = 200
_RANGE = ".."


class UnknownSubject(UnknownName):
    """A subject that no list of its kind holds; the sentence gives the nearest."""

    def __init__(self, subject: Subject, where: str, nearest: list[str]) -> None:
        hint = f"Nearest: {', '.join(nearest)}." if nearest else "No name comes near it; `prr subjects` lists all."
        words = str(subject.kind).replace("_", " ")
        PrrError.__init__(self, f"Unknown {words} {subject.name[:_LONGEST]!r} in {where}. {hint}")


def require_known(subject: Subject, *places: Place) -> None:
    """Raises `UnknownSubject` for one that none of the places holds, and for a deploy that is no tag and no range.

    Operations are left to the judging, which knows them. A kind of which no list can be read is let through: its
    lines are unknown, with the reason. What has an open promotion or a service's entry in the context map is known.
    """
    if subject.kind is SubjectKind.OPERATION:
        return
    if subject.kind is SubjectKind.DEPLOY:
        _require_deploy(subject, places[0])
        return
    names: list[str] = []
    for place in places:
        found = _names(place, subject)
        if found is None or subject.name in found:
            return
        names += found
    nearest = get_close_matches(subject.name[:_LONGEST], list(dict.fromkeys(names)), n=5, cutoff=0.5)
    snapshot = places[0].snapshot
    raise UnknownSubject(subject, snapshot.label if snapshot.commit else f"the {snapshot.label}", nearest)


def _names(place: Place, subject: Subject) -> list[str] | None:
    """What the place lists of that kind; None where it cannot be told."""
    from prr_pipeline.control.listing import subjects_of

    try:
        found = [each.name for each in subjects_of(place, subject.kind)]
        found += _mapped(place) if subject.kind is SubjectKind.SERVICE else []
        if subject.kind is SubjectKind.THIRD_PARTY_ENDPOINT and _is_undescribed(place, subject.name, found):
            return None
        return [*found, *_promoted(place, subject.kind)]
    except PrrError:
        return None


def _promoted(place: Place, kind: SubjectKind) -> list[str]:
    """What has an open promotion: nothing where there is no ledger yet. Raises `PrrError` for one that is silent."""
    if place.work is None:
        return []
    from prr_pipeline.ledger.schema import NoLedger

    try:
        states = place.work.ledger.states(open_only=True).values()
    except NoLedger:
        return []
    return [each.subject.name for each in states if each.subject.kind is kind]


def _mapped(place: Place) -> list[str]:
    from prr_pipeline.control.monorepo import context_map

    services = context_map(place.snapshot, place.profile).get("services")
    return [str(name) for name in services] if isinstance(services, dict) else []


def _is_undescribed(place: Place, name: str, found: list[str]) -> bool:
    """Whether it is of a service that is there and describes no endpoint: its lines tell what is missing."""
    from prr_pipeline.control.listing import subjects_of

    service, slash, _ = name.partition("/")
    if not slash or any(each.startswith(f"{service}/") for each in found):
        return False
    return any(each.name == service for each in subjects_of(place, SubjectKind.SERVICE))


def _require_deploy(subject: Subject, place: Place) -> None:
    """Raises `PrrError` for a tag that is not there, and for a range that is none."""
    from prr_pipeline.control.deploys import range_ends
    from prr_pipeline.repository.releases import release_tags

    if _RANGE in subject.name:
        range_ends(place.repository, subject.name)
        return
    patterns = place.profile.value("deploy.tags")
    if not patterns:
        return
    try:
        known = [*(tag.name for tag in release_tags(place.repository, patterns)), *_promoted(place, subject.kind)]
    except PrrError:
        return
    if subject.name not in known:
        nearest = get_close_matches(subject.name[:_LONGEST], known, n=5, cutoff=0.5)
        raise UnknownSubject(subject, "the release tags (git fetch --tags fetches them)", nearest)
