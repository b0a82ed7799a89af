"""The council's agenda as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.control.agenda import Agenda
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.reports.agenda_sections import roll_call_lines, topic_lines
from prr_pipeline.reports.text import markdown


def agenda_markdown(agenda: Agenda) -> str:
    """The roll call, how many promotions wait, each with what is shut and what opens it, and what else is due."""
    waiting = f"{len(agenda.items)} of {agenda.open_count} open promotions wait for people."
    lines = [f"# API Council, {agenda.at:%Y-%m-%d}", "", *roll_call_lines(agenda), "", "## Promotions", "", waiting, ""]
    for item in agenda.items:
        lines += _item(item)
    lines += [f"- **{markdown(key)}** cannot be judged: {markdown(why)}" for key, why in agenda.faults.items()]
    lines += topic_lines(agenda)
    return "\n".join(lines)


def _item(one: Explanation) -> Iterator[str]:
    yield f"### {markdown(one.state.key)} ({markdown(one.status)}, {markdown(one.state.exposure.name)})"
    yield ""
    yield markdown(f"Next: {one.headline}")
    yield ""
    for gate in one.gates:
        if way := way_out(one.state, gate):
            yield f"- **{markdown(gate.name)}** {gate.state}: {markdown(gate.why)} *{markdown(way)}*"
    yield ""
