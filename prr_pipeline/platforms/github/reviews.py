"""Who approved: each person's latest deciding review of the pull requests that carry a commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.pulls import Pull, pulls_of
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.reading import Sent


class Verdict(StrEnum):
    """What a review decides. A comment decides nothing and is no review here."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Review:
    """One person's latest deciding review of a pull request.

    ``at_head`` is whether it was given at the newest commit, ``by_author`` whether the person opened the pull request.
    """

    person: Person
    verdict: Verdict
    commit: str | None
    submitted_at: datetime
    at_head: bool
    by_author: bool

    @property
    def counts(self) -> bool:
        """Whether it is the approval of a human who is not the author, at the newest commit."""
        return self.verdict is Verdict.APPROVED and self.at_head and not (self.by_author or self.person.is_bot)


@dataclass(frozen=True, slots=True)
class ReviewedPull:
    """A pull request and the deciding reviews of it, one for each person, by account id."""

    pull: Pull
    reviews: tuple[Review, ...]

    @property
    def approvals(self) -> tuple[Review, ...]:
        """The reviews that count."""
        return tuple(review for review in self.reviews if review.counts)


class _Review(Sent):
    id: int
    user: SentUser | None
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]
    commit_id: str | None
    submitted_at: AwareDatetime | None = None


def reviews_of(github: GitHub, commit: str) -> Answer[tuple[ReviewedPull, ...]]:
    """The pull requests that carry a commit, each with its deciding reviews. Raises `SourceSilent`, `Refused`.

    A review by an account that is gone is left out: nobody can be counted for it.
    """
    pulls = pulls_of(github, commit)
    answers = [_sent(github, pull) for pull in pulls.value]
    found = tuple(
        ReviewedPull(pull, latest(answer.value, pull)) for pull, answer in zip(pulls.value, answers, strict=True)
    )
    return pulls.joined(lambda _: found, *answers)


def latest(sent: Iterable[_Review], pull: Pull) -> tuple[Review, ...]:
    """Each account's newest deciding review; later ones replace earlier ones, whatever they say."""
    newest: dict[int, Review] = {}
    for one in sorted(sent, key=lambda review: (_instant(review), review.id)):
        if one.user is not None and one.submitted_at is not None and one.state.lower() in set(Verdict):
            person = one.user.person()
            by_author = pull.author is not None and pull.author.id == person.id
            at_head = one.commit_id == pull.head
            newest[person.id] = Review(
                person, Verdict(one.state.lower()), one.commit_id, one.submitted_at, at_head, by_author
            )
    return tuple(newest[key] for key in sorted(newest))


def _sent(github: GitHub, pull: Pull) -> Answer[tuple[_Review, ...]]:
    return github.listed(github.path(f"/pulls/{pull.number}/reviews"), TypeAdapter(list[_Review]))


def _instant(review: _Review) -> float:
    return review.submitted_at.timestamp() if review.submitted_at else 0.0
