"""The command line `prr`: its verbs, its global options, and how it speaks of a fault."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from pathlib import Path
from typing import Any

import click

from prr_pipeline.commands.invocation import Invocation, complain
from prr_pipeline.commands.verbs import Context, Exit, Group, echo
from prr_pipeline.errors import PrrError

USAGE_EXIT = 3
"""A wrong option exits like every other fault: 2 says that a line is unknown."""
INTERRUPTED_EXIT = 130
"""As a shell tells of a program that Ctrl-C ended."""


class _Prr(Group):
    """The group of all verbs, whose faults are one sentence each on stderr."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Context:
        """Read the global options."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except KeyboardInterrupt:
            raise Exit(INTERRUPTED_EXIT) from None
        except click.ClickException as fault:
            fault.show()
            raise Exit(USAGE_EXIT) from None
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise _refused(fault) from None

    def invoke(self, ctx: Context) -> Any:
        """Run the verb; a `PrrError` and a fault of the file system become a sentence and exit code 3."""
        try:
            return super().invoke(ctx)
        except PrrError as fault:
            complain(str(fault))
            raise Exit(fault.exit_code) from None
        except (KeyboardInterrupt, EOFError):
            raise Exit(INTERRUPTED_EXIT) from None
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise _refused(fault) from None
        except click.ClickException as fault:
            fault.show()
            raise Exit(USAGE_EXIT) from None


def _refused(fault: OSError) -> Exit:
    """Tell a fault of the file system."""
    place = f" {fault.filename}" if fault.filename else ""
    complain(f"The file system refused{place}: {fault.strerror or type(fault).__name__}.")
    return Exit(PrrError.exit_code)


def _print_version(context: Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        echo(f"prr {version('prr-pipeline')}")
        sys.stdout.flush()
        context.exit()


@click.pass_context
def _root(context: Context, settings: Path | None) -> None:
    context.obj = Invocation(settings)


app = _Prr(
    "prr",
    help="Production-readiness reviews and progressive rollouts: check, sign, watch, roll back.",
    callback=_root,
    params=[
        click.Option(
            ["--settings"],
            type=click.Path(path_type=Path),
            help="The deployment's prr.toml; else PRR_SETTINGS, else the nearest one upward.",
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version.",
        ),
    ],
)
for _module, _names in (
    ("init", ("init",)),
    ("checklist", ("check", "lines", "subjects")),
    ("promotions", ("open", "status", "show", "document")),
    ("signing", ("sign", "attest", "justify", "accept-sample")),
    ("orders", ("advance", "hold", "resume", "rollback")),
    ("drill", ("drill",)),
    ("after_ga", ("feedback", "maturity", "game-day")),
    ("agenda", ("agenda",)),
    ("audit", ("alerts",)),
    ("rehearsal", ("rehearse", "replay")),
    ("doctor", ("doctor",)),
    ("demo", ("demo",)),
    ("adopt", ("adopt",)),
    ("gate", ("gate",)),
    ("audit", ("audit",)),
):
    app.expect(f"prr_pipeline.commands.{_module}", _names)


def main() -> None:
    """Run `prr`. Garbage in circles is looked for seldom: a large specification is a million objects and none of it.

    Nor does pydantic look through all that is installed for plug-ins of its own, which takes longer than a judgement.
    """
    if sys.stderr is None:  # closed by whoever started us: nobody can be told
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is used until the end
    if sys.stdout is None:
        complain("Stdout is closed, so nobody can be told what was found; lead it to a file or to /dev/null.")
        sys.exit(PrrError.exit_code)
    gc.set_threshold(2_000_000, 20, 50)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        app()
    except SystemExit as end:
        _leave(end.code)
        raise


def _leave(code: object) -> None:
    """End at once, where nothing is left to do: taking a large specification apart takes longer than reading it."""
    if threading.active_count() > 1 or not isinstance(code, int | None):
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return  # nobody reads any more: Python says so in its own way
    os._exit(code or 0)


if __name__ == "__main__":
    main()
