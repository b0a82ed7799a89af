"""A ready patch for the specification: the maturity that the ledger records, in the one line that states it."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.control.monorepo import open_head
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.control.stated import Statement, levels_of, stated_in, stated_text
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.repository.one_hunk import patch_of
from prr_pipeline.repository.openapi import parse_anew
from prr_pipeline.repository.spec_edit import with_level
from prr_pipeline.repository.tree import Blob
from prr_pipeline.rollout.maturity import Levels
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import SubjectKind, Target


@dataclass(frozen=True, slots=True)
class MaturityPatch:
    """What the specification states of an operation at ``commit``, what the ledger entitles it to, and the difference.

    ``place`` is file and line. ``patch`` is a unified diff, empty where the specification states as much already.
    """

    operation: str
    extension: str
    commit: str
    place: str
    stated: str | None
    recorded: str
    patch: bytes


def maturity_patch(work: Workplace, key: str) -> MaturityPatch:
    """The patch for the head of the tracked ref.

    Raises `Refused` where the ledger records no maturity for the promotion, or nobody can make the patch by one line.
    """
    state = work.state(key)
    target = _recorded(work, state)
    head = open_head(work)
    profile = work.profile_at(head)
    stated, levels, extension = stated_in(head, profile), levels_of(profile), profile.maturity_extension
    if stated.spec is None:
        raise Unreadable(
            f"The {head.label} holds no specification at {stated.path}; correct paths.openapi in the profile."
        )
    operation, level = stated.spec.operation(state.subject.name), levels.text(target)
    now = stated.levels.get(operation.operation_id)
    patch = b""
    if not _states_it(levels, now, level, stated.place(operation.operation_id)):
        blob = head.read(stated.path)
        after = with_level(blob, operation, extension, level)
        _require_only(blob, after, stated, {operation.operation_id: level}, extension)
        patch = patch_of(stated.path, blob.data, after)
    place = stated.place(operation.operation_id)
    return MaturityPatch(operation.operation_id, extension, str(head.commit), place, now, level, patch)


def _recorded(work: Workplace, state: PromotionState) -> Target:
    """The maturity that is in force by this promotion. Raises `Refused` without one."""
    if state.subject.kind is not SubjectKind.OPERATION:
        raise Refused(
            f"{state.subject} is no operation, and the specification states the maturity of operations alone."
        )
    recorded = recorded_maturity(work, state.subject)
    if recorded is None or list(Target).index(recorded) < list(Target).index(state.target):
        raise Refused(
            f"The ledger records no {state.target} for {state.subject.name}: {state.key} stands at "
            f"{state.exposure.name}, and it is recorded at 100%; see `prr show {state.key}`."
        )
    return recorded


def _states_it(levels: Levels, now: str | None, level: str, place: str) -> bool:
    """Whether as much is stated. Raises `Refused` for a word that is no level, or one that is on its way out."""
    rank, wanted = levels.rank(now), levels.rank(level)
    retired = now is not None and now.casefold() in {name.casefold() for name in levels.retired}
    if rank is None or wanted is None or retired:
        what = "on its way out" if retired else "no level of maturity"
        raise Refused(f"The specification states {now!r} ({place}), which is {what}; a person decides what it becomes.")
    return rank >= wanted


def _require_only(blob: Blob, after: bytes, before: Statement, wanted: Mapping[str, str], extension: str) -> None:
    """Read the edited file again: that operation states the new level, and every other one what it did.

    Raises `Refused` where an alias or an anchor makes more of one line than was meant.
    """
    try:
        spec = parse_anew(Blob(blob.path, "edited", after))
    except PrrError as fault:
        raise Refused(f"The edited specification cannot be read ({fault}); set {extension} by hand.") from None
    levels = {name: stated_text(one.extension(extension)) for name, one in spec.operations.items()}
    named = {name: before.levels.get(name) for name in levels if name not in before.twice}
    odd = sorted(name for name, level in {**named, **wanted}.items() if levels.get(name) != level)
    if odd:
        raise Refused(
            f"One line in {blob.path} is not enough: {odd[0]} would not state what it should; set {extension} by hand."
        )
