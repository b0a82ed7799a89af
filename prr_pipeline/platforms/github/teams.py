"""Who belongs to a team."""

from __future__ import annotations

from pydantic import TypeAdapter

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.paths import segment


def members_of(github: GitHub, team: str) -> Answer[tuple[Person, ...]]:
    """The members of a team of the owner, by account id, those of teams below it included. ``team`` is its slug.

    Raises `SourceSilent`, also for a team that does not exist: GitHub tells that apart from no right for nobody.
    """
    path = f"/orgs/{segment(github.owner)}/teams/{segment(team)}/members"
    found = github.listed(path, TypeAdapter(list[SentUser]))
    return found.turned(lambda users: tuple(sorted((user.person() for user in users), key=lambda one: one.id)))
