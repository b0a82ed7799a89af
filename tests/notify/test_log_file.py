"""The log and file notifiers: one line each, escaped, and honest about failure."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import Unavailable
from prr_pipeline.notify.log_file import LOGGER, FileNotifier, LogNotifier
from tests.notify.test_port import notice

NASTY = "x\nFAKE LINE\r\x1b[2J\u202e\u2028\x7f</script>"


@pytest.mark.parametrize(
    ("severity", "level"), [("page", logging.CRITICAL), ("warn", logging.WARNING), ("info", logging.INFO)]
)
def test_the_log_has_one_line_at_the_right_level(caplog: pytest.LogCaptureFixture, severity: str, level: int) -> None:
    """A page is critical, so that it passes every filter."""
    with caplog.at_level(logging.INFO, LOGGER):
        LogNotifier().send(notice(severity=severity))
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [
        (level, f"{severity} [createGrant:ga]: Rolled back - HighErrors fires")
    ]


def test_the_log_line_is_short_without_body_and_subject(caplog: pytest.LogCaptureFixture) -> None:
    """Empty parts leave no punctuation behind."""
    with caplog.at_level(logging.INFO, LOGGER):
        LogNotifier().send(notice(severity="warn", about="", body=""))
    assert caplog.messages == ["warn: Rolled back"]


@pytest.mark.parametrize("field", ["title", "body", "about"])
def test_the_log_cannot_be_forged(caplog: pytest.LogCaptureFixture, field: str) -> None:
    """Line breaks, colours and percent signs in any field stay text."""
    with caplog.at_level(logging.INFO, LOGGER):
        LogNotifier().send(notice(**{field: NASTY + " %s %d"}))
    assert len(caplog.messages) == 1
    assert caplog.messages[0].isprintable()
    assert "%s %d" in caplog.messages[0]


def test_the_file_holds_one_json_line_per_notice(tmp_path: Path) -> None:
    """Lines append; folders are made; every field reads back exactly."""
    path = tmp_path / "deep" / "notices.jsonl"
    sent = [notice(), notice(severity="info", title="Second", body=NASTY)]
    for one in sent:
        FileNotifier(path).send(one)
    raw = path.read_bytes()
    assert raw.isascii()
    assert not set(raw) - set(range(0x20, 0x7F)) - {0x0A}
    assert [json.loads(line) for line in raw.splitlines()] == [one.as_data() for one in sent]


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_any_text_reads_back(tmp_path_factory: pytest.TempPathFactory, title: str, body: str) -> None:
    """Nothing that a notice may hold breaks the line."""
    path = tmp_path_factory.mktemp("n") / "n.jsonl"
    FileNotifier(path).send(notice(title=title, body=body))
    (line,) = path.read_bytes().splitlines()
    assert json.loads(line) == notice(title=title, body=body).as_data()


def test_a_line_cut_by_a_crash_stays_alone(tmp_path: Path) -> None:
    """The next notice begins a line of its own."""
    path = tmp_path / "n.jsonl"
    path.write_bytes(b'{"about": "cre')
    FileNotifier(path).send(notice())
    cut, whole = path.read_bytes().splitlines()
    assert cut == b'{"about": "cre'
    assert json.loads(whole) == notice().as_data()


def test_many_writers_share_a_file(tmp_path: Path) -> None:
    """Lines of concurrent writers do not mix."""
    path = tmp_path / "n.jsonl"

    def write(number: int) -> None:
        for turn in range(10):
            FileNotifier(path).send(notice(title=f"{number}/{turn}", body="x" * 2_000))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    titles = {json.loads(line)["title"] for line in path.read_bytes().splitlines()}
    assert titles == {f"{n}/{t}" for n in range(4) for t in range(10)}


def test_a_writer_that_never_ends_makes_it_unavailable(tmp_path: Path) -> None:
    """Waiting for another writer has an end: the outbox tries again."""
    path = tmp_path / "n.jsonl"
    with path.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="another writer holds it"):
            FileNotifier(path, timedelta(milliseconds=50)).send(notice())
    FileNotifier(path).send(notice())
    assert len(path.read_bytes().splitlines()) == 1


def test_a_path_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    """A folder, a file as parent, a pipe, a link and a full device each give one sentence."""
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for path in (tmp_path, tmp_path / "file" / "n", tmp_path / "pipe", tmp_path / "link", Path("/dev/full")):
        with pytest.raises(Unavailable, match="The notice cannot be written to"):
            FileNotifier(path).send(notice())
    assert (tmp_path / "file").read_text() == "x"
