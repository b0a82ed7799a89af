"""What there is to name: the lines of the checklists, and the subjects of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.subjects import Subject, SubjectKind

if TYPE_CHECKING:
    from prr_pipeline.control.places import Place


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


def all_lines() -> Catalogue:
    """Every line of the shipped checklists, in their order."""
    return load_catalogue()


def list_subjects(place: Place) -> list[Listed]:
    """The operations of the specification in its order, then the services of the context map, then open promotions
    of anything else. Raises `PrrError` when the specification cannot be read."""
    from prr_pipeline.control.monorepo import context_map, known_of
    from prr_pipeline.readiness.evaluate import discover_operations

    contexts = context_map(place.snapshot, place.profile)
    promotions = _promotions(place)
    maturities = _maturities(place)
    services = contexts.get("services")
    names = services if isinstance(services, Mapping) else {}
    found = list(discover_operations(place.snapshot, place.profile))
    found += [Subject(SubjectKind.SERVICE, str(name)) for name in names]
    found += sorted(subject for subject in promotions if subject not in found)
    return [Listed(one, maturities.get(one), known_of(contexts, one).context, promotions.get(one)) for one in found]


def maturity_text(value: object) -> str | None:
    """The level in a maturity extension: a text, or an object with a text ``level``; None for anything else."""
    level = value.get("level") if isinstance(value, Mapping) else value
    return level if isinstance(level, str) else None


def _maturities(place: Place) -> dict[Subject, str | None]:
    from prr_pipeline.repository.openapi import parse_spec

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
