"""The file of scripted alerts: what may stand in it, and one sentence for everything else."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.control.rehearsal.alert_script import MAX_LINES, read_alert_script
from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import Severity
from tests.control.rehearsal.scripts import DAY, START, script


def test_times_are_instants_or_counted_from_the_start(tmp_path: Path) -> None:
    """Both forms may be mixed; the alerts are sorted by time."""
    late, early = {"from": "2026-11-04T12:00:00+01:00"}, {"from": "1d 2h", "until": "2d"}
    found = script(tmp_path, late, early)
    assert [one.since - START for one in found] == [DAY + timedelta(hours=2), 2 * DAY + timedelta(hours=11)]
    assert [one.until for one in found] == [START + 2 * DAY, None]


def test_an_alert_has_what_an_alert_of_production_has(tmp_path: Path) -> None:
    """Severity words are judged alike, and the name is a label like the others."""
    [one] = script(
        tmp_path, {"from": "0s", "name": "Burn", "severity": "PAGE", "summary": "s", "labels": {"service": "x"}}
    )
    episode = one.episode
    assert (episode.severity, episode.summary, episode.label("alertname")) == (Severity.CRITICAL, "s", "Burn")
    assert episode.label("service") == "x"
    [bare] = script(tmp_path, {"from": "0s"})
    assert bare.episode.severity is Severity.OTHER


def test_an_alert_fires_from_its_start_to_before_its_end(tmp_path: Path) -> None:
    """At its end it is over."""
    [one] = script(tmp_path, {"from": "1d", "until": "2d"})
    assert [one.fires(START + days * DAY) for days in (0, 1, 2)] == [False, True, False]


def test_blank_lines_are_nothing(tmp_path: Path) -> None:
    """A file may be laid out."""
    (tmp_path / "a").write_text('\n{"from": "1d"}\n\n')
    assert len(read_alert_script(tmp_path / "a", START)) == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{", "line 1: it is no JSON"),
        ("[]", "an alert is an object"),
        ('{"from": "1d", "till": "2d"}', "unknown key 'till'; valid: from, labels"),
        ('{"until": "1d"}', "from is missing"),
        ('{"from": 5}', "from is missing"),
        ('{"from": "tomorrow"}', "'tomorrow' is not an instant"),
        ('{"from": "2026-11-04T12:00:00"}', "no time zone"),
        ('{"from": "999999999999999999w"}', "beyond any calendar"),
        ('{"from": "9999999d"}', "beyond any calendar"),
        ('{"from": "2d", "until": "1d"}', "until '1d' is not after from '2d'"),
        ('{"from": "1d", "severity": 3}', "severity is a text"),
        ('{"from": "1d", "labels": {"a": 1}}', "labels are an object of texts"),
        ("[" * 100_000, "no JSON"),
        (
            '{"from": "1d", "severity": "critical", "severity": "info"}',
            "the key 'severity' stands there more than once",
        ),
        ('{"from": "1d", "labels": {"a": "x", "a": "y"}}', "the key 'a' stands there more than once"),
    ],
)
def test_a_bad_line_is_one_sentence_that_names_it(tmp_path: Path, row: str, words: str) -> None:
    """What is wrong, and where."""
    (tmp_path / "a.jsonl").write_text(row)
    with pytest.raises(Unreadable) as fault:
        read_alert_script(tmp_path / "a.jsonl", START)
    assert words in str(fault.value)
    assert "line 1" in str(fault.value)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    """Missing, a folder, no text, too long."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "long").write_text(json.dumps({"from": "1d"}) + "\n" * (MAX_LINES + 1))
    for name in ("none", ".", "bytes", "long"):
        with pytest.raises(Unreadable, match="alerts"):
            read_alert_script(tmp_path / name, START)
