"""Drill the kill switch: `prr drill`."""

from __future__ import annotations

from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, By, Reason, clock_data, invocation, print_json, show

app = verbs.Group()


@app.verb()
def drill(
    context: verbs.Context,
    by: By,
    reason: Reason,
    service: Annotated[
        list[str] | None,
        verbs.Option(help="A service to drill; may be given again. Else every one with an open promotion."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Raise a flag that no application asks for, lower it as a rollback does, read it back, and record it."""
    from prr_pipeline.control.drills import drill as carry_out
    from prr_pipeline.control.orders import Order

    order = Order(by, reason)
    work = invocation(context).workplace()
    found = carry_out(work, service or [], order)
    if as_json:
        rows = [{"flag_key": o.flag_key, "milliseconds": o.milliseconds, "service": o.service} for o in found]
        print_json({"clock": clock_data(work), "drills": rows})
        return
    from prr_pipeline.reports.fleet_screen import drill_screen

    show(drill_screen(found), work=work)
