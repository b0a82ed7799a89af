"""What happened: `prr alerts`, `prr audit verify`, `prr audit log`, `prr audit restart-head`."""

from __future__ import annotations

from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import (
    AsJson,
    By,
    Reason,
    clock_data,
    complain,
    confirmed,
    invocation,
    print_json,
    show,
)

app = verbs.Group()
audit = verbs.Group("audit", help="Who approved what, on which evidence, and that nobody changed the record.")
app.add_command(audit)


@app.verb()
def alerts(
    context: verbs.Context,
    key: Annotated[str | None, verbs.Argument(help="Only those that count for this promotion.")] = None,
    firing: Annotated[bool, verbs.Option("--firing", help="Only those that fire now.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the alerts that the ledger knows or that fire now, with the promotions they count for."""
    from prr_pipeline.control.alerting import alerts_now

    work = invocation(context).reading()
    found = alerts_now(work, key, firing=firing)
    if as_json:
        from prr_pipeline.reports.json_status import alerts_data

        print_json({"clock": clock_data(work), **alerts_data(found)})
        return
    from prr_pipeline.reports.listings import alerts_screen

    show(alerts_screen(found), work=work)


@audit.verb()
def verify(context: verbs.Context, as_json: AsJson = False) -> None:
    """Read the whole ledger and verify every link, every fold, the indexes and the signed head.

    Exit code 0: sound. 1: a fault was found.
    """
    from prr_pipeline.control.auditing import verify_ledger

    work = invocation(context).reading()
    result = verify_ledger(work)
    if as_json:
        from prr_pipeline.reports.json_status import audit_data

        print_json(audit_data(result))
    else:
        from prr_pipeline.reports.listings import audit_screen

        show(audit_screen(result), work=work)
    raise verbs.Exit(0 if result.is_sound else 1)


@audit.verb()
def log(
    context: verbs.Context,
    stream: Annotated[str | None, verbs.Argument(help="A promotion's key, subject/<kind>/<name>, or system.")] = None,
    types: Annotated[
        list[str] | None, verbs.Option("--type", help="Only events of this type; may be given again.")
    ] = None,
    after: Annotated[int, verbs.Option(help="Only events with a higher number.")] = 0,
    limit: Annotated[int | None, verbs.Option(min=1, help="Only the newest so many.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the ledger's events in order."""
    from prr_pipeline.control.auditing import events_of

    work = invocation(context).reading()
    found = events_of(work, stream, types or (), after=after, limit=limit)
    if as_json:
        from prr_pipeline.reports.json_status import event_data

        print_json({"clock": clock_data(work), "events": [event_data(event) for event in found]})
        return
    from prr_pipeline.reports.listings import events_screen

    show(events_screen(found), work=work)


@audit.verb("restart-head")
def restart(
    context: verbs.Context,
    by: By,
    reason: Reason,
    yes: Annotated[bool, verbs.Option("--yes", help="Accept it without asking.")] = False,
) -> None:
    """Accept the ledger as it is after a loss or a forgery: show what is accepted, ask, and begin a new signed head.

    Exit code 0: the ledger may raise again, and verifies. 1: you said no, or a fault remains. 3: nothing was done.
    """
    from prr_pipeline.control.auditing import verify_ledger
    from prr_pipeline.control.head_restart import acceptance, restart_head
    from prr_pipeline.control.orders import Order
    from prr_pipeline.reports.listings import audit_screen
    from prr_pipeline.reports.records import record_screen
    from prr_pipeline.reports.screen import cell

    order = Order(by, reason)
    reading = invocation(context).reading()
    shown = acceptance(reading)
    show(record_screen(shown.rows()), audit_screen(verify_ledger(reading)), work=reading)
    if not yes and not confirmed("Accept this as the record from now on?"):
        complain("Nothing was changed.")
        raise verbs.Exit(1)
    work = invocation(context).workplace()
    event = restart_head(work, shown, order)
    show(cell(f"Event {event.seq} says who accepted what, and why. The old head: {event.payload['old_head']}."))
    result = verify_ledger(work)
    show(audit_screen(result))
    fault = work.ledger.may_only_lower or work.ledger.head_fault
    if fault is not None:
        complain(fault)
    raise verbs.Exit(0 if result.is_sound and fault is None else 1)
