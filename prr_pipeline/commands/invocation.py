"""What every verb starts from: the settings that were asked for, the workplace they name, and where output goes."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from prr_pipeline.commands import verbs
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from prr_pipeline.control.workplace import Workplace
    from prr_pipeline.settings import Settings

AsJson = Annotated[bool, verbs.Option("--json", help="Print one JSON document on stdout and nothing else.")]
By = Annotated[str, verbs.Option("--by", help="Who gives the order: your name, as the ledger shall keep it.")]
Reason = Annotated[str, verbs.Option("--reason", help="Why, in a few words; an empty reason is refused.")]
Key = Annotated[str, verbs.Argument(help="The promotion, such as createGrant:ga.")]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of `prr`. ``settings_file`` is the global option ``--settings``."""

    settings_file: Path | None

    def settings(self) -> Settings | None:
        """The settings, or None when there are none anywhere. Raises `PrrError` for broken ones."""
        from prr_pipeline.settings_file import find_settings

        path = find_settings(self.settings_file)
        if path is None:
            return None
        from prr_pipeline.settings import load_settings

        return load_settings(path)

    def workplace(self) -> Workplace:
        """The workplace for verbs that act. Raises `PrrError` without settings."""
        from prr_pipeline.control.workplace import connect

        return connect(self.settings_file)

    def reading(self) -> Workplace:
        """The workplace for verbs that only read: its ledger cannot be written. Raises `PrrError` without settings."""
        from prr_pipeline.control.reading import ReadingWorkplace

        return ReadingWorkplace(self.workplace().settings)


def invocation(context: verbs.Context) -> Invocation:
    """The invocation of the command that runs."""
    found = context.find_object(Invocation)
    return found if found is not None else Invocation(None)


def show(*parts: RenderableType, work: Workplace | None = None) -> None:
    """Print on the terminal; under a time-lapse clock, say so first."""
    from rich.text import Text

    from prr_pipeline.reports.screen import stdout, time_lapse

    screen = stdout()
    if work is not None and (banner := time_lapse(_factor(work))):
        screen.print(banner)
    for part in parts:
        screen.print(part, soft_wrap=isinstance(part, Text))


def _factor(work: Workplace) -> int:
    """The clock's factor; 1 when the clock itself is broken, which must not hide what was done."""
    try:
        return work.clock.factor
    except PrrError:
        return 1


def print_json(data: object) -> None:
    """Print one JSON document. Everything outside ASCII is escaped, so nothing in it acts on a terminal."""
    import json

    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def complain(sentence: str) -> None:
    """Say on stderr what went wrong. Line breaks stay, other control characters go."""
    from prr_pipeline.reports.text import plain

    for line in sentence.split("\n"):
        verbs.echo(plain(line), err=True)


def confirmed(question: str) -> bool:
    """Ask on stderr. Anything but yes is a no, and so is the end of the input."""
    verbs.echo(f"{question} [y/N] ", err=True, nl=False)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def lasting(text: str | None) -> timedelta | None:
    """The duration in an option such as ``60d``; None when it was not given. Raises `PrrError` for another form."""
    from prr_pipeline.settings_values import parse_duration

    try:
        return None if text is None else parse_duration(text)
    except ValueError as fault:
        raise PrrError(f"{fault}.") from None


def clock_data(work: Workplace) -> dict[str, Any]:
    """Policy time and its factor, for every JSON document of a deployment."""
    from prr_pipeline.canonical import instant_text

    return {"factor": work.clock.factor, "now": instant_text(work.now())}
