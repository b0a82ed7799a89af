"""The council's agenda, now: `prr agenda`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, clock_data, invocation, print_json, show

app = verbs.Group()


class AgendaFormat(StrEnum):
    """How the agenda is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


@app.verb()
def agenda(
    context: verbs.Context,
    form: Annotated[AgendaFormat, verbs.Option("--format", help="How it is written.")] = AgendaFormat.TEXT,
    output: Annotated[Path | None, verbs.Option(help="Write it to this file instead of stdout.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what the council has to look at: who is called, what waits for people, what expires and what is due.

    As the Dagster asset shows it; nothing is recorded. Exit code 0: all of it could be told. 2: something is unknown.
    """
    from prr_pipeline.commands.report_file import Format, written_to
    from prr_pipeline.control.agenda import look_ahead

    work = invocation(context).reading()
    found = look_ahead(work)
    form = AgendaFormat.JSON if as_json else form
    with written_to(output, Format.MARKDOWN):
        if form is AgendaFormat.JSON:
            from prr_pipeline.reports.agenda_screen import agenda_data

            print_json({"clock": clock_data(work), **agenda_data(found)})
        elif form is AgendaFormat.MARKDOWN:
            from prr_pipeline.reports.agenda_page import agenda_markdown

            verbs.echo(agenda_markdown(found))
        else:
            from prr_pipeline.reports.agenda_screen import agenda_screen

            show(*agenda_screen(found), work=work)
    raise verbs.Exit(2 if found.unknown else 0)
