"""`prr demo`: the whole path in minutes, on a sample monorepo and a clock that runs 10,080 times as fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from prr_pipeline.commands import verbs

app = verbs.Group()


@app.verb()
def demo(
    headless: Annotated[
        bool, verbs.Option("--headless", help="Without a person: no UI to look at, a JSON summary at the end.")
    ] = False,
    folder: Annotated[Path | None, verbs.Option(help="Where it lives; else .demo here.")] = None,
    port: Annotated[int, verbs.Option(help="The port of the Dagster UI; 0 takes a free one.", min=0, max=65535)] = 3000,
    factor: Annotated[int, verbs.Option(help="How many times as fast as real time.", min=1)] = 10_080,
    keep: Annotated[bool, verbs.Option("--keep", help="Keep the folder afterwards.")] = False,
) -> None:
    """Promote sample endpoints through four weeks in about seven minutes, with an alert that rolls one back."""
    from prr_pipeline.demo.run import run_demo

    raise verbs.Exit(run_demo(headless=headless, folder=folder, port=port, factor=factor, keep=keep))
