"""Reads YAML with libyaml, event by event, so that a budget stops it before anything is expanded."""

from __future__ import annotations

import yaml

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.yaml_builder import Builder


def feed(text: str, build: Builder) -> None:
    """Pass every event on. Raises `Unreadable` with a fragment of a sentence, without the file's name."""
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            _feed_event(event, build)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = f" in line {mark.line + 1}" if mark else ""
        raise Unreadable(f"its YAML is broken{place} ({fault.problem or fault.context})") from None
    except (yaml.YAMLError, ValueError) as fault:
        first = (str(fault).splitlines() or [""])[0]
        raise Unreadable(f"its YAML is broken ({first[:100]})") from None


def _feed_event(event: yaml.Event, build: Builder) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, yaml.ScalarEvent):
        build.scalar(event.value, event.implicit[0], event.anchor, event.tag, line)
    elif isinstance(event, yaml.CollectionStartEvent):
        mapping = isinstance(event, yaml.MappingStartEvent)
        build.begin(mapping, event.anchor, event.tag, line)
    elif isinstance(event, yaml.CollectionEndEvent):
        build.end()
    elif isinstance(event, yaml.AliasEvent):
        build.alias(event.anchor or "", line)
    elif isinstance(event, yaml.DocumentStartEvent) and build.done:
        raise Unreadable("it holds several documents; one is expected")
