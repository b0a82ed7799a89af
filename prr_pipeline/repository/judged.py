"""Which commit is judged: the newest on the tracked line that CI has fully reported on, else the head."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.artefact_store import ArtefactStore
from prr_pipeline.repository.commit_tree import open_commit
from prr_pipeline.repository.history import first_parent_line, resolve

LOOK_BACK = 2_000
"""Most commits of the first-parent line that are looked at."""
CANDIDATES = 50
"""Most of those with artefacts whose code digest is computed."""


@dataclass(frozen=True, slots=True)
class JudgedCommit:
    """``complete``: the judged commit's artefacts cover the head's code too (filing under the excluded folders
    changes nothing). If not, ``why`` says so in one sentence, and readiness is unknown."""

    commit: str
    head: str
    complete: bool
    why: str


def judged_commit(
    repository: Path, ref: str, store: ArtefactStore, required: Sequence[str], exclude: Sequence[str]
) -> JudgedCommit:
    """Find the newest commit whose artefact set is complete; ``exclude`` are the path prefixes that are no code."""
    head = resolve(repository, ref)
    code_at_head = code_digest_of(repository, head, tuple(exclude))
    if not required:
        return JudgedCommit(head, head, True, "No artefact is required.")
    filed = store.commits()
    line = islice(first_parent_line(repository, head), LOOK_BACK)
    first_lack = None
    for commit in islice((commit for commit in line if commit in filed), CANDIDATES):
        code = code_at_head if commit == head else code_digest_of(repository, commit, tuple(exclude))
        complete, why = store.complete(commit, required, code)
        if complete:
            return _judged(commit, head, code == code_at_head)
        first_lack = first_lack or why
    return JudgedCommit(head, head, False, first_lack or _none(head, required))


def _judged(commit: str, head: str, covers_head: bool) -> JudgedCommit:
    if covers_head:
        return JudgedCommit(commit, head, True, f"The artefacts of commit {commit[:12]} cover the code at the head.")
    why = (
        f"The head {head[:12]} holds code that no complete artefact set covers (the newest is of commit "
        f"{commit[:12]}); wait for CI, or file its artefacts."
    )
    return JudgedCommit(commit, head, False, why)


def _none(head: str, required: Sequence[str]) -> str:
    needed = ", ".join(required)
    return f"No commit of the last {LOOK_BACK:,} up to {head[:12]} has artefacts ({needed}); let CI file them."


@lru_cache(maxsize=256)
def code_digest_of(repository: Path, commit: str, exclude: tuple[str, ...]) -> str:
    """The code digest of a full commit id, which never changes; the path prefixes ``exclude`` are no code."""
    return open_commit(repository, commit).code_digest(exclude)
