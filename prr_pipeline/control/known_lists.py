"""The subjects that a place lists, remembered: reading them off a large specification takes longer than all else."""

from __future__ import annotations

from functools import partial

from prr_pipeline.control.marks_now import MarksNow
from prr_pipeline.control.places import Place
from prr_pipeline.control.run_name import list_name
from prr_pipeline.control.run_store import RUNS_NAME, RunStore, tried
from prr_pipeline.readiness.discovery import discover
from prr_pipeline.readiness.reads import NotedSnapshot, Tracker, marks_below
from prr_pipeline.subjects import Subject, SubjectKind


def listed(place: Place, kind: SubjectKind) -> tuple[Subject, ...]:
    """As `discover`: what the last run found, where nothing that it read has changed. Raises what `discover` does."""
    if place.cache is None:
        return discover(place.snapshot, place.profile, kind)
    store, name = RunStore(place.cache.with_name(RUNS_NAME)), f"{list_name(place)} {kind}"
    try:
        found = tried(partial(_known, store, name, place, kind))
        return found if found is not None else _discovered(store, name, place, kind)
    finally:
        store.close()


def _known(store: RunStore, name: str, place: Place, kind: SubjectKind) -> tuple[Subject, ...] | None:
    index = store.index(name)
    if index is None:
        return None
    now = MarksNow(place.snapshot, None)
    holds = all(now.holds((str(what), str(key), str(mark))) for what, key, mark in index["marks"])
    return tuple(Subject(kind, str(each)) for each in index["subjects"]) if holds else None


def _discovered(store: RunStore, name: str, place: Place, kind: SubjectKind) -> tuple[Subject, ...]:
    tracker = Tracker()
    with tracker.frame() as frame:
        found = discover(NotedSnapshot(place.snapshot, tracker), place.profile, kind)
    marks = marks_below([frame.reads.digest], tracker.known.get)
    if marks is not None:
        store.write(name, {"marks": sorted(marks), "subjects": [each.name for each in found]}, (), ())
    return found
