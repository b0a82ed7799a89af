"""The way into the package: open a commit or a working tree, and record what is read of it."""

from prr_pipeline.repository.commit_tree import CommitSnapshot, open_commit
from prr_pipeline.repository.recorder import ReadSet, Recorder, unchanged
from prr_pipeline.repository.tree import BLOB_CAP, ENTRY_CAP, Blob, MissingFile, Snapshot
from prr_pipeline.repository.working_tree import WorkingTree, open_working_tree

__all__ = [
    "BLOB_CAP",
    "ENTRY_CAP",
    "Blob",
    "CommitSnapshot",
    "MissingFile",
    "ReadSet",
    "Recorder",
    "Snapshot",
    "WorkingTree",
    "open_commit",
    "open_working_tree",
    "unchanged",
]
