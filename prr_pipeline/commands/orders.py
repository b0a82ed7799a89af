"""A person's orders: `prr advance`, `prr hold`, `prr resume`, `prr rollback`."""

from __future__ import annotations

from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import By, Key, Reason, complain, invocation, show
from prr_pipeline.errors import Refused

app = verbs.Group()


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
def hold(context: verbs.Context, key: Key, by: By, reason: Reason) -> None:
    """Keep the present rung until a person resumes. The dwell clock goes on."""
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.orders import hold as give
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    work = invocation(context).workplace()
    state = give(work, key, order)
    show(cell(f"{key} is held at {state.exposure.name}. Lift it with: prr resume {key}"), work=work)


@app.verb()
def resume(context: verbs.Context, key: Key, by: By, reason: Reason) -> None:
    """Lift a hold, a step down or a drift; after a roll back, start the next attempt once it is signed."""
    from prr_pipeline.control.orders import Order
    from prr_pipeline.control.restarting import resume_with_records
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    work = invocation(context).workplace()
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
    everything: Annotated[bool, verbs.Option("--all", help="Every open promotion.")] = False,
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
    from prr_pipeline.reports.halts import rollback_screen

    order = Order(by, reason)
    work, faults = connect_to_lower(invocation(context).settings_file)
    if faults:
        complain(f"{faults}\nA rollback goes on without what is at fault.")
    if step_down and (everything or flag_key or not keys):
        raise Refused("--step-down takes promotion keys; it goes with neither --all nor --flag-key.")
    if step_down:
        halted = step_down_recorded(work, keys or [], order)
    else:
        halted = roll_back_anyhow(work, Wanted(tuple(keys or ()), tuple(flag_key or ()), everything), order)
    show(rollback_screen(halted), work=work)
    for one in halted:
        if one.unrecorded:
            complain(f"Not recorded for {one.key or one.flag_key}: {one.unrecorded}")
    if not all(one.confirmed for one in halted):
        complain("Not every flag shows it yet; run the command again, and look at the flag back end.")
        raise verbs.Exit(1)
