"""What a linter says of SQL migrations, handed in: checks run nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Reason


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """One rule that a statement breaks. ``line`` and ``last`` count from 1."""

    rule: str
    line: int
    last: int
    message: str


@dataclass(frozen=True, slots=True)
class Ignoring:
    """A comment that asks the linter to be silent. It is not obeyed: what it would hide is among the findings."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LintedMigration:
    """Everything that the linter says of one file, and the comments in it that ask for silence."""

    findings: tuple[RuleFinding, ...]
    ignoring: tuple[Ignoring, ...] = ()


@dataclass(frozen=True, slots=True)
class MigrationAbsent:
    """Why nothing is known of a file, or of any, in one sentence with the way out."""

    message: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class MigrationLint:
    """What was found, by blob id: equal contents are linted once. ``tool`` names tool and version."""

    tool: str
    files: Mapping[str, LintedMigration | MigrationAbsent] = field(default_factory=dict)
