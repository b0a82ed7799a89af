"""A person's orders: `prr advance`, `prr hold`, `prr resume`, `prr rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import By, Key, Reason, complain, invocation, show
from prr_pipeline.commands.scopes import DependsOn, Everything, Service, Team, announce
from prr_pipeline.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prr_pipeline.control.emergency import Halted, Scope
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.workplace import Workplace

app = verbs.Group()

OneKey = Annotated[str | None, verbs.Argument(help="The promotion, such as createGrant:ga; or give a scope.")]


@app.verb()
def advance(context: verbs.Context, key: Key, by: By, reason: Reason) -> None:
    """Record that you want the next rung now. It opens no gate and hurries none: the rung is run once all are open."""
    from prr_pipeline.control.explain import explain
    from prr_pipeline.control.orders import Order, request_advance
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    work = invocation(context).workplace()
    request_advance(work, key, order)
    show(cell(f"Recorded. {key}: {explain(work, key).next_step}."), work=work)


@app.verb()
def hold(
    context: verbs.Context,
    by: By,
    reason: Reason,
    key: OneKey = None,
    everything: Everything = False,
    service: Service = None,
    team: Team = None,
    depends_on: DependsOn = None,
    lower: Annotated[bool, verbs.Option("--lower", help="Bring the flags of the scope to off as well.")] = False,
) -> None:
    """Keep the present rung until a person resumes. The dwell clock goes on.

    With a scope it stops the line: nothing in it rises, promotions that are opened later included.
    """
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.orders import hold as give
    from prr_pipeline.control.scopes import scope_asked
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    scope = scope_asked(everything, service, team, depends_on)
    if (key is None) == (scope is None):
        raise Refused("Name one promotion, or give --all, --service, --team or --depends-on; one of the two.")
    if key is not None and lower:
        raise Refused(f"--lower goes with a scope; one promotion is brought to off by `prr rollback {key}`.")
    if key is None:
        _stop(context, scope, order, lower)
        return
    work = invocation(context).workplace()
    back: list[str] = []
    state = give(work, key, order, lambda one: back.append(one.words))
    words = f"{key} is held at {state.exposure.name}. Lift it with: prr resume {key} --by YOU --reason WHY"
    show(cell(words), *map(cell, back), work=work)


@app.verb()
def resume(
    context: verbs.Context,
    by: By,
    reason: Reason,
    key: OneKey = None,
    scope: Annotated[
        str | None,
        verbs.Option(help="Release the line: all, service:S, team:T, depends-on:SUBJECT or a promotion's key."),
    ] = None,
) -> None:
    """Lift a hold, a step down or a drift; after a roll back, start the next attempt once it is signed.

    With --scope it releases the line: each promotion is judged afresh, and only those whose gates allow it go on.
    """
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.restarting import resume_with_records
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    if (key is None) == (scope is None):
        raise Refused("Name one promotion to lift its own hold, or give --scope to release the line; one of the two.")
    work = invocation(context).workplace()
    if key is None:
        _release(work, scope or "", order)
        return
    state = resume_with_records(work, key, order)
    words = f"{key} goes on from {state.exposure.name}, attempt {state.attempt}."
    if state.latch is not None:
        words = f"{key} is still held by {state.latch.by} ({state.latch.cause}); that takes a resume of its own."
    show(cell(words), work=work)


@app.verb()
def rollback(
    context: verbs.Context,
    by: By,
    reason: Reason,
    keys: Annotated[list[str] | None, verbs.Argument(help="The promotions, such as createGrant:ga.")] = None,
    everything: Everything = False,
    service: Service = None,
    team: Team = None,
    depends_on: DependsOn = None,
    step_down: Annotated[
        bool, verbs.Option("--step-down", help="To the last good rung instead of off; needs the ledger.")
    ] = False,
    flag_key: Annotated[list[str] | None, verbs.Option(help="A flag by its own key; may be given again.")] = None,
) -> None:
    """Bring promotions to off, their dependants with them. Works with the ledger, Dagster and the network down.

    Exit code 0 only when every flag was read back low; 1 else. What could not be recorded is said.
    """
    from prr_pipeline.control.emergency import Wanted, roll_back_anyhow, step_down_recorded
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.salvage import connect_to_lower
    from prr_pipeline.control.scopes import scope_asked

    order = Order(by, reason)
    scope = scope_asked(everything, service, team, depends_on)
    work, faults = connect_to_lower(invocation(context).settings_file)
    if faults:
        complain(f"{faults}\nA rollback goes on without what is at fault.")
    if step_down and (scope or flag_key or not keys):
        raise Refused("--step-down takes promotion keys; it goes with neither --all nor another scope nor --flag-key.")
    if step_down:
        halted = step_down_recorded(work, keys or [], order)
    else:
        halted = roll_back_anyhow(work, Wanted(tuple(keys or ()), tuple(flag_key or ()), scope), order, announce)
    _report(work, halted)


def _stop(context: verbs.Context, scope: Scope | None, order: Order, lower: bool) -> None:
    """Stop the line for a scope. With a lowering it goes on without what is at fault, as a roll back does."""
    from prr_pipeline.control.line_orders import stop_line
    from prr_pipeline.control.salvage import connect_to_lower
    from prr_pipeline.control.scopes import in_words
    from prr_pipeline.reports.screen import cell

    asked = invocation(context)
    work, faults = connect_to_lower(asked.settings_file) if lower else (asked.workplace(), "")
    if faults:
        complain(f"{faults}\nA lowering goes on without what is at fault.")
    if scope is None:
        raise Refused("A stop needs a scope: --all, --service, --team or --depends-on.")
    done = stop_line(work, scope, order, lower=lower, announce=announce)
    if not done.unrecorded:
        back = [cell(one.words) for one in done.called_back]
        way_out = f"Release it with: prr resume --scope '{done.scope}' --by YOU --reason WHY"
        show(
            cell(f"The line is stopped for {done.scope}: {in_words(done.keys)}. {way_out}", "bold red"),
            *back,
            work=work,
        )
    if lower:
        _report(work, done.halted, f"Not recorded: {done.unrecorded}" if done.unrecorded else "")


def _release(work: Workplace, scope: str, order: Order) -> None:
    from prr_pipeline.commands.progress import progress
    from prr_pipeline.control.line_orders import release_line
    from prr_pipeline.control.scopes import scope_named
    from prr_pipeline.reports.fleet_screen import release_screen
    from prr_pipeline.reports.screen import cell

    reviewed = release_line(work, scope_named(scope), order, progress)
    gone = sum(one.goes_on for one in reviewed)
    words = f"The line is released for {scope}: {gone} of {len(reviewed)} stopped promotions go on."
    show(cell(words), *([release_screen(reviewed)] if reviewed else []), work=work)


def _report(work: Workplace, halted: Sequence[Halted], unrecorded: str = "") -> None:
    """Show what was lowered and say what could not be recorded. Exit code 1 unless every flag was read back low."""
    from prr_pipeline.reports.halts import rollback_screen

    show(rollback_screen(halted), work=work)
    if unrecorded:
        complain(unrecorded)
    for one in halted:
        if one.unrecorded:
            complain(f"Not recorded for {one.key or one.flag_key}: {one.unrecorded}")
    if not all(one.confirmed for one in halted):
        complain("Not every flag shows it yet; run the command again, and look at the flag back end.")
    if unrecorded or not all(one.confirmed for one in halted):
        raise verbs.Exit(1)
