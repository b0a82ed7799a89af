"""What goes out under a release tag or between two commits, as git tells it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.release_facts import DeployAbsent, DeployFact, Merge
from prr_pipeline.repository.history import changed_paths, commits, merge_base, resolve
from prr_pipeline.repository.release_range import release_range
from prr_pipeline.repository.releases import ReleaseTag, has_whole_history, release_before, release_tags
from prr_pipeline.repository.snapshot import open_commit

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Ends:
    """The commit that goes out, and the one before it; None for the first release."""

    head: str
    base: str | None


class GitDeploys:
    """Looks when it is asked, and once per name. ``patterns``: globs of release tags; ``notes``: of changesets."""

    def __init__(self, repository: Path, patterns: Sequence[str], notes: str | None) -> None:
        self._repository = repository
        self._patterns = tuple(patterns)
        self._notes = notes
        self._known: dict[str, DeployFact | DeployAbsent] = {}

    def of(self, name: str) -> DeployFact | DeployAbsent:
        """The deploy of a release tag, or of a range (``base..head``). Raises nothing."""
        if name not in self._known:
            try:
                ends = self._ends(name)
                self._known[name] = ends if isinstance(ends, DeployAbsent) else self._fact(name, ends)
            except PrrError as fault:
                self._known[name] = DeployAbsent(
                    f"What goes out as {name[:80]!r} cannot be read: {fault}", Reason.UNREADABLE
                )
        return self._known[name]

    def _ends(self, name: str) -> _Ends | DeployAbsent:
        base, dots, head = name.partition("..")
        if dots and base and head:
            return _Ends(*range_ends(self._repository, name))
        tags = release_tags(self._repository, self._patterns)
        own = next((tag for tag in tags if tag.name == name), None)
        if own is None:
            return DeployAbsent(_no_such_tag(name, tags), Reason.NO_EVIDENCE)
        before = release_before(self._repository, name, self._patterns)
        if before is None and not has_whole_history(self._repository):
            message = (
                f"The clone is shallow and shows no release before {name}; fetch the whole history with its tags "
                "(git fetch --unshallow --tags, or fetch-depth: 0 in the checkout step)."
            )
            return DeployAbsent(message, Reason.NO_BASELINE)
        return _Ends(own.commit, before.commit if before is not None else None)

    def _fact(self, name: str, ends: _Ends) -> DeployFact:
        root = self._repository
        [head] = commits(root, ends.head, 1)
        snapshot = open_commit(root, ends.head)
        found = release_range(root, ends.base, ends.head, self._notes)
        return DeployFact(
            name=name,
            commit=ends.head,
            author=f"{head.author.name} <{head.author.email}>",
            merged_at=head.committed_at,
            base=ends.base,
            merges=tuple(Merge(each.id, each.committed_at) for each in found.merges),
            changed=tuple(sorted(changed_paths(root, ends.base, ends.head))) if ends.base else snapshot.paths(),
            changesets=found.notes,
            snapshot=snapshot,
            before=open_commit(root, ends.base) if ends.base else None,
        )


def range_ends(root: Path, name: str) -> tuple[str, str]:
    """The head and the base of ``base..head``, as commits.

    Raises `Unreadable` for a name of none, for a range without a commit, and for a base that the head does not have
    behind it.
    """
    base, _, head = name.partition("..")
    first, last = resolve(root, base), resolve(root, head)
    if first == last:
        raise Unreadable(f"The range {name[:80]} holds no commit, so nothing goes out; name an older base.")
    if merge_base(root, first, last) != first:
        raise Unreadable(
            f"The range {name[:80]} does not lead from its base to its head: {base[:40]} is no ancestor of "
            f"{head[:40]}; name the older commit first."
        )
    return last, first


def _no_such_tag(name: str, tags: Sequence[ReleaseTag]) -> str:
    known = ", ".join(tag.name for tag in tags[:_SHOWN]) or "none"
    more = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
    return (
        f"No release tag is called {name[:80]!r} (there are: {known}{more}); fetch or set the tag, or name a range of "
        "commits such as main~3..main."
    )
