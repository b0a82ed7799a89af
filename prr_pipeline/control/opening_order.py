"""Which dependants stand in the way of opening: a dependency climbs before them, so none of them may be on its way."""

from __future__ import annotations

from prr_pipeline.control.orders import may_have_traffic
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused
from prr_pipeline.rollout.dependencies import dependants, dependency_graph
from prr_pipeline.subjects import Subject


def versions_of_dependants(work: Workplace, subject: Subject) -> dict[str, int]:
    """The versions of the open promotions that depend on ``subject``, all at off; compare them at the opening.

    Raises `Refused` when one has traffic or is rising: the new promotion would stand below it from its first moment,
    and a roll back of what nobody has yet seen would take that one's users with it.
    """
    states = work.ledger.states()
    above = set(dependants(dependency_graph(states), subject))
    open_ones = [state for _, state in sorted(states.items()) if state.is_open and state.subject in above]
    for state in open_ones:
        if may_have_traffic(state):
            where = f"rises to {state.intent.to.name}" if state.intent else f"stands at {state.exposure.name}"
            raise Refused(
                f"{subject} cannot open a promotion now: {state.key} depends on it and {where}, and a dependency "
                f"climbs before its dependants. Let {state.key} end first, or roll it back: "
                f"prr rollback {state.key} --by YOU --reason WHY"
            )
    return {state.key: state.version for state in open_ones}
