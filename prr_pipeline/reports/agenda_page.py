"""The council's agenda as Markdown."""

from __future__ import annotations

from prr_pipeline.control.agenda import Agenda
from prr_pipeline.reports.text import markdown


def agenda_markdown(agenda: Agenda) -> str:
    """A heading, how many wait, and one item per promotion with what it lacks."""
    waiting = f"{len(agenda.items)} of {agenda.open_count} open promotions wait for people."
    lines = [f"# API Council, {agenda.at:%Y-%m-%d}", "", waiting, ""]
    for item in agenda.items:
        head = f"- **{markdown(item.state.key)}** ({markdown(item.status)}, {item.state.exposure.name})"
        lines.append(f"{head}: {markdown(item.next_step)}")
    lines += [f"- **{markdown(key)}** cannot be judged: {markdown(why)}" for key, why in agenda.faults.items()]
    return "\n".join(lines)
