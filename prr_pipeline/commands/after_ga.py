"""After 100%: `prr feedback`, `prr maturity`, `prr game-day`."""

from __future__ import annotations

import sys
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, Key, clock_data, complain, invocation, print_json, show

app = verbs.Group()
Patch = Annotated[
    bool, verbs.Option("--patch", help="Print the patch alone, byte for byte, for `git apply --allow-empty`.")
]


@app.verb()
def feedback(context: verbs.Context, key: Key, as_json: AsJson = False) -> None:
    """Report on the first month with everybody: feedback, budget spent, latency, rollbacks, alerts, flags to remove.

    A review that is closed is shown as the ledger keeps it; an open one as the sources say now. Exit code 0: all of
    it was read. 2: something is unknown.
    """
    from prr_pipeline.control.feedback_review import review_of
    from prr_pipeline.reports.feedback_page import feedback_data, feedback_screen

    work = invocation(context).reading()
    found = review_of(work, key)
    if as_json:
        print_json({"clock": clock_data(work), **feedback_data(found)})
    else:
        show(*feedback_screen(found), work=work)
    raise verbs.Exit(2 if found.report.unknown else 0)


@app.verb()
def maturity(context: verbs.Context, key: Key, patch: Patch = False, as_json: AsJson = False) -> None:
    """Compare the maturity that the ledger records for a promotion with the specification, and make the patch for it.

    The patch changes the one line that states it at the head of the tracked branch; comments and layout stay. Where
    one line is not enough it is refused, with the place. Without a difference --patch prints nothing on stdout and
    says so on stderr; exit code 0.
    """
    from prr_pipeline.control.maturity_patch import maturity_patch
    from prr_pipeline.reports.after_ga_screen import maturity_patch_data, maturity_screen

    work = invocation(context).reading()
    found = maturity_patch(work, key)
    if patch:
        _print_patch(found.patch, f"{found.place} states {found.stated} already; there is nothing to change.")
    elif as_json:
        print_json({"clock": clock_data(work), **maturity_patch_data(found)})
    else:
        show(*maturity_screen(found, key), work=work)


@app.verb("game-day")
def game_day(context: verbs.Context, key: Key, patch: Patch = False, as_json: AsJson = False) -> None:
    """Say whether a promotion stands in the next quarter's game-day plan, and make the patch that enters it.

    The plan is the file that the profile names, at the head of the tracked branch. What stands there already, or
    is drilled each quarter, is never entered twice: then --patch prints nothing on stdout and says so on stderr, exit
    code 0; 1 where only a person can enter it.
    """
    from prr_pipeline.control.game_days import PlanState, plan_entry, words_of
    from prr_pipeline.reports.after_ga_screen import game_day_data, game_day_screen

    work = invocation(context).reading()
    entry = plan_entry(work, key)
    if patch:
        _print_patch(entry.patch, f"{words_of(entry)}.")
        raise verbs.Exit(1 if entry.state is PlanState.BY_HAND else 0)
    if as_json:
        print_json({"clock": clock_data(work), **game_day_data(entry)})
    else:
        show(*game_day_screen(entry), work=work)


def _print_patch(patch: bytes, otherwise: str) -> None:
    """The patch on stdout and nothing else: line ends are part of it. Without one a sentence on stderr."""
    if not patch:
        complain(otherwise)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(patch)
    sys.stdout.buffer.flush()
