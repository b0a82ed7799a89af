"""A release for the town: what a deploy leaves in the monorepo, what services answer, and two lines for people."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from prr_pipeline.control.recorded_answers import answer_path
from prr_pipeline.readiness.remote_facts import ChecksAt, Question, ReviewsOf

ANSWERS = "answers"
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nEND:VCALENDAR\r\n"
FILES = {
    ".changeset/one.md": '---\n"@mini/slack": minor\n---\n\nMessages arrive in Slack.\n',
    "package.json": '{"name": "@mini/slack", "version": "1.0.0"}',
    "ops/freeze.ics": CALENDAR,
}
"""What a deploy needs in the monorepo; it has no services, so no rollback and no alarm of one is asked for."""
CONVENTIONS = """\
deploy:
  tags: {value: [slack], basis: assumed}
  human_approvals: {value: 1, basis: assumed}
  changeset_stub_summaries: {value: [wip], basis: assumed}
  changeset_min_words: {value: 3, basis: assumed}
  changeset_ignored: {value: [], basis: assumed}
  freeze_zone: {value: UTC, basis: assumed}
  freeze_exempt_approvals: {value: 2, basis: assumed}
  alarm_window_hours: {value: 24, basis: assumed}
  rollback_headings: {value: [rollback], basis: assumed}
  rollback_words: {value: [previous version], basis: assumed}
  drill_max_age_days: {value: 180, basis: assumed}
  drill_date_fields: {value: [date], basis: assumed}
conventions:
  checks_min: {value: 0, basis: assumed}
  check_prefix: {value: "conventions /", basis: assumed}
  required: {value: [tests], basis: assumed}
"""
PATHS = """\
  changesets: {value: .changeset/*.md, basis: assumed}
  freeze_calendar: {value: ops/freeze.ics, basis: assumed}
  service: {value: "services/{service}", basis: assumed}
  service_runbook: {value: "services/{service}/RUNBOOK.md", basis: assumed}
  rollback_drill: {value: "ops/rollback/{service}.md", basis: assumed}
"""
OWN = "catalogue: mini\ntitle: Own lines\n\nlines:\n" + "".join(
    f"""\
  - number: T{number}
    id: people_were_{word}
    section: Deploy
    line: People were {word}
    applies_to: {{kind: deploy}}
    kind: P
    evidence: A signed statement of somebody who did it.
    why: Nobody but a person can know whether that was done.
    if_unmet: Do it, and let a person of the roster attest it.
"""
    for number, word in enumerate(("warned", "trained"), 1)
)
"""Two lines that only a person can know, as a deployment would add them to what ships."""


def conventions(profile: str) -> str:
    """The profile with what a deploy needs."""
    return profile.replace("spec:\n", f"{PATHS}spec:\n", 1) + CONVENTIONS


def record(folder: Path, commit: str, at: datetime, **changes: Any) -> None:
    """What the forge says of a commit, read at that instant; ``checks`` or ``reviews`` replace it."""
    read_at = at.isoformat()
    tests = {"name": "tests", "state": "success", "finished_at": read_at}
    review = {
        "person": "jonas", "approved": True, "at": read_at, "is_author": False, "is_bot": False, "at_commit": commit,
    }  # fmt: skip
    answers: dict[Question[Any], object] = {
        ChecksAt(commit): changes.get("checks", [tests]),
        ReviewsOf(commit): changes.get("reviews", [review]),
    }
    for question, value in answers.items():
        place = folder / ANSWERS / answer_path(question)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"read_at": read_at, "source": "the forge", "value": value}))
