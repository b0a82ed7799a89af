"""Reads what squawk writes, and the comments in a migration that ask it to be silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.migration_facts import Ignoring, LintedMigration, MigrationAbsent, RuleFinding
from prr_pipeline.readiness.model import Reason
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

SYNTAX_ERROR = "syntax-error"
_MARK, _MASK = b"squawk-ignore", b"squawk_ignore"
_SHOWN = 160


def masked(data: bytes) -> bytes:
    """The same file with its lines and columns, in which no comment asks for silence any more."""
    return data.replace(_MARK, _MASK)


def ignoring_in(data: bytes) -> tuple[Ignoring, ...]:
    """Each line that asks for silence. A line that only quotes the words is listed too: nothing is hidden by it."""
    lines = data.decode("utf-8", "replace").splitlines()
    mark = _MARK.decode()
    return tuple(Ignoring(at + 1, line.strip()[:_SHOWN]) for at, line in enumerate(lines) if mark in line)


def read_findings(output: bytes, files: Sequence[str]) -> Mapping[str, LintedMigration | MigrationAbsent]:
    """What squawk found in each of these files. A syntax error makes all that it says of a file worthless.

    Raises `Unreadable` unless the output is a list of findings in these files: an empty output is none.
    """
    if not output.strip():
        raise Unreadable("squawk wrote nothing.")
    rows = load_json(Blob("squawk's output", "", output))
    if not isinstance(rows, list):
        raise Unreadable("squawk's output is no list of findings.")
    found: dict[str, list[RuleFinding]] = defaultdict(list)
    for row in rows:
        file, finding = _finding(row)
        if file not in files:
            raise Unreadable(f"squawk speaks of {file[:60]!r}, which it was not given.")
        found[file].append(finding)
    return {file: _linted(found[file]) for file in files}


def _finding(row: object) -> tuple[str, RuleFinding]:
    """Its lines count from 0."""
    fields = row if isinstance(row, Mapping) else {}
    texts = [fields.get(name) for name in ("file", "rule_name", "message")]
    first, last = fields.get("line"), fields.get("line_end", fields.get("line"))
    if not all(isinstance(text, str) and text for text in texts) or type(first) is not int or type(last) is not int:
        raise Unreadable("squawk's output holds a finding without file, line, rule and message.")
    file, rule, message = (str(text) for text in texts)
    return file, RuleFinding(rule, first + 1, max(first, last) + 1, " ".join(message.split())[:_SHOWN])


def _linted(findings: Sequence[RuleFinding]) -> LintedMigration | MigrationAbsent:
    broken = next((each for each in findings if each.rule == SYNTAX_ERROR), None)
    if broken is not None:
        message = f"squawk cannot read the migration: line {broken.line}, {broken.message}; mend its SQL."
        return MigrationAbsent(message, Reason.UNREADABLE)
    return LintedMigration(tuple(sorted(findings, key=lambda each: (each.line, each.rule))))
