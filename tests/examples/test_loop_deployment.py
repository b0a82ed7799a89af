"""The sample `loop` with all that is around it: one command makes it, one more judges every subject of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from prr_pipeline.cli import app
from tests.mutations.loop import script

MAKER = script("make_deployment")
PEOPLE = {"A+P", "X+P", "D+P", "P"}


def test_every_subject_is_judged_and_the_clean_ones_wait_for_people_alone(tmp_path: Path) -> None:
    """CI's artefacts and services' answers are all there; the summary counts by kind."""
    settings = MAKER.make_deployment(tmp_path / "d", datetime.now(UTC))
    words = ["--settings", str(settings), "check", "--all", "--commit", "main", "--no-cache", "--json"]
    run = CliRunner().invoke(app, words)
    reports = {(each["kind"], each["name"]): each for each in json.loads(run.stdout)["reports"]}
    clean = [("service", "care"), ("event", "care.check_in.recorded.v1"), ("deploy", "v1.3.0")]
    clean += [("job", "close-overdue-check-ins"), ("integration", "meridian")]
    clean += [("third_party_endpoint", "care/createCheckIn")]
    for one in clean:
        waiting = [line for line in reports[one]["lines"] if line["outcome"] not in ("met", "not_applicable")]
        assert {(line["outcome"], line["reason"]) for line in waiting} <= {("unknown", "not_attested")}, one
    told = CliRunner().invoke(app, ["--settings", str(settings), "check", "--all", "--kind", "deploy", "--no-cache"])
    assert "1 subjects: 1 not known" in told.stdout


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """One sentence, and what is there stays as it is."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(MAKER.CannotBuild, match="is not empty; name a new folder"):
        MAKER.make_deployment(tmp_path, datetime.now(UTC))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert MAKER.main(["-h"]) == 2
