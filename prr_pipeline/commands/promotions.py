"""Promotions: `prr open`, `prr status`, `prr show`, `prr document`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.checklist import Kind, Profile, promotion_named, subject_named
from prr_pipeline.commands.invocation import AsJson, By, Key, clock_data, invocation, print_json, show
from prr_pipeline.subjects import Subject, parse_target

app = verbs.Group()


@app.verb("open")
def open_(
    context: verbs.Context,
    subject: Annotated[str, verbs.Argument(help="What moves: createGrant, or 'service identity'.")],
    target: Annotated[str, verbs.Option(help="beta or ga.")],
    by: By,
    kind: Kind = "operation",
    flag_key: Annotated[str | None, verbs.Option(help="Its flag, never used before; else <name>-<target>.")] = None,
    context_name: Annotated[
        str | None, verbs.Option("--context", help="The bounded context that owns it; else as the context map says.")
    ] = None,
    author: Annotated[
        str | None, verbs.Option(help="Who wrote it, by id in the roster, and is never counted; else --by.")
    ] = None,
    depends_on: Annotated[
        list[str] | None,
        verbs.Option(help="A subject that it needs; may be given again. Else as the context map says."),
    ] = None,
) -> None:
    """Open a promotion with the ladder of the settings, and make its flag at off."""
    from prr_pipeline.control.opening import OpenRequest, open_promotion
    from prr_pipeline.reports.screen import cell

    needs = None if depends_on is None else [Subject.parse(text) for text in depends_on]
    named = subject_named(subject, kind)
    request = OpenRequest(named, parse_target(target), by, flag_key, context_name, author, needs)
    work = invocation(context).workplace()
    state = open_promotion(work, request)
    rungs = ", ".join(state.ladder.names)
    show(
        cell(f"{state.key} is open: flag {state.flag_key} at off, ladder {rungs}.", "green"),
        cell(f"Next: prr check {state.key}; prr document {state.key} --write; then the council: prr sign {state.key}"),
        work=work,
    )


@app.verb()
def status(
    context: verbs.Context,
    ended: Annotated[bool, verbs.Option("--ended", help="Promotions that are over too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show where every promotion stands, and the open notices."""
    from prr_pipeline.control.status import overview

    work = invocation(context).reading()
    found = overview(work, ended=ended)
    if as_json:
        from prr_pipeline.reports.json_status import overview_data

        print_json({"clock": clock_data(work), **overview_data(found)})
        return
    from prr_pipeline.reports.listings import status_screen

    show(status_screen(found), work=work)


@app.verb("show")
def show_(
    context: verbs.Context,
    key: Key,
    output: Annotated[Path | None, verbs.Option(help="Write one HTML page with a plot to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain one promotion: exposure, gates, next step and when, what opens it, decisions, sign-offs, history."""
    from prr_pipeline.control.status import detail

    work = invocation(context).reading()
    found = detail(work, key)
    if output is not None:
        from prr_pipeline.commands.report_file import Format, written_to
        from prr_pipeline.reports.promotion_page import promotion_page

        with written_to(output, Format.HTML):
            verbs.echo(promotion_page(found, work.clock.factor), nl=False)
    if as_json:
        from prr_pipeline.reports.json_status import detail_data

        print_json({"clock": clock_data(work), **detail_data(found)})
        return
    from prr_pipeline.reports.promotion_screen import promotion_screen

    show(promotion_screen(found), work=work)


@app.verb()
def document(
    context: verbs.Context,
    what: Annotated[str, verbs.Argument(help="A promotion, such as createGrant:ga, or a subject.")],
    target: Annotated[str | None, verbs.Option(help="beta or ga; else that of the promotion.")] = None,
    write: Annotated[
        bool, verbs.Option("--write", help="Write it into the working tree instead of printing it.")
    ] = False,
    tree: Annotated[Path | None, verbs.Option(help="The working tree; else the settings' repository.")] = None,
    kind: Kind = "operation",
    profile: Profile = None,
    as_json: AsJson = False,
) -> None:
    """Render the PRR document. What people wrote in it stays byte for byte.

    An open promotion is judged at the tracked ref, anything else in the working tree.
    """
    from prr_pipeline.control.documenting import document_page
    from prr_pipeline.reports.screen import cell

    subject, wanted = promotion_named(what, kind, target)
    page = document_page(invocation(context).settings(), subject, wanted, tree, profile)
    written = page.write() if write else None
    if as_json:
        text = page.data.decode("utf-8", "replace")
        print_json({"document": text, "path": page.path, "state": page.state, "target": str(page.target),
                    "written": str(written) if written else None})  # fmt: skip
    elif written is not None:
        show(cell(f"Written: {written}. Commit it, so that it is filed.", "green"))
    else:
        verbs.echo(page.data.decode("utf-8", "replace"), nl=False)
