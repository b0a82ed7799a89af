"""`prr init`: look at a repository, and write what a first deployment needs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.checklist import Profile, Repository
from prr_pipeline.commands.invocation import invocation, print_json, show
from prr_pipeline.commands.progress import progress

app = verbs.Group()


class InitFormat(StrEnum):
    """How it says what it saw."""

    TERMINAL = "terminal"
    JSON = "json"


@app.verb()
def init(
    context: verbs.Context,
    repository: Repository = None,
    profile: Profile = None,
    dry_run: Annotated[bool, verbs.Option("--dry-run", help="Write nothing; say what would be written.")] = False,
    form: Annotated[InitFormat, verbs.Option("--format", help="How to write it.")] = InitFormat.TERMINAL,
) -> None:
    """Survey a repository, draft prr.toml and .prr/profile.yaml, and say how the lines stand today.

    Nothing that is there is overwritten, and nothing of the repository is run. Exit code 0: done. 3: nothing was
    written, or not all of it.
    """
    from prr_pipeline.control.forecast import Forecaster
    from prr_pipeline.control.init_files import file_drafts
    from prr_pipeline.control.initialising import look
    from prr_pipeline.reports.init_drafts import drafts
    from prr_pipeline.reports.init_settings import settings_text

    looked = look(repository, profile, invocation(context).settings_file)
    filed = file_drafts(looked.repository, drafts(looked), dry_run=dry_run)
    forecaster = Forecaster(looked.place(settings_text(looked)))
    with progress(len(forecaster.subjects)) as advance:
        for _ in forecaster.judge():
            advance()
    if form is InitFormat.JSON:
        from prr_pipeline.reports.init_report import init_data

        print_json(init_data(looked, filed, forecaster.forecast))
    else:
        from prr_pipeline.reports.init_report import init_screen

        show(init_screen(looked, filed, forecaster.forecast))
