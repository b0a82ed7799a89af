"""The rules that a release is judged by: those of the release before it, so that no release writes its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prr_pipeline.control.places import Place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.parameters import references
from prr_pipeline.readiness.profile import OVERLAY_PATH, Profile, profile_in
from prr_pipeline.readiness.release_facts import DeployAbsent
from prr_pipeline.repository.history import commits, last_change_of
from prr_pipeline.repository.releases import releases_in_history
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.subjects import SubjectKind

_BEHIND = ("deploy.tags", "paths.changesets", "paths.service", "service.ignored")
"""What decides, beside the parameters of lines, which releases, services and changesets there are."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a release is judged, under the profile in force. ``fault`` names the rules that the release changes."""

    place: Place
    fault: str | None = None


def rules_in_force(place: Place, facts: Facts, name: str, profile: str) -> Rules:
    """The place under the rules of the release before ``name``; its own where it is provably the first.

    ``profile`` is the name that the deployment gives. The commit before counts where the release hides that there was
    a release before it.
    """
    found = facts.deploys.of(name) if facts.deploys is not None else None
    if found is None or isinstance(found, DeployAbsent):
        return Rules(place)
    try:
        before = found.base or _hidden_release(place, found.commit, profile)
        if before is None:
            return Rules(place)
        old = profile_in(open_commit(place.repository, before), profile)
    except PrrError as fault:
        return Rules(
            place, f"The rules before {name} cannot be read, so nobody can tell whether it changes them: {fault}"
        )
    changed = [key for key in _keys(place) if old.value(key) != place.profile.value(key)]
    if not changed:
        return Rules(place)
    return Rules(replace(place, profile=old), _sentence(name, changed, before))


def _keys(place: Place) -> tuple[str, ...]:
    """Every key that the lines of a deploy depend on."""
    lines = (line for line in place.catalogue.lines if line.applies_to.kind is SubjectKind.DEPLOY)
    return tuple(sorted({*_BEHIND, *(key for line in lines for key in references(line.parameters))}))


def _hidden_release(place: Place, commit: str, profile: str) -> str | None:
    """The newest release behind a commit by the tags that the profile named before its last change."""
    for earlier in _earlier(place, commit, profile):
        patterns = earlier.value("deploy.tags") or ()
        for tag in releases_in_history(place.repository, commit, patterns, itself=False):
            return tag.commit
    return None


def _earlier(place: Place, commit: str, profile: str) -> Iterator[Profile]:
    """The profile as it is, and as it was before the newest commit that changed it, here or by taking it away."""
    yield place.profile
    last = last_change_of(place.repository, commit, OVERLAY_PATH)
    for one in commits(place.repository, last.id if last is not None else commit, 2)[1:]:
        yield profile_in(open_commit(place.repository, one.id), profile)


def _sentence(name: str, changed: list[str], before: str) -> str:
    return (
        f"{name} changes the rules that judge it ({', '.join(changed)}) and is judged by those of {before[:12]}, so "
        "nobody can tell whether it may go; release that change alone, for a person to decide, and the rest after it."
    )
