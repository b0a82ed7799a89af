"""What a judgement of a promotion may know beside the repository: the ledger, people, CI, releases and services."""

from __future__ import annotations

from prr_pipeline.control.alert_reviews import after_ga_facts
from prr_pipeline.control.artefact_facts import Artefacts, gather_artefacts
from prr_pipeline.control.attested import attestations_of, justifications_of
from prr_pipeline.control.git_history import GitHistory
from prr_pipeline.control.oasdiff import gather_oasdiff
from prr_pipeline.control.on_call import on_call_fact
from prr_pipeline.control.released import with_release
from prr_pipeline.control.squawk import tools_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.remote_facts import RemoteFacts
from prr_pipeline.repository.artefacts import JudgedCommit
from prr_pipeline.repository.snapshot import Snapshot, open_commit
from prr_pipeline.rollout.state import PromotionState


def promotion_facts(
    work: Workplace,
    state: PromotionState,
    profile: Profile,
    snapshot: Snapshot,
    judged: JudgedCommit,
    services: RemoteFacts,
) -> Facts:
    """What the judgement may know beside the snapshot; ``services`` are asked as the lines ask."""
    spec_path = profile.value("paths.openapi") or profile.value("paths.service_openapi")
    facts = Facts(
        now=work.now(),
        target=state.target,
        author=state.author,
        context=state.context,
        ladder=state.ladder.as_data(),
        ladder_source="promotion",
        oasdiff=gather_oasdiff(work, snapshot, profile),
        attestations=attestations_of(work, state),
        justifications=justifications_of(work, state),
        history=GitHistory(work.repository, judged.commit, str(spec_path) if spec_path else None),
        after_ga=after_ga_facts(work, state),
        on_call=on_call_fact(work),
        artefacts=_artefacts(work, profile, judged),
        artefacts_complete=judged.complete,
        remote=services,
    )
    return with_release(facts, work.repository, snapshot, profile, tools_of(work))


def _artefacts(work: Workplace, profile: Profile, judged: JudgedCommit) -> Artefacts:
    """What CI filed. Its code digest is asked of the plain commit: what is read of the code stays what lines read."""
    code = open_commit(work.repository, judged.commit)
    return gather_artefacts(work, work.repository, code, profile, work.settings.repository.ref)
