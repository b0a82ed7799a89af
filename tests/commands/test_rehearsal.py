"""`prr rehearse` and `prr replay`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.commands.rehearsal import by_days
from prr_pipeline.control.watching import watch
from tests.commands.town import Town, prr

QUICK = """
[ladder]
rungs = [{exposure = "1%", dwell = "1h"}, {exposure = "100%", dwell = "0s"}]
[policy]
watch = "1h"
feedback_after = "2h"
"""
START = ("--start", "2026-11-02", "--people-take", "1h")


@pytest.fixture
def quick(town: Town) -> Town:
    """A town whose whole ladder takes an hour."""
    town.settings_file.write_text(town.settings_file.read_text() + QUICK)
    return town


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_rehearsal_tells_each_rung_and_the_end(quick: Town) -> None:
    """In words and as data; nothing of the deployment is written."""
    before = files(quick.folder)
    said = quick.ok("rehearse", *START)
    assert "from off to 1%" in said.out
    assert "Complete after 4 h" in said.out
    data = quick.ok("rehearse", *START, "--json").data
    assert (data["complete"], data["source"]) == (True, "this deployment's policy")
    assert [one["kind"] for one in data["timeline"]].count("rose") == 2
    assert [one["stood_seconds"] for one in data["rungs"]] == [3600, 10800]
    assert files(quick.folder) == before


def test_without_settings_the_defaults_are_rehearsed() -> None:
    """Four weeks, a week and a month, by the window that ships."""
    data = prr("rehearse", "--start", "2026-11-02", "--json").data
    assert data["source"] == "the default policy"
    assert [one["reached_at"][:13] for one in data["rungs"]][::4] == ["2026-11-02T09", "2026-11-30T09"]
    assert data["complete"]


def test_another_policy_is_named_by_its_file(quick: Town, tmp_path: Path) -> None:
    """It needs no deployment of its own."""
    other = tmp_path / "other.toml"
    other.write_text(
        '[repository]\npath = "."\nprofile = "plain"\n[calendars]\nwindow = false\n' + QUICK.replace("1h", "2h")
    )
    data = quick.ok("rehearse", str(other), *START, "--json").data
    assert (data["source"], data["rungs"][0]["dwell_seconds"]) == (str(other), 7200)


def test_alerts_are_met_on_the_way(quick: Town, tmp_path: Path) -> None:
    """A critical one is told with what it did; without people it ends there."""
    alerts = tmp_path / "alerts.jsonl"
    alerts.write_text('{"from": "30m", "until": "40m", "name": "Down", "severity": "critical"}\n')
    said = quick.ok("rehearse", *START[:2], "--people-take", "never", "--alerts", str(alerts))
    assert "roll back from 1% to off" in said.out
    assert "It stands at off" in said.out


def test_the_page_is_one_file_that_loads_nothing(quick: Town, tmp_path: Path) -> None:
    """With the plot inside, and whatever an alert's text holds as text."""
    alerts, page = tmp_path / "alerts.jsonl", tmp_path / "page.html"
    row = {"from": "30m", "until": "40m", "severity": "warning", "summary": "<script>alert(1)</script>", "name": "<b>x"}
    alerts.write_text(json.dumps(row))
    said = quick.ok("rehearse", *START, "--alerts", str(alerts), "--output", str(page))
    assert "Timeline" in said.out
    text = page.read_text("ascii")
    assert "<svg" in text
    assert "default-src 'none'" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not any(word in text for word in ("<script", "<b>x", "<img", "<link", "src=", "href=", "url("))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--start", "soon"), "'soon' is not an instant"),
        (("--start", "2026-11-02T10:00:00"), "no time zone"),
        (("--start", "9999-12-01"), "year 9999"),
        (("--people-take", "later"), "'later' is no duration"),
        (("--people-take", "99999999d"), "'99999999d' is too long; the limit is 3650d"),
        (("--alerts", "none.jsonl"), "The alerts none.jsonl cannot be read"),
        (("none.toml",), "none.toml cannot be read"),
        (("--output", "none/page.html"), "none/page.html"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_bad_input_is_one_sentence(quick: Town, options: tuple[str, ...], words: str) -> None:
    """What it was, and the way out."""
    said = quick.prr("rehearse", *options)
    assert said.code == 3
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_policy_alone_is_enough(quick: Town, tmp_path: Path) -> None:
    """A repository plays no part, so a file need not name one; what was decided is replayed against it alike."""
    alone = tmp_path / "policy.toml"
    alone.write_text("[calendars]\nwindow = false\n" + QUICK)
    data = quick.ok("rehearse", str(alone), *START, "--json").data
    assert (data["complete"], data["source"]) == (True, str(alone))
    quick.open("listGrants", "beta")
    watch(quick.work())
    assert quick.ok("replay", "--against", str(alone), "--json").data["not_replayable"] == 0


def test_the_context_says_whose_zone_calendars_go_by(quick: Town, tmp_path: Path) -> None:
    """What is rehearsed begins at nine o'clock there."""
    alone = tmp_path / "policy.toml"
    alone.write_text(QUICK + '[calendars]\nowner_zones = { Equity = "America/New_York" }\n')
    data = quick.ok("rehearse", str(alone), *START, "--context", "Equity", "--json").data
    assert data["rungs"][0]["reached_at"] == "2026-11-02T14:00:00.000000Z"
    assert "Freezes and the advance window go by America/New_York, the zone of Equity." in data["assumed"]


def test_a_bar_is_moved_once_for_each_planned_day() -> None:
    """Never more often than there are days, however long it takes."""
    moved: list[int] = []
    tell = by_days(lambda: moved.append(1), timedelta(days=3))
    counts = []
    for hours in (1, 25, 30, 49, 200, 300):
        tell(timedelta(hours=hours))
        counts.append(len(moved))
    assert counts == [0, 1, 1, 2, 3, 3]


def test_a_calendar_that_cannot_be_read_is_told_before_anything_is_rehearsed(quick: Town) -> None:
    """A rehearsal under an unknown freeze would prove nothing."""
    text = quick.settings_file.read_text().replace("window = false", 'window = false\nfreeze = ["none.ics"]')
    quick.settings_file.write_text(text)
    said = quick.prr("rehearse", *START)
    assert (said.code, "none.ics" in said.err, said.out) == (3, True, "")


def test_a_replay_against_a_policy_without_its_calendar_is_refused_alike(quick: Town) -> None:
    """In the same sentence, whatever it would have found."""
    text = quick.settings_file.read_text().replace("window = false", 'window = false\nfreeze = ["none.ics"]')
    other = quick.settings_file.with_name("other.toml")
    other.write_text(text)
    said = quick.prr("replay", "--against", str(other))
    assert (said.code, said.out, said.err) == (3, "", quick.prr("rehearse", str(other), *START).err)


def test_a_replay_finds_what_the_ticks_decided(town: Town) -> None:
    """Every record of the ledger comes out as it was written."""
    key = town.open("listGrants", "beta")
    watch(town.work())
    town.alert("slow", operation_id="listGrants")
    watch(town.work())
    assert "every one as recorded" in town.ok("replay").out
    data = town.ok("replay", key, "--json").data
    assert (data["reproduced"], data["checked"], data["first_difference"]) == (True, 2, None)
    assert town.prr("replay", "nope:ga").code == 3


def test_a_replay_against_another_policy_lists_what_would_differ(town: Town, tmp_path: Path) -> None:
    """As a table and as data, with exit code 0: that is no fault."""
    town.open("listGrants", "beta")
    town.alert("slow", operation_id="listGrants")
    watch(town.work())
    assert "0 of 1 decisions would differ" in town.ok("replay", "--against", str(town.settings_file)).out
    data = town.ok("replay", "--against", str(town.settings_file), "--json").data
    assert (data["same"], data["differ"], data["not_replayable"]) == (1, [], 0)


def test_a_record_that_comes_out_otherwise_is_shown(town: Town) -> None:
    """Exit code 1, with the event, the field and both values."""
    from prr_pipeline.ledger.events import Draft, EventType

    key = town.open("listGrants", "beta")
    watch(town.work())
    work = town.work()
    [event] = work.ledger.events(types=(EventType.DECISION_RECORDED,))
    forged = {**event.payload, "verdict": "advance"}
    [second] = work.ledger.append([Draft(key, EventType.DECISION_RECORDED, forged, "person:mallory")])
    work.ledger.close()
    said = town.prr("replay")
    assert said.code == 1
    assert f"Event {second.seq}" in said.out
    data = town.prr("replay", "--json").data
    difference = data["first_difference"]
    assert (difference["field"], difference["recorded"], data["checked"]) == ("verdict", "advance", 2)


def test_the_default_rehearsal_takes_a_moment(tmp_path: Path) -> None:
    """The whole command, start-up included, in less than three seconds of the processor."""
    code = (
        "import resource\nfrom prr_pipeline.cli import app\n"
        "try:\n    app(['rehearse', '--start', '2026-11-02'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\nassert used.ru_utime + used.ru_stime < 3, used\n"
        "import sys\nassert not {'dagster', 'sqlalchemy', 'pygit2'} & {name.partition('.')[0] for name in sys.modules}"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PRR_SETTINGS"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_metrics_are_judged_on_the_way(quick: Town, tmp_path: Path) -> None:
    """They say whose they are and since when; an operation without metrics is a slip."""
    rows = tmp_path / "m.csv"
    lines = [
        f"2026-11-02T0{hour}:{minute:02}:00Z,listGrants,{variant},{metric},0,{1000 if variant == 'off' else 10}\n"
        for hour in range(2)
        for minute in range(60)
        for metric in ("errors", "slow")
        for variant in ("on", "off")
    ]
    rows.write_text("at,operation_id,variant,metric,bad,total\n" + "".join(lines))
    data = quick.ok("rehearse", "--metrics", str(rows), "--people-take", "1h", "--json").data
    assert data["start"] == "2026-11-02T00:00:00.000000Z"
    assert "Metrics are those of listGrants in m.csv" in data["assumed"][0]
    assert data["complete"]
    assert "nobody" in quick.prr("rehearse", "--metrics", str(rows), "--operation", "nobody").err
    assert "--metrics" in quick.prr("rehearse", "--operation", "listGrants").err
