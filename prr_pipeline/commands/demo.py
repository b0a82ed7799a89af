"""`prr demo`: the whole path in minutes, on a sample monorepo and a clock that runs 10,080 times as fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Without the Dagster UI in a browser.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Where it lives; else a fresh temporary folder.")] = None,
    port: Annotated[int, typer.Option(help="The port of the Dagster UI.", min=1, max=65535)] = 3000,
    factor: Annotated[int, typer.Option(help="How many times as fast as real time.", min=1)] = 10_080,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the folder afterwards.")] = False,
) -> None:
    """Promote sample endpoints through four weeks in about seven minutes, with an alert that rolls one back."""
    from prr_pipeline.demo.run import run_demo

    raise typer.Exit(run_demo(headless=headless, folder=folder, port=port, factor=factor, keep=keep))
