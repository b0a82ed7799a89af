"""A whole flagd document: parsed strictly, changed without touching foreign flags, written one flag per line."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from openfeature.contrib.tools.flagd.core import FlagdCore

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags import flagd_definition
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.flags.flagd_definition import Stamp

SCHEMA = "https://flagd.dev/schema/v0/flags.json"
MAX_BYTES = 20 * 1024 * 1024
_OUR_LINE = re.compile(r'^("(?:[^"\\]|\\.)*"):\{"state":"ENABLED","variants":\{"on":"on"', re.MULTILINE)


class Damaged(ValueError):
    """A document that readers would not load, or not as it looks; the message says where."""


@dataclass(frozen=True, slots=True)
class FlagdDocument:
    """The parsed document. ``members`` is everything beside the flags; what is not ours is kept as it is."""

    members: Mapping[str, object]
    flags: Mapping[str, object]

    @property
    def revision(self) -> int:
        """The file's revision, 0 if it carries none."""
        metadata = self.members.get("metadata")
        revision = metadata.get("revision") if isinstance(metadata, dict) else None
        return revision if flagd_definition.is_counter(revision) else 0

    def record(self, key: str) -> ExposureRecord:
        """What the document holds for ``key``; a missing flag is off at version 0."""
        if key not in self.flags:
            return ExposureRecord(OFF, 0)
        return flagd_definition.read(self.flags[key])

    def next_revision(self, keys: Collection[str], floor: int) -> int:
        """A revision above the document's, ``floor`` and every version of ``keys``: it never comes twice."""
        return max(self.revision, floor, 0, *(self.record(key).version for key in keys)) + 1

    def with_exposures(
        self, exposures: Mapping[str, Exposure], *, revision: int, intent_id: str, written_at: str
    ) -> FlagdDocument:
        """The document with these flags set, ``revision`` being its own and the version of each of them."""
        ours = {
            key: flagd_definition.build(exposure, Stamp(revision, intent_id, written_at, str(exposure)))
            for key, exposure in exposures.items()
        }
        metadata = self.members.get("metadata")
        kept = metadata if isinstance(metadata, dict) else {}
        members = {**self.members, "metadata": {**kept, "revision": revision}}
        return replace(self, members=members, flags={**self.flags, **ours})

    def render(self) -> bytes:
        """ASCII bytes, one flag per line, so that a difference of two revisions reads well."""
        head = [f"{_text(name)}:{_text(value)}" for name, value in self.members.items()]
        flags = ",\n".join(f"{_text(key)}:{_text(value)}" for key, value in self.flags.items())
        return ("{" + ",\n".join([*head, f'"flags":{{\n{flags}\n}}']) + "}\n").encode("ascii")


EMPTY = FlagdDocument({"$schema": SCHEMA, "metadata": {"revision": 0}}, {})


def parse(data: bytes) -> FlagdDocument:
    """Read a document that flagd's own evaluator loads as well. Raises `Damaged`."""
    if len(data) > MAX_BYTES:
        raise Damaged(f"it has {len(data)} bytes, the limit is {MAX_BYTES}")
    try:
        text = data.decode("utf-8")
        members = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise Damaged("it is nested too deeply") from None
    except ValueError as fault:
        raise Damaged(f"it is not strict JSON: {fault}") from None
    if not isinstance(members, dict) or not isinstance(members.get("flags"), dict):
        raise Damaged("it has no object named 'flags'")
    check_loads(text)
    return FlagdDocument({name: value for name, value in members.items() if name != "flags"}, members["flags"])


def check_loads(text: str) -> None:
    """Raise `Damaged` if flagd's evaluator refuses the document: readers would go on serving the last one."""
    try:
        FlagdCore().set_flags(text)
    except Exception as fault:  # the evaluator lets every kind of error out
        raise Damaged(f"flagd does not load it: {fault or type(fault).__name__}") from None


def salvaged_keys(data: bytes) -> list[str]:
    """Keys of our own flags that can still be made out in a damaged document: for people, never to act on."""
    return [quoted.strip('"') for quoted in _OUR_LINE.findall(data.decode("utf-8", errors="replace"))]


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice[:60]!r} comes twice")
    return members


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
