"""What would happen, and would it have been decided so? `prr rehearse` and `prr replay`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, clock_data, invocation, lasting, print_json, show
from prr_pipeline.commands.progress import progress
from prr_pipeline.errors import PrrError

if TYPE_CHECKING:
    from prr_pipeline.settings import Settings

app = verbs.Group()


@app.verb()
def rehearse(
    context: verbs.Context,
    policy: Annotated[
        Path | None, verbs.Argument(help="A prr.toml, or its policy alone; else the deployment's, else what ships.")
    ] = None,
    alerts: Annotated[
        Path | None, verbs.Option(help="Alerts that fire meanwhile: JSON lines with from, until, name and severity.")
    ] = None,
    metrics: Annotated[
        Path | None, verbs.Option(help="Recorded metrics: a .jsonl or .csv file, or a folder of such.")
    ] = None,
    operation: Annotated[
        str | None, verbs.Option(help="Whose metrics are meant, where they are of several operations.")
    ] = None,
    owner: Annotated[
        str | None, verbs.Option("--context", help="The bounded context, where calendars.owner_zones gives it a zone.")
    ] = None,
    start: Annotated[str | None, verbs.Option(help="A date, or an instant such as 2026-01-31T12:00:00Z.")] = None,
    people_take: Annotated[
        str, verbs.Option(help="How long people take to resume, review and sign: 1d and the like, or never.")
    ] = "1d",
    output: Annotated[Path | None, verbs.Option(help="Write one HTML page with a plot to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run a policy's whole ladder, stability watch and feedback month on a moved clock, in memory.

    Decided as in production. Nothing is read or written but the policy, its calendars, and what the options name.
    """
    from prr_pipeline.control.rehearsal.asked import NEVER, script_for
    from prr_pipeline.control.rehearsal.run import rehearse as run

    settings, source = _policy(context, policy)
    people: timedelta | None = None if people_take == NEVER else lasting(people_take)
    if operation is not None and metrics is None:
        raise PrrError("--operation says whose metrics are meant; give them with --metrics.")
    script = script_for(
        settings, start=start, alerts=alerts, metrics=metrics, operation=operation, people=people, owner=owner
    )
    with progress(script.planned.days, "rehearsing") as advance:
        told = run(script, by_days(advance, script.planned))
    if output is not None:
        from prr_pipeline.commands.report_file import Format, written_to
        from prr_pipeline.reports.rehearsal_page import rehearsal_page

        with written_to(output, Format.HTML):
            verbs.echo(rehearsal_page(told, source), nl=False)
    from prr_pipeline.reports.rehearsal_screen import rehearsal_data, rehearsal_screen

    if as_json:
        print_json({"source": source, **rehearsal_data(told)})
    else:
        show(rehearsal_screen(told))


@app.verb()
def replay(
    context: verbs.Context,
    key: Annotated[str | None, verbs.Argument(help="Only the decisions about this promotion.")] = None,
    against: Annotated[
        Path | None, verbs.Option(help="Another prr.toml: show which decisions would differ under it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make every recorded decision again from its record, and compare byte for byte.

    Exit code 0: all come out as recorded. 1: one does not, and the first is shown. With --against always 0.
    """
    work = invocation(context).reading()
    if against is not None:
        from prr_pipeline.control.rehearsal.asked import policy_in
        from prr_pipeline.control.replaying_against import replay_against
        from prr_pipeline.reports.replay_screen import against_data, against_screen

        changed = replay_against(work, policy_in(against), key)
        if as_json:
            print_json({"clock": clock_data(work), **against_data(changed)})
        else:
            show(against_screen(changed, str(against)), work=work)
        return
    from prr_pipeline.control.replaying import replay as run
    from prr_pipeline.reports.replay_screen import replay_data, replay_screen

    found = run(work, key)
    if as_json:
        print_json({"clock": clock_data(work), **replay_data(found)})
    else:
        show(*replay_screen(found), work=work)
    raise verbs.Exit(0 if found.first is None else 1)


def by_days(advance: Callable[[], None], planned: timedelta) -> Callable[[timedelta], None]:
    """Advance once for each planned day that has gone by."""
    left = iter(range(planned.days))
    gone = 0

    def tell(span: timedelta) -> None:
        nonlocal gone
        for _ in islice(left, max(0, span.days - gone)):
            advance()
        gone = span.days

    return tell


def _policy(context: verbs.Context, path: Path | None) -> tuple[Settings, str]:
    """The settings to rehearse, and what to call them."""
    from prr_pipeline.control.rehearsal.asked import policy_in, shipped_policy

    if path is not None:
        return policy_in(path), str(path)
    found = invocation(context).settings()
    return (found, "this deployment's policy") if found is not None else (shipped_policy(), "the default policy")
