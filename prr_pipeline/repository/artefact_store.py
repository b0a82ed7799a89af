"""Artefacts of CI: they lie outside git under ``<root>/<commit>/``, each with an envelope that describes it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from prr_pipeline.canonical import parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.files import read_inside
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import BLOB_CAP, Blob, MissingFile, blob_id_of

ENVELOPE_CAP = 64 * 1024
"""Largest envelope, in bytes."""
FILE_CAP = 1000
"""Most files in one commit's folder."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Artefact:
    """What an envelope says. ``sha256`` (64 hex digits) is of the file, ``code_digest`` of the code it came from."""

    name: str
    tool: str
    version: str
    created_at: datetime
    sha256: str
    code_digest: str
    file: str


class ArtefactSet:
    """The artefacts filed for one commit. Reading is lazy; a broken one spoils itself only."""

    def __init__(self, root: Path, commit: str) -> None:
        self.commit = commit
        self._root = root
        self._label = f"artefact set of commit {commit[:12]}"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the envelopes, sorted: JSON files that speak of another file."""
        folder = self._root / self.commit
        try:
            with os.scandir(folder) as entries:
                listed = [entry.name for _, entry in zip(range(FILE_CAP + 1), entries, strict=False)]
        except OSError:
            return ()
        if len(listed) > FILE_CAP:
            raise Unreadable(f"The {self._label} has more than {FILE_CAP:,} files.")
        stems = sorted(name.removesuffix(".json") for name in listed if name.endswith(".json"))
        return tuple(stem for stem in stems if _NAME.fullmatch(stem) and self._is_envelope(stem))

    def get(self, name: str) -> Artefact:
        """The envelope of that name. Raises `MissingFile`, or `Unreadable` for a broken one."""
        if not _NAME.fullmatch(name):
            raise Unreadable(f"{name[:80]!r} is no artefact name; use letters, digits, '.', '_' and '-'.")
        path = f"{self.commit}/{name}.json"
        return _artefact(name, path, self._envelope(path))

    def read(self, name: str) -> Blob:
        """The artefact's file. Raises `Unreadable` if its digest is not the one in the envelope."""
        artefact = self.get(name)
        path = f"{self.commit}/{artefact.file}"
        data = self._bytes(path)
        if hashlib.sha256(data).hexdigest() != artefact.sha256:
            raise Unreadable(
                f"The artefact {path} is not what its envelope describes (SHA-256 differs); file it again."
            )
        return Blob(path, blob_id_of(data), data)

    def lacking(self, required: Sequence[str], code_digest: str) -> str | None:
        """Why the set is not complete for that code, in one sentence; None if it is."""
        for name in required:
            try:
                artefact = self.get(name)
                if artefact.code_digest != code_digest:
                    return f"The artefact {name} of commit {self.commit[:12]} was made from other code."
                self.read(name)
            except MissingFile:
                return f"Commit {self.commit[:12]} lacks the artefact {name}."
            except Unreadable as fault:
                return str(fault)
        return None

    def _is_envelope(self, stem: str) -> bool:
        try:
            return {"sha256", "code_digest", "file"} <= self._envelope(f"{self.commit}/{stem}.json").keys()
        except PrrError:
            return False

    def _envelope(self, path: str) -> Mapping[str, Any]:
        data = self._bytes(path, ENVELOPE_CAP)
        value = load_json(Blob(path, "", data))
        if not isinstance(value, dict):
            raise Unreadable(f"The envelope {path} holds no object.")
        return value

    def _bytes(self, path: str, cap: int = BLOB_CAP) -> bytes:
        found = read_inside(self._root, path, cap) if self._root.is_dir() else None
        if found is None:
            raise MissingFile(path, self._label)
        return found


class ArtefactStore:
    """The folder of artefacts. A root that does not exist is an empty store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def for_commit(self, commit: str) -> ArtefactSet:
        """The set of one commit, which may be empty. Raises `Unreadable` for what is no full commit id."""
        if not _COMMIT.fullmatch(commit):
            raise Unreadable(f"{commit[:80]!r} is no commit id of 40 hex digits.")
        return ArtefactSet(self.root, commit)

    def commits(self) -> frozenset[str]:
        """The commits that have a folder."""
        try:
            with os.scandir(self.root) as entries:
                return frozenset(
                    e.name for e in entries if _COMMIT.fullmatch(e.name) and e.is_dir(follow_symlinks=False)
                )
        except OSError:
            return frozenset()

    def complete(self, commit: str, required: Sequence[str], code_digest: str) -> tuple[bool, str]:
        """Whether every required artefact is there, intact and made from that code; and why not, in one sentence."""
        why = self.for_commit(commit).lacking(required, code_digest)
        return why is None, why or f"Commit {commit[:12]} has all {len(required)} required artefacts."


def _artefact(name: str, path: str, envelope: Mapping[str, Any]) -> Artefact:
    texts = {}
    for field in ("tool", "version", "created_at", "sha256", "code_digest", "file"):
        value = envelope.get(field)
        if not isinstance(value, str) or not value:
            raise Unreadable(f"The envelope {path} lacks a text {field!r}.")
        texts[field] = value
    sha256, code = _SHA256.fullmatch(texts["sha256"]), _SHA256.fullmatch(texts["code_digest"])
    if sha256 is None or code is None:
        raise Unreadable(f"The envelope {path} has a digest that is not 64 hex digits.")
    if not _NAME.fullmatch(texts["file"]):
        raise Unreadable(f"The envelope {path} names the file {texts['file'][:80]!r}; it must lie beside the envelope.")
    try:
        created_at = parse_instant(texts["created_at"])
    except PrrError as fault:
        raise Unreadable(f"The envelope {path} has a bad created_at: {fault}") from None
    digest = "sha256:" + code[1]
    return Artefact(name, texts["tool"], texts["version"], created_at, sha256[1], digest, texts["file"])
