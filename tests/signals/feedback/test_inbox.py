"""The feedback inbox: every line of every file is read, or is a sentence of its own."""

from __future__ import annotations

import csv
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.feedback import FeedbackAnswer
from prr_pipeline.signals.feedback.inbox import MAX_BYTES, FeedbackInbox, from_options
from prr_pipeline.signals.feedback.rows import COLUMNS
from tests.contracts.feedback_source import NOW, SINCE, FeedbackSourceContract, counted, question

HEADING = ",".join(COLUMNS)
GOOD = f"{SINCE.isoformat()},createGrant,bug,high,Two at once.,mail:ada"


class TestCsvFile(FeedbackSourceContract):
    """One CSV file, the name of which the settings give."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "feedback.csv"

    def source(self) -> FeedbackInbox:
        return from_options({"path": "feedback.csv"}, self.path.parent)

    def open_for_business(self) -> None:
        self.path.write_text(f"{HEADING}\n")

    def say(self, at: datetime, operation: str, kind: str, severity: str, text: str) -> None:
        with self.path.open("a", newline="") as file:
            csv.writer(file).writerow([at.isoformat(), operation, kind, severity, text, "mail:ada"])

    def leave_unreadable(self) -> None:
        with self.path.open("a") as file:
            file.write(f"{SINCE.isoformat()},,bug,high,About what?,mail:ada\n")


class TestJsonLinesInAFolder(FeedbackSourceContract):
    """A folder with a file of JSON lines for each month."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "feedback"

    def source(self) -> FeedbackInbox:
        return FeedbackInbox(self.path)

    def open_for_business(self) -> None:
        self.path.mkdir()
        (self.path / "2026-12.jsonl").touch()

    def say(self, at: datetime, operation: str, kind: str, severity: str, text: str) -> None:
        entry = {"at": at.isoformat(), "operation_id": operation, "kind": kind, "severity": severity, "text": text}
        with (self.path / f"{at:%Y-%m}.jsonl").open("a") as file:
            file.write(json.dumps({**entry, "reporter": "mail:ada"}) + "\n")

    def leave_unreadable(self) -> None:
        with (self.path / "2026-12.jsonl").open("a") as file:
            file.write("{not json\n")


def read(folder: Path, **files: str | bytes) -> FeedbackAnswer:
    """The answer of a folder with those files; two underscores stand for the dot of a name."""
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name.replace("__", ".")).write_bytes(data)
    return FeedbackInbox(folder).read(question(), NOW)


def line(**changes: object) -> str:
    """A JSON line with some values changed; None leaves one out."""
    entry = {
        "at": SINCE.isoformat(), "operation_id": "createGrant", "kind": "bug", "severity": "high",
        "text": "Two at once.", "reporter": "mail:ada",
    }  # fmt: skip
    return json.dumps({name: value for name, value in {**entry, **changes}.items() if value is not None})


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("{", "it is no JSON object"),
        ("[1]", "it is no JSON object"),
        ("NaN", "it is no JSON object"),
        ("[" * 100_000, "it is no JSON object"),
        ('{"kind": "bug", "kind": "praise"}', "it is no JSON object"),
        (line(operation_id=None), "it does not say which operation_id it is about"),
        (line(operation_id=3), "it does not say which operation_id it is about"),
        (line(operation_id="x" * 201), "it does not say which operation_id it is about"),
        (line(at=None), "its at is no instant with a zone"),
        (line(at="yesterday"), "its at is no instant with a zone"),
        (line(at="2026-12-08T09:00:00"), "its at is no instant with a zone"),
        (line(at="2062-12-08T09:00:00Z"), "its at, 2062-12-08T09:00:00.000000Z, lies in the future"),
        (line(kind="rant"), "Unknown kind 'rant'. Valid: bug, complaint, other, praise, question, request"),
        (line(kind=None), "Unknown kind 'None'"),
        (line(severity="sev1"), "Unknown severity 'sev1'. Valid: critical, high, low, medium, unrated"),
        (line(text=" "), "its text is empty"),
        (line(text=["a"]), "its text is empty"),
        (line(text="\ud800"), "its text holds half a character"),
        (line(reporter=None), "its reporter is empty"),
    ],
)
def test_a_malformed_line_is_one_sentence_and_makes_the_review_unknown(tmp_path: Path, broken: str, words: str) -> None:
    """File, line, what is wrong, and the way out; the good lines are still told."""
    answer = read(tmp_path, a__jsonl=f"{line()}\n{broken}\n{line(text='Another.')}\n")
    [fault] = answer.faults
    assert fault.startswith("The feedback inbox, a.jsonl, line 2: ")
    assert words in fault
    assert fault.endswith("; mend or remove it.")
    assert len(answer.entries) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it has no heading; begin it with at,operation_id"),
        ("at,operation_id,kind,text,reporter\n", "the heading does not name the column severity once"),
        (f"{HEADING},text\n", "the heading does not name the column text once"),
        (f"{HEADING}\n{GOOD},more\n", "line 2: it has 7 cells, and the heading names 6"),
        (f'{HEADING}\n{GOOD}\n{SINCE.isoformat()},createGrant,bug,high,"open', "line 3: it is no line of CSV"),
    ],
)
def test_a_malformed_table_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    """A heading that lacks a column, a line with other cells, a quote that never ends."""
    [fault] = read(tmp_path, a__csv=text).faults
    assert words in fault


def test_a_malformed_line_about_another_operation_is_not_our_concern(tmp_path: Path) -> None:
    """It makes that operation's review unknown, and no other."""
    text = f"{line()}\n{line(operation_id='listGrants', kind='rant')}\n"
    assert counted(read(tmp_path, a__jsonl=text)) == {("bug", "high"): 1}
    assert not FeedbackInbox(tmp_path).read(question("listGrants"), NOW).is_known


def test_a_text_over_several_lines_is_one_entry(tmp_path: Path) -> None:
    """As a spreadsheet writes it; the number of the next line counts on."""
    text = f'{HEADING}\r\n{SINCE.isoformat()},createGrant,Bug,,"Two\r\n""at once"", again",mail:ada\r\n'
    answer = read(tmp_path, a__csv="\ufeff" + text + f"{SINCE.isoformat()},createGrant,rant,,x,y")
    assert [(one.kind, one.severity, one.text) for one in answer.entries] == [
        ("bug", "unrated", 'Two\r\n"at once", again')
    ]
    assert "a.csv, line 4: Unknown kind" in answer.faults[0]


def test_the_same_entry_in_two_files_counts_once(tmp_path: Path) -> None:
    """An export that is made twice says nothing new."""
    answer = read(tmp_path, a__jsonl=f"{line()}\n", b__jsonl=f"{line()}\n{line(reporter='mail:bea')}")
    assert counted(answer) == {("bug", "high"): 2}


def test_long_texts_are_cut_and_nothing_else_is_lost(tmp_path: Path) -> None:
    """Two thousand characters of one entry are enough for a review."""
    [entry] = read(tmp_path, a__jsonl=line(text="a" * 5_000)).entries
    assert (len(entry.text), entry.text[-1]) == (2_000, "…")


def test_of_very_many_faults_the_first_hundred_are_told(tmp_path: Path) -> None:
    """And how many more there are."""
    faults = read(tmp_path, a__jsonl="{\n" * 250).faults
    assert len(faults) == 101
    assert faults[-1] == "inbox: and 150 more could not be read."


def test_a_folder_without_a_file_tells_nothing(tmp_path: Path) -> None:
    """Nobody may have brought anything; hidden files do not count."""
    [fault] = read(tmp_path, __hidden="x").faults
    assert "no file lies in" in fault
    assert counted(read(tmp_path, a__csv=f"{HEADING}\n")) == {}


@pytest.mark.parametrize("make", ["other", "folder", "pipe", "bytes"])
def test_what_is_no_readable_file_is_unknown(tmp_path: Path, make: str) -> None:
    """A name of another form, a folder, a pipe, bytes that are no text; none of them blocks or raises."""
    (tmp_path / "a.csv").write_text(f"{HEADING}\n")
    if make == "other":
        (tmp_path / "notes.txt").touch()
    elif make == "folder":
        (tmp_path / "b.csv").mkdir()
    elif make == "pipe":
        os.mkfifo(tmp_path / "b.jsonl")
    else:
        (tmp_path / "b.csv").write_bytes(b"\xff\xfe")
    [fault] = FeedbackInbox(tmp_path).read(question(), NOW).faults
    assert "feedback inbox" in fault


def test_files_above_the_cap_are_unknown(tmp_path: Path) -> None:
    """Nothing is read half."""
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    [fault] = FeedbackInbox(tmp_path).read(question(), NOW).faults
    assert "more than 67,108,864 bytes" in fault


def test_options_are_read_strictly(tmp_path: Path) -> None:
    """An unknown option lists the valid ones; a path is needed."""
    with pytest.raises(UnknownName, match="Valid: path"):
        from_options({"folder": "feedback"}, tmp_path)
    with pytest.raises(PrrError, match=r"feedback\.options\.inbox\.path"):
        from_options({}, tmp_path)


def test_a_dated_entry_may_be_a_day_ahead(tmp_path: Path) -> None:
    """Clocks and zones differ; it is of no month that is over."""
    answer = read(tmp_path, a__jsonl=line(at=(NOW + timedelta(hours=20)).isoformat()))
    assert (answer.faults, answer.entries) == ((), ())
