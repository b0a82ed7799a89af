"""What a remembered report answers: everything but the evidence that two runs must have in common."""

from __future__ import annotations

import os

from prr_pipeline.canonical import digest
from prr_pipeline.control.edition import edition
from prr_pipeline.control.places import Place
from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.check_modules import check_modules
from prr_pipeline.readiness.declared import form_json
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.registry import checks_of
from prr_pipeline.subjects import Target


def run_name(place: Place, facts: Facts, target: Target | None, section: str | None) -> str | None:
    """The name of a run's memory; None for one that is not remembered as a whole.

    What people signed counts for a while only, and a plug-in's check may read what nobody notes.
    """
    if facts.attestations or facts.justifications or facts.after_ga is not None:
        return None
    if not all(map(_is_ours, place.catalogue.lines)):
        return None
    lines = [form_json(line) for line in place.catalogue.lines]
    return digest([*_common(place), str(target), section, lines])


def list_name(place: Place) -> str:
    """The name under which the subjects that a place lists are kept."""
    return digest(["subjects", *_common(place)])


def spec_name(place: Place) -> str:
    """The name under which a place's parsed specification is kept."""
    return digest(["specification", *_common(place)])


def _common(place: Place) -> list[object]:
    profile = place.profile
    conventions = [profile.name, profile.keys.plain(), sorted(profile.basis.items())]
    # As bytes: the name of a folder need not be UTF-8.
    return [os.fsencode(place.repository).hex(), edition(), digest(conventions)]


def _is_ours(line: Line) -> bool:
    return line.check is None or all(name in check_modules() for name, _ in checks_of(line.check, line.parameters))
