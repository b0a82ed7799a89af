"""What happened: `prr alerts`, `prr audit verify`, `prr audit log`."""

from __future__ import annotations

from typing import Annotated

import typer

from prr_pipeline.commands.invocation import AsJson, clock_data, invocation, print_json, show

app = typer.Typer()
audit = typer.Typer(help="Who approved what, on which evidence, and that nobody changed the record.")
app.add_typer(audit, name="audit")


@app.command()
def alerts(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(help="Only those that count for this promotion.")] = None,
    firing: Annotated[bool, typer.Option("--firing", help="Only those that fire now.")] = False,
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


@audit.command()
def verify(context: typer.Context, as_json: AsJson = False) -> None:
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
    raise typer.Exit(0 if result.is_sound else 1)


@audit.command()
def log(
    context: typer.Context,
    stream: Annotated[str | None, typer.Argument(help="A promotion's key, subject/<kind>/<name>, or system.")] = None,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type; may be given again.")
    ] = None,
    after: Annotated[int, typer.Option(help="Only events with a higher number.")] = 0,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest so many.")] = None,
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
