"""Which profile that there is fits a repository? By how many of the places that it names are there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.readiness.discovery import LISTED_BY
from prr_pipeline.readiness.profile import PROFILE_KEYS, Profile, load_profile, profile_names

PLAIN = "plain"
"""The profile that names no place: the base where no other fits."""
_WORD = re.compile(r"\{[a-z_]+\}")
_SHARE = 4
"""At least one in so many of a profile's places must be there."""


def fitting_profile(tree: Tree) -> str:
    """The profile of which most places are there, one that lists subjects among them; else `PLAIN`."""
    fits = {name: found for name in profile_names() if (found := _share(tree, name)) * _SHARE >= 1}
    return max(sorted(fits), key=lambda name: fits[name], default=PLAIN)


def places(profile: Profile) -> Iterator[tuple[str, str]]:
    """The profile's places: key and glob."""
    for key in PROFILE_KEYS:
        value = profile.value(key) if key.startswith("paths.") else None
        if isinstance(value, str):
            yield key, _WORD.sub("*", value)


def is_there(tree: Tree, pattern: str) -> bool:
    """Whether a glob matches a file, or the folder of one."""
    return bool(tree.matching(pattern)) or bool(tree.matching(f"{pattern}/**"))


def _share(tree: Tree, name: str) -> float:
    """Share of the places that are there; 0 unless one of those that list subjects is, or if it cannot be read."""
    try:
        named = dict(places(load_profile(name)))
        there = {key for key, pattern in named.items() if is_there(tree, pattern)}
    except PrrError:
        return 0.0
    lists = there & set(LISTED_BY.values())
    return len(there) / len(named) if lists else 0.0
