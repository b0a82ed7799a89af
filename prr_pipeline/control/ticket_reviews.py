"""Alerts reviewed on GitHub: tickets with a label, taken in once, from people of the owning context alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.attested import capacities_of
from prr_pipeline.control.platform_clients import PlatformClients
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.platforms.github.repository import GitHub, Person
from prr_pipeline.platforms.github.ticket_words import closing_of, comments_on
from prr_pipeline.platforms.github.tickets import Ticket, tickets_with
from prr_pipeline.readiness.facts import AlertReview
from prr_pipeline.review.roster import Roster
from prr_pipeline.rollout.state import PromotionState

TEXT_CAP = 500
_AROUND = "`'\"*_,;:.()[]<>"


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at GitHub brought: episodes that are reviewed now, what does not count and why, in sentences.

    ``unknown`` says why it could not be read; empty: everything was read. What is unknown reviews nothing.
    """

    taken: tuple[str, ...] = ()
    not_counted: tuple[str, ...] = ()
    unknown: str = ""

    @property
    def words(self) -> str:
        """What keeps alerts unreviewed though somebody may have spoken; empty: nothing."""
        return "; ".join([*([self.unknown] if self.unknown else []), *self.not_counted])


@dataclass(frozen=True, slots=True)
class _Word:
    """One person's word on a ticket. ``against``: why it counts for nobody, whoever said it."""

    person: Person | None
    how: str
    at: datetime
    text: str
    url: str
    against: str = ""


def take_in_reviews(
    work: Workplace,
    state: PromotionState,
    waiting: Sequence[AlertReview],
    actor: str,
    clients: PlatformClients | None = None,
) -> Intake:
    """Ask GitHub for words on the alerts that wait, and book those of the owning context; all of it is read, or none.

    Asks nothing without ``alerts.review_label`` or where nothing waits. Raises nothing for a bad answer.
    """
    label = work.settings.alerts.review_label
    since = {one.episode: one.opened_at for one in sorted(waiting, key=lambda one: one.opened_at)}
    if label is None or not since:
        return Intake()
    try:
        roster = work.roster
        github = (clients or PlatformClients(work.settings)).github()
        if github is None:
            raise Refused("alerts.review_label is set and [platforms.github] is not; name the repository there.")
        words = [
            (name, ticket, word) for name, ticket in _tickets(github, label, since) for word in _on(github, ticket)
        ]
    except PrrError as fault:
        return Intake(unknown=f"the reviews on GitHub are unknown: {fault}")
    drafts: dict[str, Draft] = {}
    against = []
    for name, ticket, word in words:
        person_id, why = _reviewer(roster, state, word, since[name])
        if why:
            against.append(f"{ticket.url}: {word.how} by {_login(word)} does not count, {why}")
        else:
            drafts[name] = Draft(state.key, EventType.ALERT_REVIEWED, _payload(name, person_id, word), actor)
    work.ledger.append(list(drafts.values()))
    left = [words for words in dict.fromkeys(against) if set(since) - set(drafts)]
    return Intake(tuple(sorted(drafts)), tuple(left))


def _tickets(github: GitHub, label: str, since: Mapping[str, datetime]) -> list[tuple[str, Ticket]]:
    """The tickets that name an alert that waits; one may name several."""
    found = tickets_with(github, label, min(since.values())).value
    named = []
    for ticket in found:
        said = {word.strip(_AROUND) for word in ticket.body.split()}
        named += [(name, ticket) for name in since if name in said]
    return named


def _on(github: GitHub, ticket: Ticket) -> Iterator[_Word]:
    """Each comment, and the closing, oldest first."""
    for one in comments_on(github, ticket.number).value:
        edited = "it was edited, and nobody can tell by whom" if one.edited else ""
        empty = "" if one.text.strip() else "it says nothing"
        yield _Word(one.author, "comment", one.at, one.text, one.url, edited or empty)
    closing = closing_of(github, ticket.number).value if ticket.closed_at is not None else None
    if closing is not None:
        yield _Word(closing.by, "closed", closing.at, ticket.title, ticket.url)


def _reviewer(roster: Roster, state: PromotionState, word: _Word, booked_at: datetime) -> tuple[str, str]:
    """The id of the person in the roster whose word counts, or why it does not."""
    if word.against or word.at < booked_at:
        return "", word.against or "it is older than the alert's entry in the ledger"
    account = word.person
    if account is None or account.is_bot:
        return "", "the account is gone" if account is None else "it is no person's account"
    people = [one for one in roster.people.values() if one.github_id == account.id]
    if len(people) != 1:
        return "", f"the account {account.id} is the github_id of {len(people)} people of the roster"
    if "owning_context" not in capacities_of(people[0], state.context, on_call=False):
        return "", f"{people[0].id} is no engineer of {state.context}, which owns it"
    return people[0].id, ""


def _payload(episode: str, person_id: str, word: _Word) -> dict[str, object]:
    return {
        "episode": episode,
        "github_id": word.person.id if word.person else None,
        "how": word.how,
        "person": person_id,
        "reviewed_at": instant_text(word.at),
        "text": _writable(word.text[:TEXT_CAP]),
        "url": _writable(word.url),
    }


def _writable(text: str) -> str:
    """Half a character can be sent and not be written down."""
    return text.encode("utf-8", "replace").decode()


def _login(word: _Word) -> str:
    return word.person.login if word.person else "an unknown account"
