"""Reads what oasdiff writes: its list of changes, and the envelope that CI wraps around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.facts import SpecChange, SpecVersion
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.snapshot import Blob

HIDING_FLAGS = frozenset(
    [
        "--err-ignore",
        "--warn-ignore",
        "--severity-levels",
        "--match-path",
        "-p",
        "--unmatch-path",
        "-q",
        "--filter-extension",
        "--exclude-extensions",
        "--config",
    ]
)
"""Flags of oasdiff that leave changes out; a report made with one proves nothing."""
_NO_CONFIG = digest_bytes(b"")


def read_changes(rows: object, where: str) -> tuple[SpecChange, ...]:
    """The changes in oasdiff's JSON. Raises `Unreadable` unless it is a list of objects with a level of 1 to 3."""
    if not isinstance(rows, list):
        raise Unreadable(f"{where} is no list of changes; write it with `oasdiff breaking -f json`.")
    return tuple(_change(row, where) for row in rows)


def _change(row: object, where: str) -> SpecChange:
    fields: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
    level, texts = fields.get("level"), [fields.get(name, "") for name in ("id", "operation", "path", "text")]
    if level not in (1, 2, 3) or not fields.get("id") or not all(isinstance(text, str) for text in texts):
        raise Unreadable(f"{where} holds a change without id and level (1 to 3); write it with oasdiff v1.28.0.")
    identity, operation, path, text = (str(part) for part in texts)
    owner = fields.get("operationId")
    return SpecChange(identity, level, operation, path, text, owner if isinstance(owner, str) and owner else None)


class Wrapped:
    """CI's envelope: ``{tool, version, arguments, base, head, exit_code, report}``, with ``config_digest`` if one was
    in force. Raises `Unreadable` if it is not one, or if flags or a configuration may have left changes out.
    """

    def __init__(self, blob: Blob) -> None:
        data = load_json(blob)
        fields: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not {"tool", "version", "arguments", "base", "head", "exit_code", "report"} <= set(fields):
            raise Unreadable(
                f"{blob.path} is no oasdiff report: it needs tool, version, arguments, base, head, exit_code, report."
            )
        self.tool = f"{fields['tool']} {fields['version']}"
        self.base, self.head = (_spec(fields[side], blob.path) for side in ("base", "head"))
        _refuse_hiding(fields["arguments"], blob.path)
        if fields.get("config_digest") not in (None, _NO_CONFIG):
            raise Unreadable(f"{blob.path} was made under a configuration of oasdiff; run it in an empty folder.")
        if fields["exit_code"] not in (0, 1):
            raise Unreadable(f"{blob.path} is of a run of oasdiff that failed (exit code {fields['exit_code']}).")
        self.changes = read_changes(fields["report"], blob.path)


def _spec(fields: object, where: str) -> SpecVersion:
    texts = [fields.get(name) for name in ("version", "path", "sha256")] if isinstance(fields, Mapping) else []
    if len(texts) != 3 or not all(isinstance(text, str) and text for text in texts):
        raise Unreadable(f"{where} does not say version, path and sha256 of both specs.")
    version, path, sha256 = (str(text) for text in texts)
    return SpecVersion(version, path, sha256 if sha256.startswith("sha256:") else f"sha256:{sha256}")


def _refuse_hiding(arguments: object, where: str) -> None:
    if not isinstance(arguments, Sequence) or isinstance(arguments, str):
        raise Unreadable(f"{where} does not list the arguments of oasdiff.")
    hiding = sorted({str(argument).partition("=")[0] for argument in arguments} & HIDING_FLAGS)
    if hiding:
        raise Unreadable(f"{where} was made with {hiding[0]}, which leaves changes out; run oasdiff without it.")
