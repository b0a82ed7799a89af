"""Where everything stands: all promotions explained from one look at the world, with the open notices."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.control.agreement import strangers_of
from prr_pipeline.control.explain import Explanation, explain, explain_all
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.history import Story, story_of
from prr_pipeline.control.maturity_drift import above_ledger
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.ledger.outbox import Notice

_DECISIONS = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """``unreadable`` are promotions that cannot be judged, with the reason: they can only be lowered.

    ``stops`` are the orders that stop the line, a sentence each.
    """

    promotions: tuple[Explanation, ...]
    notices: tuple[Notice, ...]
    unreadable: Mapping[str, str]
    stops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detail:
    """One promotion: where it stands, its last decisions (newest last), its story and its notices.

    ``strangers`` wrote part of what is signed, and the roster does not know them. ``above_ledger`` says what of the
    specification's maturity the ledger does not entitle to; empty: nothing that was seen.
    """

    explanation: Explanation
    decisions: tuple[Event, ...]
    story: Story
    notices: tuple[Notice, ...]
    strangers: tuple[str, ...] = ()
    above_ledger: str = ""


def overview(work: Workplace, *, ended: bool = False) -> Overview:
    """Explain every open promotion, and with ``ended`` those that are over too."""
    world = read_world(work)
    keys = sorted(key for key, state in world.states.items() if ended or state.is_open)
    explained, faults = explain_all(work, world, keys)
    stops = world.fleet.stops(world.states, world.graph)
    return Overview(explained, tuple(work.ledger.outbox.open_notices()), faults, stops)


def detail(work: Workplace, key: str) -> Detail:
    """Everything about one promotion. Raises `PrrError` for an unknown key."""
    explanation = explain(work, key)
    decisions = work.ledger.events(stream=key, types=(EventType.DECISION_RECORDED,))[-_DECISIONS:]
    notices = tuple(n for n in work.ledger.outbox.open_notices() if n.about == key)
    above = above_ledger(work, explanation.state.subject)
    return Detail(explanation, tuple(decisions), story_of(work, key), notices, _strangers(work, key), above)


def _strangers(work: Workplace, key: str) -> tuple[str, ...]:
    """None where the roster cannot be read: the sign-off gate says so."""
    try:
        return strangers_of(work, key)
    except PrrError:
        return ()
