"""Gates for CI and for deploys: `prr gate maturity`, `prr gate deploy`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.checklist import Output, Profile, Repository
from prr_pipeline.commands.invocation import AsJson, invocation, print_json, show
from prr_pipeline.commands.report_file import Format, written_to

app = verbs.Group()
gate = verbs.Group("gate", help="Gates for CI: what a change, or a deploy, may not do without the ledger's word.")
app.add_command(gate)


class GateFormat(StrEnum):
    """How a gate says what it found."""

    TERMINAL = "terminal"
    JSON = "json"
    GITHUB = "github"


@gate.verb()
def maturity(
    context: verbs.Context,
    base: Annotated[str, verbs.Option(help="What the change is to be merged into, such as origin/main.")],
    commit: Annotated[str, verbs.Option(help="The head of the change: a commit, branch or tag.")] = "HEAD",
    profile: Profile = None,
    repository: Repository = None,
    as_json: AsJson = False,
    form: Annotated[GateFormat, verbs.Option("--format", help="How to write it.")] = GateFormat.TERMINAL,
    output: Output = None,
) -> None:
    """Refuse each maturity that a change raises in the specification and the ledger does not record.

    Exit code 0: nothing rose without it. 1: something did. 2: nothing did, but something cannot be judged.
    3: nothing could be compared.
    """
    from prr_pipeline.control.maturity_gate import judge_rises

    settings = invocation(context).settings()
    report = judge_rises(settings, base, head=commit, repository=repository, profile=profile)
    form = GateFormat.JSON if as_json else form
    with written_to(output, Format(form)):
        if form is GateFormat.JSON:
            from prr_pipeline.reports.maturity_report import maturity_data

            print_json(maturity_data(report))
        elif form is GateFormat.GITHUB:
            from prr_pipeline.reports.maturity_report import maturity_summary

            sys.stdout.writelines(maturity_summary(report))
        else:
            from prr_pipeline.reports.maturity_report import maturity_screen

            show(maturity_screen(report))
    raise verbs.Exit(report.exit_code)


@gate.verb()
def deploy(
    context: verbs.Context,
    tag: Annotated[str, verbs.Argument(help="The release tag, or a range of commits such as main~3..main.")],
    profile: Profile = None,
    repository: Repository = None,
    as_json: AsJson = False,
    form: Annotated[GateFormat, verbs.Option("--format", help="How to write it.")] = GateFormat.TERMINAL,
    output: Output = None,
) -> None:
    """Say whether a release may go to production, by every line of the checklist that is asked of a deploy.

    It is judged at its own commit; services that the settings name are asked; what people signed is read at the
    tracked branch. Exit code 0: it may go. 1: a line is unmet and not justified. 2: none is, but one is unknown, so
    nobody can tell. 3: there is no such release.
    """
    from prr_pipeline.control.deploy_gate import judge_deploy

    verdict = judge_deploy(invocation(context).settings(), tag, repository=repository, profile=profile)
    form = GateFormat.JSON if as_json else form
    with written_to(output, Format(form)):
        if form is GateFormat.JSON:
            from prr_pipeline.reports.deploy_report import deploy_data

            print_json(deploy_data(verdict))
        elif form is GateFormat.GITHUB:
            from prr_pipeline.reports.deploy_report import deploy_summary

            sys.stdout.writelines(deploy_summary(verdict))
        else:
            from prr_pipeline.reports.deploy_report import deploy_screen

            show(deploy_screen(verdict))
    raise verbs.Exit(verdict.exit_code)
