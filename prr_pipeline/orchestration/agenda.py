"""The council's agenda on its Dagster page: tables, which are drawn in place, and the whole as Markdown to copy.

The tables are narrow: the page is, and cuts off what is wider.
"""

from __future__ import annotations

import dagster as dg

from prr_pipeline.control.agenda import Agenda
from prr_pipeline.orchestration.metadata import Metadata, table
from prr_pipeline.reports.agenda_page import agenda_markdown
from prr_pipeline.reports.agenda_sections import due_words
from prr_pipeline.reports.text import plain

_WAITING = ("promotion", "status", "next")
_PEOPLE = ("person", "name", "why")
_DUE = ("about", "what", "when")


def agenda_metadata(agenda: Agenda) -> Metadata:
    """How many promotions wait, which, who is called, what else is due, and what could not be told."""
    called = [(one.person, one.name, ", ".join(one.reasons)) for one in agenda.roll_call.attendees]
    return {
        "promotions": dg.MetadataValue.int(len(agenda.items)),
        "open_promotions": dg.MetadataValue.int(agenda.open_count),
        "waiting": _waiting(agenda),
        "roll_call": table(_PEOPLE, called),
        "due": _due(agenda),
        "unknown": dg.MetadataValue.text(plain("; ".join(agenda.unknown)) or "nothing"),
        "agenda": dg.MetadataValue.md(agenda_markdown(agenda)),
    }


def _waiting(agenda: Agenda) -> dg.TableMetadataValue | dg.TextMetadataValue:
    rows = [(one.state.key, f"{one.status}, {one.state.exposure.name}", one.headline) for one in agenda.items]
    return table(_WAITING, rows) if rows else dg.MetadataValue.text("no promotion waits for people")


def _due(agenda: Agenda) -> dg.TableMetadataValue | dg.TextMetadataValue:
    rows = [(point.about, point.what, due_words(point)) for topic in agenda.topics for point in topic.points]
    return table(_DUE, rows) if rows else dg.MetadataValue.text("nothing else is due")
