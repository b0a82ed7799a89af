"""What every feedback source must do. Subclass it, fill in the hooks, and pytest runs the rules against the source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from prr_pipeline.rollout.feedback import FeedbackAnswer, tally
from prr_pipeline.signals.feedback.source import FeedbackQuestion, FeedbackSource

SINCE = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=30)
NOW = UNTIL + timedelta(hours=1)


def question(operation: str = "createGrant") -> FeedbackQuestion:
    """What was said of an operation in its month."""
    return FeedbackQuestion(operation, SINCE, UNTIL)


def counted(answer: FeedbackAnswer) -> dict[tuple[str, str], int]:
    """How many entries there are by kind and severity. The answer must be known."""
    assert answer.is_known, answer.faults
    return {(one.kind, one.severity): one.count for one in tally(answer).tallies}


class FeedbackSourceContract(ABC):
    """The hooks stand for where people leave feedback; the tests only see `FeedbackSource`."""

    @abstractmethod
    def source(self) -> FeedbackSource:
        """The source under test."""

    @abstractmethod
    def open_for_business(self) -> None:
        """Let the place exist, with nothing in it."""

    @abstractmethod
    def say(self, at: datetime, operation: str, kind: str, severity: str, text: str) -> None:
        """Leave a piece of feedback."""

    @abstractmethod
    def leave_unreadable(self) -> None:
        """Leave something that nobody can assign to an operation."""

    def ask(self, operation: str = "createGrant") -> FeedbackAnswer:
        """The source's answer."""
        return self.source().read(question(operation), NOW)

    def test_a_source_has_a_name_and_stamps_its_answers(self) -> None:
        """An answer carries the source's name and the caller's instant."""
        self.open_for_business()
        source = self.source()
        answer = source.read(question(), NOW)
        assert source.name
        assert (answer.source, answer.read_at) == (source.name, NOW)

    def test_nothing_said_is_an_answer(self) -> None:
        """An empty month is known to be empty."""
        self.open_for_business()
        assert counted(self.ask()) == {}

    def test_a_place_that_is_not_there_is_unknown(self) -> None:
        """With a sentence that ends as one."""
        answer = self.ask()
        assert not answer.is_known
        assert answer.entries == ()
        assert all(fault.endswith(".") and "\n" not in fault for fault in answer.faults)

    def test_entries_are_counted_by_kind_and_severity(self) -> None:
        """Each of the month, and of this operation alone."""
        self.open_for_business()
        self.say(SINCE, "createGrant", "bug", "high", "Two grants at once.")
        self.say(SINCE + timedelta(days=1), "createGrant", "bug", "high", "And again.")
        self.say(SINCE + timedelta(days=2), "createGrant", "praise", "unrated", "Quick now.")
        self.say(SINCE + timedelta(days=2), "listGrants", "bug", "critical", "Not ours.")
        assert counted(self.ask()) == {("bug", "high"): 2, ("praise", "unrated"): 1}
        assert counted(self.ask("listGrants")) == {("bug", "critical"): 1}

    def test_the_month_begins_with_its_first_instant_and_ends_before_its_last(self) -> None:
        """What was said before everybody had it, or after the month, is of another time."""
        self.open_for_business()
        for at in (SINCE - timedelta(seconds=1), SINCE, UNTIL - timedelta(seconds=1), UNTIL):
            self.say(at, "createGrant", "question", "low", f"At {at}?")
        assert [one.at for one in self.ask().entries] == [SINCE, UNTIL - timedelta(seconds=1)]

    def test_names_are_compared_whole(self) -> None:
        """Neither the beginning of a name nor another spelling is the name."""
        self.open_for_business()
        for name in ("createGrantDraft", "creategrant", "Grant"):
            self.say(SINCE, name, "bug", "high", "Not ours.")
        assert counted(self.ask()) == {}

    def test_what_nobody_can_assign_makes_every_answer_unknown(self) -> None:
        """It may be about any operation; what could be read is told all the same."""
        self.open_for_business()
        self.say(SINCE, "createGrant", "bug", "high", "Two grants at once.")
        self.leave_unreadable()
        answer = self.ask()
        assert len(answer.faults) == 1
        assert len(answer.entries) == 1
        assert not self.ask("listGrants").is_known
