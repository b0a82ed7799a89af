"""Say it with your key: `prr sign`, `prr attest`, `prr justify`, `prr accept-sample`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import Key, complain, confirmed, invocation, lasting, show

if TYPE_CHECKING:
    from prr_pipeline.control.signing import Prepared, Signer
    from prr_pipeline.control.workplace import Workplace

app = verbs.Group()
SshKey = Annotated[Path, verbs.Option("--key", help="The SSH private key, or a public one whose agent signs.")]
Who = Annotated[str, verbs.Option("--person", help="Your id in the roster.")]
Attempt = Annotated[int | None, verbs.Option(help="The attempt; after a roll back the next one unless given.")]
Expires = Annotated[str | None, verbs.Option(help="How long it counts, such as 60d; else what the settings say.")]
Tree = Annotated[Path | None, verbs.Option(help="The working tree to write into; else the settings' repository.")]
Yes = Annotated[bool, verbs.Option("--yes", help="Sign without asking.")]
Lines = Annotated[list[str] | None, verbs.Option("--line", help="A line's id or number; may be given again.")]


@app.verb()
def sign(
    context: verbs.Context,
    key: Key,
    ssh_key: SshKey,
    person: Who,
    role: Annotated[
        str | None,
        verbs.Option(help="owning_context, other_context, on_call_lead or council; else by roster and rota."),
    ] = None,
    attempt: Attempt = None,
    rung: Annotated[str | None, verbs.Option(help="Approve one rung only, such as 10%.")] = None,
    decision: Annotated[str, verbs.Option(help="approve or reject.")] = "approve",
    expires: Expires = None,
    tree: Tree = None,
    yes: Yes = False,
) -> None:
    """Judge a promotion at the tracked ref, show what your sign-off binds, and sign exactly that."""
    from prr_pipeline.control.signing import prepare_signoff

    work = invocation(context).workplace()
    signer = _signer(person, ssh_key, expires, attempt)
    prepared = prepare_signoff(work, key, signer, role=role, rung=rung, decision=decision)
    _finish(work, prepared, ssh_key, tree, yes)


@app.verb()
def attest(
    context: verbs.Context,
    key: Key,
    statement: Annotated[str, verbs.Option(help="What you know, in words: what you looked at, and how.")],
    ssh_key: SshKey,
    person: Who,
    line: Lines = None,
    all_open: Annotated[bool, verbs.Option("--all-open", help="Every line that waits for an attestation.")] = False,
    attempt: Attempt = None,
    expires: Expires = None,
    tree: Tree = None,
    yes: Yes = False,
) -> None:
    """State that lines hold which only a person can judge. One record may name many lines."""
    from prr_pipeline.control.claiming import prepare_attestation
    from prr_pipeline.errors import Refused

    if bool(line) == all_open:
        raise Refused("Name lines with --line, or give --all-open; one of the two.")
    work = invocation(context).workplace()
    signer = _signer(person, ssh_key, expires, attempt)
    prepared = prepare_attestation(work, key, signer, line or [], statement, every_open=all_open)
    _finish(work, prepared, ssh_key, tree, yes)


@app.verb()
def justify(
    context: verbs.Context,
    key: Key,
    line: Annotated[list[str], verbs.Option("--line", help="A line's id or number; may be given again.")],
    reason: Annotated[str, verbs.Option(help="Why the unmet line is accepted for now.")],
    author: Annotated[str, verbs.Option(help="Who gives the reason; another person than the signer.")],
    ssh_key: SshKey,
    person: Who,
    attempt: Attempt = None,
    expires: Expires = None,
    tree: Tree = None,
    yes: Yes = False,
) -> None:
    """Approve a reason why an unmet line is accepted. The line is still judged, and shown as justified."""
    from prr_pipeline.control.claiming import prepare_justification

    work = invocation(context).workplace()
    signer = _signer(person, ssh_key, expires, attempt)
    _finish(work, prepare_justification(work, key, signer, line, reason, author), ssh_key, tree, yes)


@app.verb()
def accept_sample(
    context: verbs.Context,
    key: Key,
    reason: Annotated[str, verbs.Option(help="Why too few requests are enough on this rung.")],
    ssh_key: SshKey,
    person: Who,
    expires: Annotated[str | None, verbs.Option(help="How long it counts, such as 5d; else 14 days.")] = None,
    tree: Tree = None,
    yes: Yes = False,
) -> None:
    """Decide, as one of two persons, that the present rung is judged by the few requests that came.

    It holds for this stay on this rung alone, and passes no alert, no regression and nothing that could not be read.
    """
    from prr_pipeline.control.sample_decision import prepare_sample_acceptance

    work = invocation(context).workplace()
    signer = _signer(person, ssh_key, expires, None)
    _finish(work, prepare_sample_acceptance(work, key, signer, reason), ssh_key, tree, yes)


def _signer(person: str, ssh_key: Path, expires: str | None, attempt: int | None) -> Signer:
    from prr_pipeline.control.signing import Signer

    return Signer(person, ssh_key, lasting(expires), attempt)


def _finish(work: Workplace, prepared: Prepared, ssh_key: Path, tree: Path | None, yes: bool) -> None:
    """Show, ask, sign, file, and say which git commands bring it to the tracked ref."""
    from prr_pipeline.control.places import working_tree
    from prr_pipeline.control.signing import sign_and_file
    from prr_pipeline.reports.records import filed_screen, record_screen

    root = working_tree(work, tree)
    show(record_screen(prepared.rows), work=work)
    if not yes and not confirmed("Sign this?"):
        complain("Nothing was signed.")
        raise verbs.Exit(1)
    show(filed_screen(sign_and_file(work, prepared, ssh_key, root), prepared))
