"""The parsed specification, kept between runs: of a large one, reading it back takes a tenth of parsing it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import orjson

from prr_pipeline.control.places import Place
from prr_pipeline.control.run_name import spec_name
from prr_pipeline.control.run_store import RUNS_NAME, RunStore, tried
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.lines import KeptLines, KeptRows, LineIndex
from prr_pipeline.repository.openapi import Spec, known_spec, offer_spec
from prr_pipeline.repository.tree import Blob


class KeptSpec:
    """The specification of one place. What cannot be read back is parsed, as ever."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._blob = _blob(place)
        self._is_kept = False

    def recall(self) -> None:
        """Offer what the last run kept to whoever parses that very file; where nobody does, it is not even read."""
        if self._blob is not None and self._place.cache is not None:
            offer_spec(self._blob.path, self._blob.id, partial(self._read, self._blob, self._place.cache))

    def _read(self, blob: Blob, cache: Path) -> Spec | None:
        store = RunStore(cache.with_name(RUNS_NAME))
        index = store.index(spec_name(self._place))
        store.close()
        spec = tried(partial(spec_of, blob, index)) if index is not None else None
        self._is_kept = spec is not None
        return spec

    def keep(self) -> None:
        """Keep what was parsed in this run, for the next one."""
        if self._blob is None or self._place.cache is None or self._is_kept:
            return
        spec = known_spec(self._blob.path, self._blob.id)
        index = tried(partial(plain_spec, spec)) if spec is not None else None
        if index is not None:
            store = RunStore(self._place.cache.with_name(RUNS_NAME))
            store.write(spec_name(self._place), index, (), ())
            store.close()


def plain_spec(spec: Spec) -> dict[str, Any] | None:
    """A specification in YAML as plain data; None for one that would not come back as it is. Raises `TypeError`."""
    rows = spec.lines.kept() if isinstance(spec.lines, LineIndex) else None
    if rows is None or orjson.loads(orjson.dumps(spec.document)) != spec.document:
        return None
    return {"id": spec.blob_id, "version": spec.version, "document": spec.document, "rows": list(rows)}


def spec_of(blob: Blob, index: Any) -> Spec | None:
    """The inverse; None if it was made of another file. Raises `ValueError` or `KeyError` for what does not fit."""
    if index["id"] != blob.id:
        return None
    document = index["document"]
    return Spec(blob, document, str(index["version"]), KeptLines(document, KeptRows(*index["rows"])))


def _blob(place: Place) -> Blob | None:
    path = place.profile.value("paths.openapi")
    try:
        return place.snapshot.read(str(path)) if path is not None and place.cache is not None else None
    except PrrError:
        return None
