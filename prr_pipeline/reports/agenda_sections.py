"""The council's agenda beside promotions, as Markdown: the roll call, and a section for each topic."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.control.agenda import Agenda
from prr_pipeline.control.agenda_topics import Point, Topic
from prr_pipeline.reports.text import markdown


def roll_call_lines(agenda: Agenda) -> Iterator[str]:
    """A box to tick for each person who is called, with why."""
    called = agenda.roll_call
    quorum = f" The quorum is {called.quorum}." if called.quorum else ""
    yield "## Roll call"
    yield ""
    yield f"{len(called.attendees)} people are called.{quorum}"
    yield ""
    for one in called.attendees:
        yield f"- [ ] {markdown(one.name)} ({markdown(one.person)}): {markdown(', '.join(one.reasons))}"
    yield from (f"- **Unknown:** {markdown(fault)}" for fault in called.faults)


def topic_lines(agenda: Agenda) -> Iterator[str]:
    """Every topic, those without a point too: then somebody looked."""
    for topic in agenda.topics:
        yield ""
        yield f"## {markdown(topic.title)}"
        yield ""
        yield from _points(topic)


def _points(topic: Topic) -> Iterator[str]:
    yield from (_line(point) for point in topic.points)
    yield from (f"- **Unknown:** {markdown(fault)}" for fault in topic.faults)
    if not topic.points and not topic.faults:
        yield "Nothing is due."


def due_words(point: Point) -> str:
    """When it is due, or that it is overdue and since when; empty where no time is known."""
    at = "" if point.due_at is None else f"{'since' if point.is_overdue else 'by'} {point.due_at:%Y-%m-%d %H:%M}Z"
    return f"overdue {at}".strip() if point.is_overdue else at


def _line(point: Point) -> str:
    when = due_words(point).removeprefix("overdue").strip()
    head = f"- **{markdown(point.about)}**{' **overdue**' if point.is_overdue else ''}"
    return f"{head}: {markdown(point.what)}{f' ({when})' if when else ''}"
