"""Which promotions must be judged again? Those whose read-set, artefacts, checklist or records changed."""

from __future__ import annotations

import logging

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.acceptance import new_records
from prr_pipeline.control.artefact_facts import artefact_marks
from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.monorepo import commit_to_judge, open_head, prr_folder, snapshot_to_judge
from prr_pipeline.control.shown import outdated_page, shown_pages
from prr_pipeline.control.standing import move_on, read_kept, read_standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.answers import MAX_AGE
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.rollout.state import PromotionState

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stale:
    """A promotion to judge again; ``input_digest`` names the input, so that one input asks for one run."""

    key: str
    input_digest: str


def open_promotions(work: Workplace) -> list[str]:
    """Keys of all open promotions, sorted."""
    return sorted(work.ledger.states(open_only=True))


def stale_promotions(work: Workplace) -> list[Stale]:
    """Open promotions whose judgement read something that is different now.

    One that cannot be looked at is judged once per head, so that its fault is kept; it never stops the others.
    """
    head = open_head(work)
    states = work.ledger.states(open_only=True)
    return [stale for _, state in sorted(states.items()) if (stale := _stale_or_broken(work, head, state)) is not None]


def promotions_to_judge(work: Workplace) -> list[Stale]:
    """Stale promotions, and those whose pages show another judgement than the one in force.

    Many things judge: a rung's run, the council's, a person who signs. Only a run of the page can bring it up to date.
    """
    stale = stale_promotions(work)
    known, shown = {one.key for one in stale}, shown_pages(work)
    for key in open_promotions(work):
        try:
            standing = None if key in known else read_standing(work, key)
            mark = outdated_page(shown, key, standing) if standing is not None else None
        except Exception as fault:
            _LOG.warning("the pages of %s are not looked at: %s: %s", key, type(fault).__name__, fault)
            continue
        if mark is not None:
            stale.append(Stale(key, f"page-{mark[-12:]}"))
    return stale


def promotions_with_new_records(work: Workplace) -> list[Stale]:
    """Open promotions with record files that are not decided yet. One that cannot be looked at is left out."""
    head = open_head(work)
    found = []
    for key, state in sorted(work.ledger.states(open_only=True).items()):
        try:
            if new_records(work, head, state):
                found.append(Stale(key, head.commit or ""))
        except Exception as fault:
            _LOG.warning("the records of %s are not looked at: %s: %s", key, type(fault).__name__, fault)
    return found


def _stale_or_broken(work: Workplace, head: Snapshot, state: PromotionState) -> Stale | None:
    try:
        return _stale(work, head, state)
    except Exception as fault:
        _LOG.warning("%s is not looked at: %s: %s", state.key, type(fault).__name__, fault)
    standing = read_standing(work, state.key)
    known = standing is not None and standing.failed and standing.head == head.commit
    return None if known else Stale(state.key, f"{head.commit}-broken")


def _stale(work: Workplace, head: Snapshot, state: PromotionState) -> Stale | None:
    kept = read_kept(work, state.key)
    profile = work.profile_at(head)
    judged = commit_to_judge(work, profile, state.subject)
    marks = artefact_marks(work, profile, judged.commit)
    asked = asked_lines(work.settings).asked_digest(state.subject.kind)
    complete = "complete" if judged.complete else "incomplete"
    name = f"{head.commit}-{judged.commit[:12]}-{complete}-{marks[-12:]}-{asked[-12:]}"
    if kept is None:
        return Stale(state.key, name)
    standing = kept.standing
    if standing.failed and standing.head == head.commit:
        return None
    if standing.heard_at is not None and standing.outlived(work.now(), MAX_AGE / 2):
        return Stale(state.key, f"{name}-{instant_text(standing.heard_at)}")
    same = (kept.artefacts, kept.asked) == (marks, asked)
    if same and (standing.head, standing.commit, standing.complete) == (head.commit, judged.commit, judged.complete):
        return None
    code = snapshot_to_judge(work, head, judged, prr_folder(profile, state.subject))
    if same and standing.complete == judged.complete and kept.reads_unchanged(code, head):
        move_on(work, state.key, kept, head.commit or "", judged.commit)
        return None
    return Stale(state.key, name)
