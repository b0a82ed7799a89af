"""The command line `prr`: its verbs, its global options, and how it speaks of a fault."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from prr_pipeline.commands import adopt, audit, checklist, demo, doctor, gate, init, orders, promotions, signing
from prr_pipeline.commands.invocation import Invocation, complain
from prr_pipeline.errors import PrrError

USAGE_EXIT = 3
"""A wrong option exits like every other fault: 2 says that a line is unknown."""


class PrrGroup(TyperGroup):
    """A group whose faults are one sentence each on stderr."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the global options."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except Exception as fault:
            _mark_usage(fault)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; a `PrrError` and a fault of the file system become a sentence and exit code 3."""
        try:
            return super().invoke(ctx)
        except PrrError as fault:
            complain(str(fault))
            raise typer.Exit(fault.exit_code) from None
        except BrokenPipeError:
            raise
        except OSError as fault:
            place = f" {fault.filename}" if fault.filename else ""
            complain(f"The file system refused{place}: {fault.strerror or type(fault).__name__}.")
            raise typer.Exit(PrrError.exit_code) from None
        except Exception as fault:
            _mark_usage(fault)
            raise


app = typer.Typer(
    name="prr",
    cls=PrrGroup,
    help="Production-readiness reviews and progressive rollouts: check, sign, watch, roll back.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (init, checklist, promotions, signing, adopt, orders, gate, audit, doctor, demo):
    app.add_typer(module.app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"prr {version('prr-pipeline')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    settings: Annotated[
        Path | None, typer.Option(help="The deployment's prr.toml; else PRR_SETTINGS, else the nearest one upward.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Production-readiness reviews and progressive rollouts: check, sign, watch, roll back."""
    context.obj = Invocation(settings)


def main() -> None:
    """Run `prr`. Garbage in circles is looked for seldom: a large specification is a million objects and none of it.

    Nor does pydantic look through all that is installed for plug-ins of its own, which takes longer than a judgement.
    """
    gc.set_threshold(200_000, 20, 50)
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


def _mark_usage(fault: Exception) -> None:
    """Give Typer's fault of a wrong option or argument our exit code; leave every other one alone."""
    if not isinstance(fault, typer.Exit | typer.Abort) and hasattr(fault, "exit_code") and hasattr(fault, "show"):
        fault.exit_code = USAGE_EXIT


if __name__ == "__main__":
    main()
