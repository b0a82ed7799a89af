"""`prr demo`: the whole path in minutes, on a sample monorepo and a clock that runs 10,080 times as fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a person: no UI to look at, a JSON summary at the end.")
    ] = False,
    folder: Annotated[Path | None, typer.Option(help="Where it lives; else .demo here.")] = None,
    port: Annotated[int, typer.Option(help="The port of the Dagster UI; 0 takes a free one.", min=0, max=65535)] = 3000,
    factor: Annotated[int, typer.Option(help="How many times as fast as real time.", min=1)] = 10_080,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the folder afterwards.")] = False,
) -> None:
    """Promote sample endpoints through four weeks in about seven minutes, with an alert that rolls one back."""
    from prr_pipeline.demo.run import run_demo

    raise typer.Exit(run_demo(headless=headless, folder=folder, port=port, factor=factor, keep=keep))
