"""The way into CI's artefacts: the store, its sets, and which commit they let be judged."""

from prr_pipeline.repository.artefact_store import Artefact, ArtefactSet, ArtefactStore
from prr_pipeline.repository.judged import JudgedCommit, judged_commit

__all__ = ["Artefact", "ArtefactSet", "ArtefactStore", "JudgedCommit", "judged_commit"]
