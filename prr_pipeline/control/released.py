"""What was released before the judged code, and what the tools say of what is new since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.snapshot import Snapshot, open_commit

if TYPE_CHECKING:
    from prr_pipeline.control.deploys import GitDeploys
    from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact, DeployAbsent, DeployFact


@dataclass
class _Deploys:
    """Git's word on deploys, whose code is loaded when somebody asks."""

    repository: Path
    patterns: Sequence[str]
    notes: str | None

    def of(self, name: str) -> DeployFact | DeployAbsent:
        """See `GitDeploys`."""
        return self._git.of(name)

    @cached_property
    def _git(self) -> GitDeploys:
        from prr_pipeline.control.deploys import GitDeploys

        return GitDeploys(self.repository, self.patterns, self.notes)


def with_release(
    facts: Facts, repository: Path, snapshot: Snapshot, profile: Profile, tools: Path | None = None
) -> Facts:
    """The facts with the code as last released, what squawk says of the migrations since, and what git of deploys."""
    patterns: Sequence[str] | None = profile.value("deploy.tags")
    facts = replace(facts, deploys=_Deploys(repository, patterns or (), profile.value("paths.changesets")))
    if patterns is None:
        return facts
    from prr_pipeline.control.squawk import with_migrations

    base = base_of(repository, snapshot, patterns)
    return with_migrations(replace(facts, base=base), snapshot, profile, tools)


def base_of(repository: Path, snapshot: Snapshot, patterns: Sequence[str]) -> BaseFact | BaseAbsent:
    """The release before the snapshot; a commit that is itself a release is compared with the one before it.

    Where packages are released on their own (``identity@1.4.0``), the newest tags of all lines are looked at and the
    one furthest back counts: more is then called new than is, never less.
    """
    from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
    from prr_pipeline.repository.releases import has_whole_history, releases_in_history

    try:
        tags = releases_in_history(repository, snapshot.commit or "HEAD", patterns, itself=snapshot.commit is None)
        if tags:
            tag = tags[-1]
            return BaseFact(f"the release {tag.name}", tag.commit, open_commit(repository, tag.commit))
        if has_whole_history(repository):
            return BaseAbsent(f"No release before it carries a tag like {' or '.join(patterns)}.", None)
    except PrrError as fault:
        return BaseAbsent(f"The release before cannot be read: {fault}", Reason.NO_BASELINE)
    return BaseAbsent(
        "The clone is shallow and holds no earlier release; fetch the whole history with its tags "
        "(git fetch --unshallow --tags, or fetch-depth: 0 in the checkout step).",
        Reason.NO_BASELINE,
    )
