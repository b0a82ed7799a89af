"""The partition sets: a partition per promotion, and per kind one for each subject at the tracked ref."""

from __future__ import annotations

import dagster as dg

from prr_pipeline.subjects import SubjectKind

PROMOTIONS = dg.DynamicPartitionsDefinition(name="promotions")
"""Keys are promotion keys, such as ``createGrant:ga``; each has a ledger record, or its runs fail with a sentence."""

SUBJECTS = {kind: dg.DynamicPartitionsDefinition(name=f"subjects_{kind}") for kind in SubjectKind}
"""Keys are those of `control.subject_listing`, such as ``service:identity``. A set for each kind: no asset shows
partitions that can never be materialized."""


def subjects_known(instance: dg.DagsterInstance, kind: SubjectKind) -> set[str]:
    """Keys of that kind that Dagster has a partition for."""
    return set(instance.get_dynamic_partitions(str(SUBJECTS[kind].name)))
