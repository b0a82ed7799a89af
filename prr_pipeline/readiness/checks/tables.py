"""Rows of Markdown tables that must agree with the spec, such as the SLO board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document, Row
from prr_pipeline.subjects import Subject


class MarkdownTableHasRow(Parameters):
    """``equal``: column to the key of the extension that it must equal; ``filled``: columns that may not be empty."""

    file: str
    key_column: str
    prefix: str
    extension: str
    equal: dict[str, str] = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)


@check("markdown_table_has_row", MarkdownTableHasRow)
def markdown_table_has_row(
    sources: Sources, _facts: Facts, subject: Subject, parameters: MarkdownTableHasRow
) -> Finding:
    """The subject has one row in the table, and its cells equal what the spec declares."""
    operation, path = sources.operation(subject), sources.fill(parameters.file, subject)
    name = parameters.prefix + parameters.extension
    declared = mapping(operation.extension(name))
    here = Location(operation.spec.path, operation.line, name)
    own = sources.subject_digest(subject)
    if not sources.exists(path):
        return unmet(
            f"{path} does not exist; write the table there with a row for {subject.name}.", own, [Location(path)]
        )
    document = sources.document(path)
    if not any(parameters.key_column in table.header for table in document.tables):
        message = (
            f"{path} has no table with the column {parameters.key_column!r}; add it, or name the column in the profile."
        )
        return unknown(Reason.UNREADABLE, message, own, [Location(path)])
    column = parameters.key_column
    rows = sources.once("table rows", f"{path}#{column}", lambda: _rows(document, column)).get(subject.name, [])
    judged = digest([own, [cells for cells, _ in rows]])
    faults = _faults(rows, declared, parameters, name, subject)
    places = [Location(path, row.line, subject.name) for _, row in rows] or [Location(path)]
    if faults:
        return unmet(f"{subject.name} in {path}: {listed(faults)}. Make spec and table agree.", judged, [*places, here])
    return met(f"{path} has a row for {subject.name} that agrees with {name}.", judged, [*places, here])


def _rows(document: Document, key_column: str) -> Mapping[str, list[tuple[dict[str, str], Row]]]:
    """The rows of every table that has the column, by what stands there."""
    found: dict[str, list[tuple[dict[str, str], Row]]] = defaultdict(list)
    for table in document.tables:
        for row in table.rows if key_column in table.header else ():
            cells = {head: cell.strip().strip("`").strip() for head, cell in zip(table.header, row.cells, strict=False)}
            found[cells[key_column]].append((cells, row))
    return found


def _faults(
    rows: list[tuple[dict[str, str], Row]],
    declared: Mapping[str, object],
    parameters: MarkdownTableHasRow,
    name: str,
    subject: Subject,
) -> list[str]:
    faults = [] if declared else [f"the spec declares no {name}"]
    if len(rows) != 1:
        return [*faults, f"the table has {len(rows) or 'no'} row{'s' if len(rows) > 1 else ''} for it"]
    cells = rows[0][0]
    for column, key in parameters.equal.items():
        if declared and key not in declared:
            faults.append(f"{name} lacks {key}")
        elif declared and not _equal(cells.get(column, ""), declared[key]):
            faults.append(f"{column} is {cells.get(column) or 'empty'} in the table and {declared[key]} in the spec")
    return [*faults, *(f"{column} is empty" for column in parameters.filled if not cells.get(column))]


def _equal(cell: str, value: object) -> bool:
    """Equal as numbers if both are, without units such as %, ms and s; else as text in any case."""
    left, right = _number(cell), _number(str(value))
    return left == right if left is not None and right is not None else cell.casefold() == str(value).casefold()


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().removesuffix("%").removesuffix("ms").removesuffix("s").strip().replace(",", ""))
    except InvalidOperation:
        return None
