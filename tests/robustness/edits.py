"""One damaged state of the sample: which file, how, and the seed of chance. Equal edits give equal states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from tests.robustness.damage import DAMAGES
from tests.robustness.judging import Repository, whole

ARTEFACT = "artefact "
"""What a name starts with that is of an artefact of CI."""


def _gone(repository: Repository, path: str) -> Repository:
    return replace(repository, files={name: data for name, data in repository.files.items() if name != path})


def _mode(mode: int) -> Callable[[Repository, str], Repository]:
    return lambda repository, path: replace(repository, modes={**repository.modes, path: mode})


def _huge(repository: Repository, path: str) -> Repository:
    return replace(repository, sizes={**repository.sizes, path: 100 * 2**20})


KINDS: Mapping[str, Callable[[Repository, str], Repository]] = {
    "gone": _gone, "link": _mode(0o120000), "submodule": _mode(0o160000), "huge": _huge,
}  # fmt: skip
"""What else may lie where a file was."""
HOW = (*DAMAGES, *KINDS)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: ``file`` is a path, or `ARTEFACT` and a name."""

    file: str
    how: str
    seed: int

    def applied(self, repository: Repository) -> Repository:
        """The repository after it."""
        if self.how in KINDS:
            return repository if self.file.startswith(ARTEFACT) else KINDS[self.how](repository, self.file)
        chance = Random(f"{self.file} {self.how} {self.seed}")
        other = repository.files[chance.choice(sorted(repository.files))]
        if self.file.startswith(ARTEFACT):
            name = self.file.removeprefix(ARTEFACT)
            data = DAMAGES[self.how](repository.artefacts[name], chance, other)
            return replace(repository, artefacts={**repository.artefacts, name: data})
        data = DAMAGES[self.how](repository.files.get(self.file, b""), chance, other)
        return replace(repository, files={**repository.files, self.file: data})


@cache
def files() -> tuple[str, ...]:
    """Every file and artefact that may be damaged."""
    return (*sorted(whole().files), *(f"{ARTEFACT}{name}" for name in sorted(whole().artefacts)))
