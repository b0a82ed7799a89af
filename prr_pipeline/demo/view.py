"""The demo's terminal: a live table of the five promotions, or plain lines where there is no terminal."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from prr_pipeline.control.explain import explain
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.endings import ABOUT, KEYS
from prr_pipeline.reports.text import plain
from prr_pipeline.rollout.state import PromotionState

_COLOURS = {
    "climbing": "green",
    "rolled back": "red",
    "stepped down": "magenta",
    "cooling down": "magenta",
    "lowering": "red",
    "in review": "yellow",
    "held by an alert": "yellow",
    "watching": "cyan",
}
_LINES = 9


class View:
    """Shows the story as it goes. Use as a context manager."""

    def __init__(self, work: Workplace, url: str) -> None:
        self.work, self.url = work, url
        self.console = Console(stderr=True)
        self.lines: deque[str] = deque(maxlen=_LINES)
        self._live = (
            Live(console=self.console, refresh_per_second=4, transient=False) if self.console.is_terminal else None
        )
        self._last: dict[str, str] = {}

    def __enter__(self) -> View:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def log(self, line: str) -> None:
        """Say one thing that happened."""
        stamped = f"{datetime.now(UTC):%H:%M:%S}  {plain(line)}"
        self.lines.append(stamped)
        if self._live is None:
            self.console.print(stamped, markup=False, highlight=False)

    def refresh(self) -> None:
        """Read where everything stands and draw it; without a terminal, a line per change."""
        world = read_world(self.work)
        rows = []
        for key in KEYS:
            state = world.states.get(key)
            if state is None:
                continue
            found = explain(self.work, key, world)
            rows.append((state, found.status, found.next_step))
            if self._live is None and self._last.get(key) != f"{state.exposure.name} {found.status}":
                self._last[key] = f"{state.exposure.name} {found.status}"
                self.log(f"{key}: {state.exposure.name}, {found.status}")
        if self._live is not None:
            self._live.update(self._screen(rows))

    def _screen(self, rows: list[tuple[PromotionState, str, str]]) -> Group:
        table = Table(
            expand=True, title=f"time-lapse {self.work.clock.factor} x, policy time {self.work.now():%a %d %b %Y %H:%M}"
        )
        for column in ("promotion", "exposure", "status", "next"):
            table.add_column(column, overflow="fold")
        for state, status, step in rows:
            bar = "█" * (state.rung + 1) + "·" * (state.ladder.top - state.rung)
            title = Text.assemble((state.key, "bold"), "\n", (ABOUT[state.key], "dim"))
            shown = Text(f"{bar} {state.exposure.name}", style="blue")
            table.add_row(title, shown, Text(status, style=_COLOURS.get(status, "white")), plain(step)[:160])
        log = Panel(Text("\n".join(self.lines)), title="what happened")
        return Group(table, log, Text(f"Dagster: {self.url}   (Ctrl-C ends the demo)", style="bold"))
