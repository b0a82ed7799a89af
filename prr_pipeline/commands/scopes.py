"""The options by which an order names its scope: all, a service, a team, or what depends on something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from prr_pipeline.commands import verbs

Everything = Annotated[bool, verbs.Option("--all", help="Every open promotion.")]
Service = Annotated[
    str | None, verbs.Option(help="The promotions of a service: its own, its endpoints', its context's.")
]
Team = Annotated[str | None, verbs.Option(help="The promotions that a bounded context owns.")]
DependsOn = Annotated[
    str | None,
    verbs.Option(help="The promotions that depend on a subject, directly or not: createGrant, 'service identity'."),
]


def announce(words: Sequence[str]) -> None:
    """Say what is about to be lowered. Without the screen's machinery, which takes longer to load than a write."""
    from prr_pipeline.reports.text import plain

    listed = plain(", ".join(words)) if words else "nothing"
    verbs.echo(f"Lowering {len(words)}: {listed}")
