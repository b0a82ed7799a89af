"""The gate on deploys: may this release go to production, by every line that is asked of a deploy?"""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.control.checking import Checked, Checkup
from prr_pipeline.control.deploy_rules import rules_in_force
from prr_pipeline.control.deploys import range_ends
from prr_pipeline.control.places import Place, find_repository, open_place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.release_facts import DeployAbsent
from prr_pipeline.repository.history import resolve
from prr_pipeline.repository.snapshot import Snapshot, open_commit
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject, SubjectKind


@dataclass(frozen=True, slots=True)
class DeployVerdict:
    """What the gate found of one deploy. ``commit`` goes out; ``base`` is the release before it, None for the first.

    ``faults`` are sentences on what could not be judged at all.
    """

    name: str
    commit: str
    base: str | None
    checked: Checked
    catalogue: Catalogue
    faults: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: it may go. 1: a line is unmet and not justified. 2: none is, but one is unknown, or none was asked."""
        report = self.checked.report
        return report.exit_code or (2 if self.faults or not report.counted else 0)


def judge_deploy(
    settings: Settings | None, name: str, *, repository: Path | None = None, profile: str | None = None
) -> DeployVerdict:
    """Judge the release of a tag, or a range of commits (``base..head``), at its own commit, under the rules of the
    release before it.

    What people signed about it is read at the tracked ref: it is filed after the tag is set. Services are asked as
    the lines need them. Raises `PrrError` for a tag that is not there, and for a range that
    holds no commit or does not lead from its base to its head.
    """
    root = _root(settings, repository)
    commit = _commit_of(root, name)
    place = open_place(settings, repository=repository, commit=commit, profile=profile)
    records = _records(place, settings)
    checkup = Checkup(place, None, records=records)
    given = profile or (settings.repository.profile if settings is not None else place.profile.name)
    rules = rules_in_force(place, checkup.facts, name, given)
    if rules.place is not place:
        checkup = Checkup(rules.place, None, records=records)
    [checked] = checkup.check([Subject(SubjectKind.DEPLOY, name)], None)
    base, faults = _base_of(checkup.facts, name)
    told = (rules.fault,) if rules.fault is not None else ()
    return DeployVerdict(name, commit, base, checked, place.catalogue, (*told, *faults))


def _root(settings: Settings | None, repository: Path | None) -> Path:
    if repository is not None:
        return repository
    return settings.path(settings.repository.path) if settings is not None else find_repository(Path.cwd())


def _commit_of(root: Path, name: str) -> str:
    """The commit that goes out. A branch of the tag's name is not meant."""
    if ".." in name:
        return range_ends(root, name)[0]
    try:
        return resolve(root, f"refs/tags/{name}")
    except Unreadable:
        raise Unreadable(
            f"{root} has no tag {name[:80]!r}; set it or fetch it (git fetch --tags), or name a range of commits such "
            "as main~3..main."
        ) from None


def _records(place: Place, settings: Settings | None) -> Snapshot | None:
    if settings is None:
        return None
    try:
        return open_commit(place.repository, settings.repository.ref)
    except PrrError:
        return None


def _base_of(facts: Facts, name: str) -> tuple[str | None, tuple[str, ...]]:
    found = facts.deploys.of(name) if facts.deploys is not None else None
    if found is None or isinstance(found, DeployAbsent):
        return None, (found.message,) if found is not None else ("Nobody looked for releases.",)
    return found.base, ()
