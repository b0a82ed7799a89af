"""The entries of one feedback file, CSV or JSON lines; what cannot be read of it is a sentence, never left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.feedback import KINDS, SEVERITIES, TEXT_CAP, Entry

COLUMNS = ("at", "operation_id", "kind", "severity", "text", "reporter")
"""What each entry holds; further columns are passed over."""
AHEAD = timedelta(days=1)
"""How far ahead of our clock an entry may be dated: zones differ, years do not."""
_LONGEST_NAME = 200


class OddEntry(PrrError):
    """An entry that cannot be read. ``about`` is the operation that it names, None if it does not tell."""

    def __init__(self, why: str, about: str | None = None) -> None:
        self.about = about
        super().__init__(why)


Line = Entry | OddEntry


def entries_of(name: str, data: bytes, now: datetime) -> Iterator[Line]:
    """Every entry of a file, in order; an `OddEntry` in the place of each that cannot be read, with its sentence."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        yield OddEntry(f"{name}, byte {fault.start}: it is no text in UTF-8; save it as UTF-8.")
        return
    rows = _csv_rows(text) if name.endswith(".csv") else _json_rows(text)
    for number, row in rows:
        place = f"{name}, line {number}"
        if isinstance(row, OddEntry):
            yield _told(place, row)
            continue
        try:
            yield _entry(row, place, now)
        except OddEntry as odd:
            yield _told(place, odd)


def _told(place: str, odd: OddEntry) -> OddEntry:
    return OddEntry(f"{place}: {str(odd).rstrip('.')}; mend or remove it.", odd.about)


Rows = Iterator[tuple[int, Mapping[str, Any] | OddEntry]]


def _json_rows(text: str) -> Rows:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line, object_pairs_hook=_object, parse_constant=_no_number)
        except (ValueError, RecursionError):
            found = None
        yield number, found if isinstance(found, dict) else OddEntry("it is no JSON object")


def _csv_rows(text: str) -> Rows:
    """A quoted text may go over several lines. After a broken quote nobody can tell where the next entry begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] | None = None
    start = 1
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            if not cells:
                continue
            if names is None:
                names = cells
                lacking = [column for column in COLUMNS if names.count(column) != 1]
                if lacking:
                    yield number, OddEntry(f"the heading does not name the column {lacking[0]} once")
                    return
            elif len(cells) != len(names):
                yield number, OddEntry(f"it has {len(cells)} cells, and the heading names {len(names)}")
            else:
                yield number, dict(zip(names, cells, strict=True))
    except csv.Error as fault:
        yield start, OddEntry(f"it is no line of CSV ({fault}), and nothing after it was read")
    if names is None:
        yield 1, OddEntry(f"it has no heading; begin it with {','.join(COLUMNS)}")


def _entry(found: Mapping[str, Any], place: str, now: datetime) -> Entry:
    operation = found.get("operation_id")
    if not isinstance(operation, str) or not operation.strip() or len(operation) > _LONGEST_NAME:
        raise OddEntry("it does not say which operation_id it is about")
    about = operation.strip()
    kind = _word(found, "kind", KINDS, about)
    severity = _word(found, "severity", SEVERITIES, about) if found.get("severity") else SEVERITIES[-1]
    text, reporter = (_text(found, name, about) for name in ("text", "reporter"))
    at = _instant(found.get("at"), about)
    if at > now + AHEAD:
        raise OddEntry(f"its at, {instant_text(at)}, lies in the future", about)
    return Entry(at, about, kind, severity, _cut(text), reporter[:_LONGEST_NAME], place)


def _word(found: Mapping[str, Any], name: str, valid: tuple[str, ...], about: str) -> str:
    value = found.get(name)
    word = value.strip().casefold() if isinstance(value, str) else ""
    if word not in valid:
        raise OddEntry(str(UnknownName(name, str(value)[:60], valid)), about)
    return word


def _text(found: Mapping[str, Any], name: str, about: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.strip():
        raise OddEntry(f"its {name} is empty", about)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise OddEntry(f"its {name} holds half a character", about) from None
    return value.strip()


def _instant(value: object, about: str) -> datetime:
    try:
        return parse_instant(value if isinstance(value, str) else "")
    except PrrError:
        raise OddEntry("its at is no instant with a zone, such as 2026-01-31T12:00:00Z", about) from None


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CAP else f"{text[: TEXT_CAP - 1]}…"


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found = list(pairs)
    if len({name for name, _ in found}) != len(found):
        raise ValueError("doubled key")
    return dict(found)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
