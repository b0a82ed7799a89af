"""`prr init`: look at a repository, and say what a deployment for it would be written from."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pygit2

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.places import Place, find_repository
from prr_pipeline.control.reading import ReadingWorkplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.conventions.fits import fitting_profile
from prr_pipeline.readiness.conventions.survey import Survey, survey, waited_for
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.readiness.profile import ASSUMED, OVERLAY_PATH, Profile, lay_over, profile_in
from prr_pipeline.repository.commit_tree import open_repository
from prr_pipeline.repository.snapshot import Blob
from prr_pipeline.repository.working_tree import WorkingTree, open_working_tree
from prr_pipeline.settings import Settings, load_settings
from prr_pipeline.settings_file import FILE_NAME, find_settings

_GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?\Z")
_TAGS = "refs/tags/"


@dataclass(frozen=True, slots=True)
class Looked:
    """What `prr init` knows of a repository. Nothing was written.

    ``base`` is the profile with what the repository itself declares already, ``profile`` the same with what was seen;
    ``waiting`` maps a key that is not
    declared to the number of lines that wait for it. ``settings_file`` is the one in
    force before, None for none; ``base_name`` is the base as settings would name it.
    """

    repository: Path
    snapshot: WorkingTree
    base: Profile
    profile: Profile
    catalogue: Catalogue
    survey: Survey
    waiting: dict[str, int]
    ref: str
    github: tuple[str, str] | None
    settings_file: Path | None
    base_name: str
    notes: tuple[str, ...]

    def place(self, drafted: str) -> Place:
        """The working tree under the drafted profile, with the settings in force, else those of the draft's text."""
        if self.settings_file is not None:
            settings = load_settings(self.settings_file)
        else:
            settings = Settings.model_validate({**tomllib.loads(drafted), "root": self.repository.resolve()})
        return Place(self.repository, self.snapshot, self.profile, self.catalogue, ReadingWorkplace(settings))

    @property
    def is_ours(self) -> bool:
        """Whether the settings lie at the top of this repository, or would: none are found anywhere else."""
        return self.settings_file in (None, self.repository.resolve() / FILE_NAME)

    @property
    def has_overlay(self) -> bool:
        """Whether the repository lays conventions of its own over a profile already."""
        return OVERLAY_PATH in self.snapshot.paths(OVERLAY_PATH)


def look(repository: Path | None, profile: str | None, settings_file: Path | None) -> Looked:
    """Survey the working tree around here, or the one named.

    The settings are those given, else those in force at its top. ``profile`` wins over theirs, and over what fits.
    Raises `PrrError` outside of any repository, for a bare one, for broken settings, and for a profile that cannot be
    read.
    """
    root = find_repository(repository or Path.cwd())
    opened, snapshot = open_repository(root), open_working_tree(root)
    found_file = find_settings(settings_file, root)
    settings = load_settings(found_file) if found_file is not None else None
    tree = Tree(snapshot)
    name = _absolute(profile) or (settings.repository.profile if settings else None) or fitting_profile(tree)
    base = profile_in(snapshot, name)
    tags = sorted((one.removeprefix(_TAGS) for one in opened.references if one.startswith(_TAGS)), reverse=True)
    found = survey(tree, base, tags)
    laid, catalogue = _laid(base, found), asked_lines(settings)
    return Looked(
        root, snapshot, base, laid, catalogue, found, waited_for(catalogue, laid), _ref(opened), _github(opened),
        found_file, name, (*found.notes, *_ignored(opened)),
    )  # fmt: skip


def _absolute(profile: str | None) -> str | None:
    """A profile's name; of a file, the path from the root, so that it means the same from everywhere."""
    return str(Path(profile).resolve()) if profile and profile.endswith((".yaml", ".yml")) else profile


def _ignored(opened: pygit2.Repository) -> Iterator[str]:
    if opened.path_is_ignored(OVERLAY_PATH):
        yield f"git ignores {OVERLAY_PATH}, so nobody reads it: take it, and the folder, out of .gitignore."


def _laid(base: Profile, found: Survey) -> Profile:
    """The base with what was seen over it: what the draft makes of it."""
    tree: dict[str, dict[str, object]] = {}
    for one in found.seen:
        section, _, key = one.key.partition(".")
        tree.setdefault(section, {})[key] = {"value": one.value, "basis": ASSUMED}
    return lay_over(base, Blob(OVERLAY_PATH, "", json.dumps(tree).encode()))


def _ref(opened: pygit2.Repository) -> str:
    """The branch that is checked out, born or not; of a detached head, HEAD."""
    target = opened.lookup_reference("HEAD").target
    return target if isinstance(target, str) and target.startswith("refs/heads/") else "HEAD"


def _github(opened: pygit2.Repository) -> tuple[str, str] | None:
    """Owner and name on GitHub, from the address of origin; a password in it is not looked at."""
    try:
        found = _GITHUB.match(opened.remotes["origin"].url or "")
    except (KeyError, ValueError, PrrError, pygit2.GitError):
        return None
    return (found[1], found[2]) if found else None
