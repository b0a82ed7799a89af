"""Recorded metrics: rows of files, read on as they grow, each odd one a sentence."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.signals.metrics.recorded import Recorded, from_options
from tests.contracts.metric_source import (
    MINUTE,
    NOW,
    SINCE,
    STEADY,
    MetricSourceContract,
    Minutes,
    expected,
    question,
    shown,
)

HEADER = "at,operation_id,variant,metric,bad,total\n"


def row(
    minute: int = 0, variant: str = "on", bad: object = 0, total: object = 10, **others: object
) -> dict[str, object]:
    """One row of errors of createGrant."""
    at = (SINCE + minute * MINUTE).isoformat().replace("+00:00", "Z")
    plain = {
        "at": at,
        "operation_id": "createGrant",
        "variant": variant,
        "metric": "errors",
        "bad": bad,
        "total": total,
    }
    return plain | others


def append(path: Path, *rows: object) -> None:
    """Append rows to a file, of objects or of text as it is."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(one if isinstance(one, str) else f"{json.dumps(one)}\n" for one in rows)


def rows_of(minutes: Minutes, operation: str = "createGrant") -> list[dict[str, object]]:
    """The rows of these minutes."""
    return [
        row(at, variant, *counts, operation_id=operation)
        for variant, counted in minutes.items()
        for at, counts in enumerate(counted)
        if counts is not None
    ]


class TestJsonLines(MetricSourceContract):
    """A file of JSON lines."""

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "metrics.jsonl"
        self.path.touch()

    def source(self) -> Recorded:
        return Recorded(self.path)

    def count(self, minutes: Minutes, operation: str = "createGrant") -> None:
        append(self.path, *rows_of(minutes, operation))


class TestCsv(MetricSourceContract):
    """A file of CSV, with a column that nobody reads."""

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "metrics.csv"
        self.path.write_text("note," + HEADER, "utf-8")

    def source(self) -> Recorded:
        return Recorded(self.path)

    def count(self, minutes: Minutes, operation: str = "createGrant") -> None:
        quoted = '"{}"'.format(operation.replace('"', '""'))
        for one in rows_of(minutes):
            append(self.path, f"x,{one['at']},{quoted},{one['variant']},errors,{one['bad']},{one['total']}\r\n")


class TestFolder(MetricSourceContract):
    """A folder with a file for each variant."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path
        (tmp_path / ".being-written").write_text("what is hidden is not looked at")

    def source(self) -> Recorded:
        return Recorded(self.folder)

    def count(self, minutes: Minutes, operation: str = "createGrant") -> None:
        for variant, counts in minutes.items():
            append(self.folder / f"{variant}.jsonl", *rows_of({variant: counts}, operation))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with five sound minutes."""
    path = tmp_path / "metrics.jsonl"
    append(path, *rows_of(STEADY))
    return path


def test_a_file_that_grew_is_read_on(path: Path) -> None:
    """The same source gives the new minute; a row without its line's end waits for it."""
    source = Recorded(path)
    assert shown(source.read(question(), NOW)) == expected(STEADY)
    append(path, row(5), json.dumps(row(5, "off")))
    later = NOW + MINUTE
    assert source.read(question(), later).until == SINCE + 5 * MINUTE
    append(path, "\n")
    assert source.read(question(), later).until == SINCE + 6 * MINUTE


def test_what_was_read_is_not_read_again(path: Path) -> None:
    """Of a file that grew only the end is looked at: what stands before is remembered."""
    source = Recorded(path)
    source.read(question(), NOW)
    text = path.read_text("utf-8")
    with path.open("r+", encoding="utf-8") as file:
        file.write("#")
    append(path, row(5), row(5, "off"))
    assert source.read(question(), NOW + MINUTE).until == SINCE + 6 * MINUTE
    assert "no JSON object" in Recorded(path).read(question(), NOW).fault
    assert text[0] != "#"


@pytest.mark.parametrize("way", ["replaced", "cut", "rewritten"])
def test_a_file_that_was_changed_otherwise_is_read_anew(path: Path, way: str) -> None:
    """Nothing of what it held before is left."""
    source = Recorded(path)
    source.read(question(), NOW)
    other = rows_of({"on": [(3, 30)] * 6, "off": [(0, 70)] * 6})
    if way == "replaced":
        append(path.with_name("new"), *other)
        os.replace(path.with_name("new"), path)
    else:
        path.write_text("" if way == "cut" else "\n" * path.stat().st_size, "utf-8")
        append(path, *other)
    assert shown(source.read(question(), NOW))["on"] == [(at, 3, 30) for at in range(5)]


def test_a_mended_file_is_known_again(path: Path) -> None:
    """The odd row is gone, and with it the fault."""
    source = Recorded(path)
    text = path.read_text("utf-8")
    append(path, "oops\n")
    assert "line 11: it is no JSON object" in source.read(question(), NOW).fault
    path.write_text(text, "utf-8")
    assert not source.read(question(), NOW).fault


ODD = {
    "no JSON": "{",
    "a list": "[1]",
    "a doubled key": json.dumps(row(5))[:-1] + ', "bad": 0}',
    "NaN": json.dumps(row(5)).replace('"bad": 0', '"bad": NaN'),
    "an infinite total": json.dumps(row(5)).replace('"total": 10', '"total": Infinity'),
    "a negative count": json.dumps(row(5, bad=-1)),
    "a share": json.dumps(row(5, bad=0.5)),
    "a count as text": json.dumps(row(5, bad="1")),
    "no count": json.dumps({key: value for key, value in row(5).items() if key != "total"}),
    "more bad than all": json.dumps(row(5, bad=11)),
    "no variant": json.dumps(row(5, variant="")),
    "no zone": json.dumps(row(5, at="2026-03-02T12:05:00")),
    "half a second": json.dumps(row(5, at="2026-03-02T12:05:00.500Z")),
    "no instant": json.dumps(row(5, at=5)),
    "another count of the same minute": json.dumps(row(4, bad=1)),
    "no metric": json.dumps(row(5, metric=None)),
    "half a character": json.dumps(row(5, variant="\ud800")).replace("\\ud800", "\xff"),
    "a very long line": json.dumps(row(5, note="x" * 5000)),
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD)
def test_an_odd_row_makes_the_metric_unknown_and_says_where_it_is(path: Path, line: str) -> None:
    """One sentence with file and line; nothing is raised, and nothing is guessed."""
    with path.open("ab") as file:
        file.write(line.encode("latin-1") + b"\n")
    answer = Recorded(path).read(question(), NOW)
    assert answer.fault.startswith("The recorded metrics cannot be used: metrics.jsonl, line 11: it")
    assert answer.fault.endswith("; mend or remove it.")
    assert answer.arms is None


def test_an_odd_row_about_another_operation_stops_only_that_one(path: Path) -> None:
    """It says whose it is."""
    append(path, row(5, bad=-1, operation_id="closeGrant"))
    assert not Recorded(path).read(question(), NOW).fault
    assert "its bad is no count" in Recorded(path).read(question("closeGrant"), NOW).fault


def test_a_row_once_more_changes_nothing(path: Path) -> None:
    """What appends may be stopped and begin again."""
    append(path, *rows_of(STEADY))
    assert shown(Recorded(path).read(question(), NOW)) == expected(STEADY)


def test_rows_may_come_in_any_order(tmp_path: Path) -> None:
    """They are put in order by their instants."""
    path = tmp_path / "metrics.jsonl"
    append(path, *reversed(rows_of(STEADY)))
    assert shown(Recorded(path).read(question(), NOW)) == expected(STEADY)


def test_a_minute_without_a_row_is_left_out(tmp_path: Path) -> None:
    """It was not observed, so it is not zero."""
    path = tmp_path / "metrics.jsonl"
    gap: Minutes = {**STEADY, "on": [(0, 10), None, (0, 0), (2, 8), (0, 10)]}
    append(path, *rows_of(gap))
    assert shown(Recorded(path).read(question(), NOW)) == expected(gap)


def test_files_that_contradict_each_other_are_unknown(tmp_path: Path) -> None:
    """Neither is believed."""
    append(tmp_path / "a.jsonl", *rows_of(STEADY))
    append(tmp_path / "b.jsonl", row(0, bad=7))
    assert "it says 7 of 10 where a row before it says 0 of 10" in Recorded(tmp_path).read(question(), NOW).fault


def test_rows_between_the_steps_are_unknown(path: Path) -> None:
    """A bucket of another length would be counted as one of ours."""
    append(path, row(4, at="2026-03-02T12:04:30Z", total=5))
    assert "set metrics.step to theirs" in Recorded(path).read(question(), NOW).fault


@pytest.mark.parametrize(
    ("header", "words"),
    [("at,operation_id\n", "does not name the column variant once"), (HEADER[:-1] + ",at\n", "the column at once")],
)
def test_a_csv_file_names_its_columns(tmp_path: Path, header: str, words: str) -> None:
    """Without them nobody knows what a cell means."""
    path = tmp_path / "metrics.csv"
    path.write_text(header)
    assert words in Recorded(path).read(question(), NOW).fault


def test_a_csv_row_of_another_length_is_odd(tmp_path: Path) -> None:
    """A cell is missing, and nobody knows which."""
    path = tmp_path / "metrics.csv"
    path.write_text("\ufeff" + HEADER + "2026-03-02T12:00:00Z,createGrant,on,errors,1\n", "utf-8")
    assert "line 2: it has 5 cells" in Recorded(path).read(question(), NOW).fault


@pytest.mark.parametrize("kind", ["absent", "a folder in the folder", "another form", "a pipe"])
def test_what_is_no_file_of_rows_is_unknown(tmp_path: Path, kind: str) -> None:
    """It is told, never raised, and a pipe is not waited for."""
    path = tmp_path / "m.jsonl"
    if kind == "a folder in the folder":
        path.mkdir()
    elif kind == "another form":
        (tmp_path / "m.txt").touch()
    elif kind == "a pipe":
        os.mkfifo(path)
    answer = Recorded(path if kind == "absent" else tmp_path).read(question(), NOW)
    assert answer.fault.startswith("The recorded metrics cannot be ")


def test_a_gap_in_time_is_not_new(path: Path) -> None:
    """The newest sample is that of the last row before now, so that a feed that stopped grows old."""
    assert Recorded(path).read(question(), NOW + timedelta(hours=2)).newest_at == SINCE + 5 * MINUTE


def test_options_are_read_strictly(tmp_path: Path) -> None:
    """The path counts from the settings' folder; another option is an error that lists this one."""
    assert from_options({"path": "m"}, tmp_path).path == tmp_path / "m"
    with pytest.raises(PrrError, match="Valid: path"):
        from_options({"paths": "m"}, tmp_path)
    with pytest.raises(PrrError, match="give the path"):
        from_options({}, tmp_path)
