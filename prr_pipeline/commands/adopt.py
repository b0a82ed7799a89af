"""`prr adopt`: take over a maturity that operations already have, on the council's signed word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import By, complain, confirmed, invocation, lasting, show
from prr_pipeline.subjects import parse_target

app = verbs.Group()
adopt = verbs.Group("adopt", help="Take over a maturity that operations already have, on the council's signed word.")
app.add_command(adopt)
File = Annotated[Path, verbs.Argument(help="The statement that prr adopt prepare wrote.")]


@adopt.verb()
def prepare(
    context: verbs.Context,
    operations: Annotated[str, verbs.Option(help="Operation ids, with commas between them.")],
    target: Annotated[str, verbs.Option(help="beta or ga: the maturity that they already have.")],
    statement: Annotated[str, verbs.Option(help="Why, in words: since when, and what shows it.")],
    commit: Annotated[str | None, verbs.Option(help="Where the specification says so; else the tracked ref.")] = None,
    context_name: Annotated[
        str | None, verbs.Option("--context", help="The bounded context of operations that the context map leaves out.")
    ] = None,
    expires: Annotated[str, verbs.Option(help="How long it may wait for signatures.")] = "30d",
    out: Annotated[
        Path | None, verbs.Option(help="The file to write; else adoption-<target>-<nonce>.json here.")
    ] = None,
) -> None:
    """Write the statement for the council to sign. Refused when the specification there says less than the target."""
    from prr_pipeline.control.adopting import AdoptRequest, prepare_adoption, rows_of
    from prr_pipeline.reports.records import record_screen
    from prr_pipeline.reports.screen import cell

    work = invocation(context).workplace()
    names = tuple(name.strip() for name in operations.split(",") if name.strip())
    lasts = lasting(expires)
    request = AdoptRequest(names, parse_target(target), statement, commit, context_name)
    path = prepare_adoption(work, request if lasts is None else replace(request, lasts=lasts), out)
    show(
        record_screen(rows_of(path)), cell(f"Written to {path}. Each council member: prr adopt sign {path}"), work=work
    )


@adopt.verb()
def sign(
    context: verbs.Context,
    file: File,
    ssh_key: Annotated[Path, verbs.Option("--key", help="The SSH private key, or a public one whose agent signs.")],
    person: Annotated[str, verbs.Option(help="Your id in the roster.")],
    yes: Annotated[bool, verbs.Option("--yes", help="Sign without asking.")] = False,
) -> None:
    """Show the statement and put your signature beside it."""
    from prr_pipeline.control.adopting import rows_of, sign_adoption
    from prr_pipeline.reports.records import record_screen
    from prr_pipeline.reports.screen import cell

    work = invocation(context).workplace()
    show(record_screen(rows_of(file)), work=work)
    if not yes and not confirmed("Sign this?"):
        complain("Nothing was signed.")
        raise verbs.Exit(1)
    path = sign_adoption(work, file, person, ssh_key)
    show(cell(f"Signed: {path}. Once the quorum has signed: prr adopt apply {file}"))


@adopt.verb()
def apply(context: verbs.Context, file: File, by: By) -> None:
    """Verify every signature and the specification, and write one maturity_adopted event per operation. Once."""
    from prr_pipeline.control.adopting import apply_adoption
    from prr_pipeline.reports.screen import cell

    work = invocation(context).workplace()
    done = apply_adoption(work, file, by)
    names = ", ".join(done.operations)
    show(cell(f"{names}: {done.target} is recorded, signed by {', '.join(done.signers)}."), work=work)
