"""Feedback from GitHub: tickets with a label, each about the operation that another of its labels names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.github.tickets import Ticket, tickets_with
from prr_pipeline.platforms.http.pace import Pace, RealPace
from prr_pipeline.rollout.feedback import TEXT_CAP, Entry, FeedbackAnswer, answer
from prr_pipeline.signals.feedback.github_options import GitHubOptions
from prr_pipeline.signals.feedback.source import FeedbackQuestion


class GitHubFeedback:
    """The tickets of one repository, open and closed; pull requests are none. A token is looked up at each question."""

    name = "github"

    def __init__(
        self, options: GitHubOptions, environment: Mapping[str, str] | None = None, pace: Pace | None = None
    ) -> None:
        self._options = options
        self._environment = environment
        self._pace = pace

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        """The tickets that were opened in the time asked about; one that names no operation may be about any."""
        options, entries, faults = self._options, list[Entry](), list[str]()
        try:
            client = options.client(self._environment, self._pace or RealPace())
            tickets = tickets_with(client, options.label, question.since).value
        except PrrError as fault:
            return FeedbackAnswer(self.name, now, (), (f"The feedback on GitHub is unknown: {fault}",))
        for ticket in tickets:
            if not question.since <= ticket.created_at < question.until:
                continue
            named = [one for label in ticket.labels if (one := options.operation_in(label)) is not None]
            if not named:
                faults.append(self._unnamed(ticket))
            elif question.operation_id in named:
                entries.append(self._entry(ticket, question.operation_id))
        return answer(self.name, now, entries, faults, question.since, question.until)

    def _unnamed(self, ticket: Ticket) -> str:
        return (
            f"The ticket {self._place(ticket)} has the label {self._options.label!r} and none like "
            f"{self._options.operation_label!r}, so nobody can tell which operation it is about; give it one."
        )

    def _entry(self, ticket: Ticket, operation_id: str) -> Entry:
        """Of several labels of a kind or severity the gravest counts."""
        options = self._options
        kind = next((one for one, label in options.kinds.items() if label in ticket.labels), "other")
        severity = next((one for one, label in options.severities.items() if label in ticket.labels), "unrated")
        reporter = ticket.author.login if ticket.author else "an account that is gone"
        text = ticket.title[:TEXT_CAP]
        return Entry(ticket.created_at, operation_id, kind, severity, text, reporter, self._place(ticket))

    def _place(self, ticket: Ticket) -> str:
        return f"{self._options.owner}/{self._options.repository}#{ticket.number}"


def from_options(options: Mapping[str, object], root: Path) -> GitHubFeedback:
    """``owner``, ``repository``, ``label`` and more: see `GitHubOptions`. Paths count from ``root``."""
    return GitHubFeedback(GitHubOptions.read(options, root))
