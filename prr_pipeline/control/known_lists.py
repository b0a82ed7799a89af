"""The subjects that a place lists, remembered: reading them off a large specification takes longer than all else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from prr_pipeline.control.listing import Listing
from prr_pipeline.control.marks_now import MarksNow
from prr_pipeline.control.places import Place
from prr_pipeline.control.run_name import list_name
from prr_pipeline.control.run_store import RUNS_NAME, RunStore, tried
from prr_pipeline.readiness.discovery import discover_noted
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.reads import NotedSnapshot, Tracker, marks_below
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind


def listed(place: Place, cache: Path, kind: SubjectKind) -> Listing:
    """As `discover_noted`: what the last run found, where nothing that it read has changed. Raises what that does."""
    store, name = RunStore(cache.with_name(RUNS_NAME)), f"{list_name(place)} {kind}"
    try:
        found = tried(partial(_known, store, name, place, kind))
        return found if found is not None else _discovered(store, name, place, kind)
    finally:
        store.close()


def _listing(snapshot: Snapshot, profile: Profile, kind: SubjectKind) -> Listing:
    return Listing(*discover_noted(snapshot, profile, kind))


def _known(store: RunStore, name: str, place: Place, kind: SubjectKind) -> Listing | None:
    index = store.index(name)
    if index is None:
        return None
    now = MarksNow(place.snapshot, None)
    holds = all(now.holds((str(what), str(key), str(mark))) for what, key, mark in index["marks"])
    if not holds:
        return None
    over = {str(key): str(sentence) for key, sentence in index["passed_over"]}
    return Listing(tuple(Subject(kind, str(each)) for each in index["subjects"]), over)


def _discovered(store: RunStore, name: str, place: Place, kind: SubjectKind) -> Listing:
    tracker = Tracker()
    with tracker.frame() as frame:
        found = _listing(NotedSnapshot(place.snapshot, tracker), place.profile, kind)
    marks = marks_below([frame.reads.digest], tracker.known.get)
    if marks is not None:
        names, over = [each.name for each in found.subjects], list(found.passed_over.items())
        store.write(name, {"marks": sorted(marks), "subjects": names, "passed_over": over}, (), ())
    return found
