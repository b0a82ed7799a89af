"""Where `prr check` looks: a working tree or a commit, under a profile, with a deployment's settings or without."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.profile import Profile, profile_in, profile_names
from prr_pipeline.repository.snapshot import Snapshot, open_commit, open_working_tree

if TYPE_CHECKING:
    from prr_pipeline.control.workplace import Workplace
    from prr_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """What is judged, and by what. ``work`` is None without settings; ``repository`` is the top folder.

    ``cache`` is the file of remembered verdicts; None remembers nothing.
    """

    repository: Path
    snapshot: Snapshot
    profile: Profile
    catalogue: Catalogue
    work: Workplace | None
    cache: Path | None = None


def open_place(
    settings: Settings | None,
    *,
    repository: Path | None = None,
    commit: str | None = None,
    profile: str | None = None,
    remember: bool = False,
    checklists: Sequence[Path] = (),
) -> Place:
    """The working tree, or the named commit. What is given wins over the settings.

    ``remember``: keep verdicts between runs. ``checklists``: files of own lines beside those of the settings.

    Raises `PrrError` when there is no repository, no such commit, or no profile is named anywhere.
    """
    root = _repository(settings, repository)
    name = profile or (settings.repository.profile if settings else None)
    if name is None:
        raise PrrError(
            f"No profile is named: give --profile ({', '.join(profile_names())}), or settings that name one."
        )
    tree = partial(open_working_tree, root, is_remembered=remember)
    snapshot: Snapshot = open_commit(root, commit) if commit else tree()
    work = _reading(settings) if settings else None
    cache = _cache() if remember else None
    return Place(root, snapshot, profile_in(snapshot, name), asked_lines(settings, checklists), work, cache)


def _cache() -> Path:
    from prr_pipeline.control.verdict_store import CACHE_NAME, cache_folder

    return cache_folder() / CACHE_NAME


def _reading(settings: Settings) -> Workplace:
    """The deployment's workplace, whose packages are imported only where there is one."""
    from prr_pipeline.control.reading import ReadingWorkplace

    return ReadingWorkplace(settings)


def find_repository(start: Path) -> Path:
    """The top folder of the git working tree that holds ``start``. Raises `PrrError` outside of any."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            return folder
    raise PrrError(f"{here} lies in no git repository; go into one, or give --repository.")


def working_tree(work: Workplace, tree: Path | None) -> Path:
    """Where files to commit are written: the tree given, else the settings' own, else the one around here."""
    if tree is not None:
        return find_repository(tree)
    own = work.repository
    return own if (own / ".git").exists() else find_repository(Path.cwd())


def _repository(settings: Settings | None, given: Path | None) -> Path:
    if given is not None:
        if not given.is_dir():
            raise PrrError(f"There is no folder {given}; give --repository the top folder of a git repository.")
        return find_repository(given) if not _is_bare(given) else given
    if settings is not None:
        return settings.path(settings.repository.path)
    return find_repository(Path.cwd())


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()
