"""Which promotions must be judged again? Those whose read-set or records changed at the tracked ref."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prr_pipeline.control.acceptance import new_records
from prr_pipeline.control.monorepo import commit_to_judge, open_head, prr_folder, snapshot_to_judge
from prr_pipeline.control.standing import read_standing, write_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.repository.recorder import ReadSet, unchanged
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.rollout.state import PromotionState


@dataclass(frozen=True, slots=True)
class Stale:
    """A promotion to judge again; ``input_digest`` names the input, so that one input asks for one run."""

    key: str
    input_digest: str


def open_promotions(work: Workplace) -> list[str]:
    """Keys of all open promotions, sorted."""
    return sorted(work.ledger.states(open_only=True))


def stale_promotions(work: Workplace) -> list[Stale]:
    """Open promotions whose judgement read something that is different now."""
    head = open_head(work)
    states = work.ledger.states(open_only=True)
    return [stale for _, state in sorted(states.items()) if (stale := _stale(work, head, state)) is not None]


def promotions_with_new_records(work: Workplace) -> list[Stale]:
    """Open promotions with record files that the ledger has not seen."""
    head = open_head(work)
    states = work.ledger.states(open_only=True)
    return [Stale(key, head.commit or "") for key, state in sorted(states.items()) if new_records(work, head, state)]


def _stale(work: Workplace, head: Snapshot, state: PromotionState) -> Stale | None:
    standing = read_standing(work, state.key)
    profile = work.profile_at(head)
    judged = commit_to_judge(work, profile, state.subject)
    name = f"{head.commit}-{judged.commit[:12]}-{'complete' if judged.complete else 'incomplete'}"
    if standing is None:
        return Stale(state.key, name)
    if standing.head == head.commit and standing.commit == judged.commit:
        return None
    read_set = work.ledger.counters.get("read_set", state.key)
    code = snapshot_to_judge(work, head, judged, prr_folder(profile, state.subject))
    if read_set is not None and unchanged(ReadSet.from_plain(read_set), code):
        write_standing(work, state.key, replace(standing, head=head.commit or "", commit=judged.commit))
        return None
    return Stale(state.key, name)
