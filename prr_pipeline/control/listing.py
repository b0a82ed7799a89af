"""What there is to name: the subjects of a repository."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.discovery import declared_kinds, discover_noted
from prr_pipeline.subjects import Subject, SubjectKind

if TYPE_CHECKING:
    from prr_pipeline.control.places import Place


class Listing(NamedTuple):
    """The subjects of a kind, and a sentence for each that is there and cannot be listed: see `discover_noted`."""

    subjects: tuple[Subject, ...]
    passed_over: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A subject. ``maturity`` is what the specification says, ``promotion`` the key of an open one; None: neither."""

    subject: Subject
    maturity: str | None
    context: str | None
    promotion: str | None

    def as_data(self) -> dict[str, Any]:
        """As one object of `prr subjects --json`."""
        return {
            "context": self.context,
            "kind": str(self.subject.kind),
            "maturity": self.maturity,
            "name": self.subject.name,
            "promotion": self.promotion,
            "subject": str(self.subject),
        }


def list_subjects(place: Place, kind: SubjectKind | None = None, faults: list[str] | None = None) -> list[Listed]:
    """What the repository holds, kind by kind, then services of the context map, then open promotions of the rest.

    ``kind`` lists that one alone. ``faults`` and what is raised are those of `subjects_of`.
    """
    from prr_pipeline.control.monorepo import context_map, known_of

    contexts = context_map(place.snapshot, place.profile)
    promotions = _promotions(place)
    maturities = _maturities(place)
    services = contexts.get("services")
    names = services if isinstance(services, Mapping) else {}
    mapped = [Subject(SubjectKind.SERVICE, str(name)) for name in names]
    found = [*subjects_of(place, kind, faults), *mapped, *sorted(promotions)]
    asked = [one for one in dict.fromkeys(found) if kind in (None, one.kind)]
    return [Listed(one, maturities.get(one), known_of(contexts, one).context, promotions.get(one)) for one in asked]


def subjects_of(
    place: Place, kind: SubjectKind | None, faults: list[str] | None = None, known: Collection[str] = ()
) -> tuple[Subject, ...]:
    """Every subject of the kind; with None, of every kind that the profile tells where to find.

    Of deploys, the newest release tag of each line; older ones can be named. Raises `PrrError` for a kind of which
    the profile says nothing, and for a list that cannot be read; given ``faults``, the sentence goes there while
    another kind can be listed, and so does one for each operation that no id tells from others, but for those in
    ``known`` (by the keys of `discover_noted`).
    """
    found: list[Subject] = []
    kinds = (kind,) if kind else declared_kinds(place.profile)
    refused: list[PrrError] = []
    told: list[str] = []
    for one in kinds:
        try:
            subjects, over = _of_kind(place, one)
        except PrrError as fault:
            refused.append(fault)
            continue
        found += subjects
        told += [f"An {one} cannot be listed: {why}" for key, why in over.items() if key not in known]
    if refused and (faults is None or len(refused) == len(kinds)):
        raise refused[0]
    if faults is not None:
        faults += [*(f"A kind of subjects cannot be listed: {fault}" for fault in refused), *told]
    return tuple(found)


def passed_over_at(place: Place) -> Collection[str]:
    """The keys of operations that a place holds and cannot list; none where its list cannot be read."""
    try:
        return _of_kind(place, SubjectKind.OPERATION).passed_over.keys()
    except PrrError:
        return ()


def _of_kind(place: Place, kind: SubjectKind) -> Listing:
    if kind is not SubjectKind.DEPLOY:
        if place.cache is None:
            return Listing(*discover_noted(place.snapshot, place.profile, kind))
        from prr_pipeline.control.known_lists import listed

        return listed(place, place.cache, kind)
    from prr_pipeline.repository.releases import newest_of_each_line, release_tags

    tags = newest_of_each_line(release_tags(place.repository, place.profile.value("deploy.tags") or ()))
    return Listing(tuple(Subject(kind, tag.name) for tag in tags), {})


def maturity_text(value: object) -> str | None:
    """The level in a maturity extension: a text, or an object with a text ``level``; None for anything else."""
    level = value.get("level") if isinstance(value, Mapping) else value
    return level if isinstance(level, str) else None


def _maturities(place: Place) -> dict[Subject, str | None]:
    from prr_pipeline.repository.openapi import parse_spec

    if place.profile.value("paths.openapi") is None:
        return {}
    spec = parse_spec(place.snapshot.read(str(place.profile.value("paths.openapi"))))
    name = place.profile.maturity_extension
    return {
        Subject(SubjectKind.OPERATION, operation_id): maturity_text(operation.extension(name))
        for operation_id, operation in spec.operations.items()
        if operation_id not in spec.duplicates
    }


def _promotions(place: Place) -> dict[Subject, str]:
    """Open promotions; none where there is no ledger to read."""
    try:
        states = place.work.ledger.states(open_only=True) if place.work else {}
    except PrrError:
        return {}
    return {state.subject: state.key for state in states.values()}
