"""`prr doctor`: is everything there that a deployment needs?"""

from __future__ import annotations

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, invocation, print_json, show

app = verbs.Group()


@app.verb()
def doctor(context: verbs.Context, as_json: AsJson = False) -> None:
    """Look at settings, repository, roster, tools, flags, ledger, head, alerts, calendars, services. Changes nothing.

    Exit code 0: no fault. 1: a fault was found.
    """
    from prr_pipeline.control.doctoring import FAULT, diagnose

    found = diagnose(invocation(context).settings_file)
    faults = sum(one.word == FAULT for one in found)
    if as_json:
        print_json({"faults": faults, "findings": [one.as_data() for one in found]})
    else:
        from prr_pipeline.reports.listings import doctor_screen

        show(doctor_screen(found))
    raise verbs.Exit(1 if faults else 0)
