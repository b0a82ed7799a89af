"""Where signed claims lie in a repository; reading them is another matter, and takes far more to import."""

from __future__ import annotations

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.review.paths import RecordPath, parse_record_path
from prr_pipeline.review.records import RecordKind


def list_claims(snapshot: Snapshot, root: str) -> dict[str, list[str]]:
    """Paths of attestations and justifications under a PRR folder, by promotion key; what has no such path is left."""
    found: dict[str, list[str]] = {}
    for path in snapshot.paths(f"{root}/records/**"):
        place = _place(path)
        if place is not None and place.kind is not RecordKind.SIGNOFF:
            found.setdefault(place.promotion, []).append(path)
    return found


def _place(path: str) -> RecordPath | None:
    if not path.endswith(".json"):
        return None
    try:
        return parse_record_path(path)
    except PrrError:
        return None
