"""LCOV tracefiles: counts per file, the sections of one file put together."""

from __future__ import annotations

from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.coverage_counts import Counts, FileCoverage, counted

_SUMS = {"LF": ("lines", 1), "LH": ("lines", 0), "BRF": ("branches", 1), "BRH": ("branches", 0),
         "FNF": ("functions", 1), "FNH": ("functions", 0)}  # fmt: skip


@dataclass(slots=True)
class _Section:
    """What the sections of one file say; a line that any of them ran has run."""

    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[tuple[str, ...], int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    sums: dict[str, list[int]] = field(default_factory=dict)

    def counts(self, metric: str, hits: Counts | None) -> Counts | None:
        """From the parts themselves; the sums stand in only where a report leaves the parts out."""
        covered, total = self.sums.get(metric, [0, 0])
        return hits or (Counts(covered, total) if metric in self.sums else None)


def read_lcov(path: str, text: str) -> dict[str, FileCoverage]:
    """File -> counts. Raises `Unreadable` for anything but a whole tracefile."""
    sections: dict[str, _Section] = {}
    at: _Section | None = None
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.strip().partition(":")
        if word == "SF":
            at = sections.setdefault(rest.replace("\\", "/"), _Section())
        elif word == "end_of_record":
            at = None
        elif word and not word.startswith("#") and word not in ("TN", "VER"):
            if at is None:
                raise Unreadable(f"{path} is no coverage report: line {number} is neither JSON, XML nor LCOV.")
            _note(path, number, at, word, rest)
    if at is not None:
        raise Unreadable(f"{path} is cut off: its last section has no end_of_record; publish it whole.")
    return {file: _coverage(path, file, section) for file, section in sections.items()}


def _note(path: str, number: int, at: _Section, word: str, rest: str) -> None:
    parts = rest.split(",")
    try:
        if word == "DA":
            at.lines[int(parts[0])] = max(at.lines.get(int(parts[0]), 0), int(parts[1]))
        elif word == "BRDA":
            key = tuple(parts[:-1])
            at.branches[key] = max(at.branches.get(key, 0), 0 if parts[-1] == "-" else int(parts[-1]))
        elif word == "FN":
            at.functions.setdefault(parts[-1], 0)
        elif word == "FNDA":
            name = ",".join(parts[1:])
            at.functions[name] = max(at.functions.get(name, 0), int(parts[0]))
        elif word in _SUMS:
            metric, place = _SUMS[word]
            at.sums.setdefault(metric, [0, 0])[place] += int(parts[0])
    except (ValueError, IndexError):
        raise Unreadable(f"{path} has a broken {word} record in line {number}: {rest[:60]!r}.") from None


def _coverage(path: str, file: str, section: _Section) -> FileCoverage:
    found = {
        "lines": section.counts("lines", counted(section.lines)),
        "branches": section.counts("branches", counted(section.branches)),
        "functions": section.counts("functions", counted(section.functions)),
    }
    for metric, counts in found.items():
        if counts is not None and not 0 <= counts.covered <= counts.total:
            raise Unreadable(f"{path} gives {file[:120]} {metric} that cannot be ({counts.covered} of {counts.total}).")
    return FileCoverage(**found)
