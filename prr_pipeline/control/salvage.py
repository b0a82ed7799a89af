"""Settings for a rollback: what a lowering needs of a file whose faults elsewhere must not stand in its way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.settings import (
    ClockSettings,
    FlagSettings,
    LedgerSettings,
    Settings,
    load_settings,
)
from prr_pipeline.settings_faults import contradictions
from prr_pipeline.settings_file import SettingsError, find_settings

_NEEDED: Mapping[str, type[BaseModel]] = {"flags": FlagSettings, "ledger": LedgerSettings, "clock": ClockSettings}
_HEADER = re.compile(r"^(?=[ \t]*\[)", re.MULTILINE)
_NAME = re.compile(r"[ \t]*\[{1,2}[ \t]*[\"']?([A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class FlagsOnlyWorkplace(Workplace):
    """A workplace whose settings do not tell where the ledger is, or what time it is there."""

    @cached_property
    def ledger(self) -> Ledger:
        raise PrrError("the settings file is at fault about the ledger or its clock")


def connect_to_lower(settings_file: Path | None) -> tuple[Workplace, str]:
    """The workplace for a lowering, and what is wrong with its settings; empty if nothing is.

    Raises `PrrError` when there are no settings, or when they do not tell for sure where the flags are.
    """
    path = find_settings(settings_file)
    if path is None:
        return connect(settings_file), ""
    try:
        return Workplace(load_settings(path)), ""
    except SettingsError as fault:
        return _salvaged(path, fault), str(fault)


def _salvaged(path: Path, fault: SettingsError) -> Workplace:
    """What is sound of the file. A section that may stand under a wrong name is not taken to be left out."""
    try:
        data, broken = _parts(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise fault from None
    sound = _sound(path.resolve().parent, data)
    settings = _settings(path.resolve().parent, sound)
    lost = {name for name in _NEEDED if name in broken or _is_lost(name, data, sound, broken)}
    if "flags" in lost:
        raise SettingsError(f"{fault}\nIt does not tell where the flags are, so nothing was lowered: mend it first.")
    clock = settings.clock
    if any(contradictions(clock.kind, clock.path, settings.flags.backend, None)):
        return FlagsOnlyWorkplace(settings.model_copy(update={"clock": ClockSettings()}))
    return FlagsOnlyWorkplace(settings) if lost else Workplace(settings)


def _parts(text: str) -> tuple[dict[str, Any], set[str]]:
    """The sections by name, and the names of those that are no TOML; an empty name for one that has none.

    A file that is no TOML as a whole is read header by header.
    """
    try:
        return tomllib.loads(text), set()
    except tomllib.TOMLDecodeError:
        pass
    data: dict[str, Any] = {}
    broken: set[str] = set()
    for part in _HEADER.split(text):
        try:
            broken |= _merge(data, tomllib.loads(part))
        except tomllib.TOMLDecodeError:
            header = _NAME.match(part)
            broken.add(header[1] if header else "")
    return data, broken


def _merge(data: dict[str, Any], part: Mapping[str, Any]) -> set[str]:
    """Lay one part's keys beside the others'; the names of the sections in which a key is there twice."""
    twice = set()
    for name, value in part.items():
        before = data.setdefault(name, value)
        if before is value:
            continue
        if not isinstance(before, dict) or not isinstance(value, dict) or before.keys() & value.keys():
            twice.add(name)
        else:
            before.update(value)
    return twice


def _sound(root: Path, data: Mapping[str, Any]) -> dict[str, Any]:
    """The sections that have no fault of their own."""
    found = {}
    for name in data.keys() - {"root"}:
        with suppress(ValidationError):
            _settings(root, {name: data[name]})
            found[name] = data[name]
    return found


def _settings(root: Path, sections: Mapping[str, Any]) -> Settings:
    """Settings of these sections. A lowering reads no repository, so one that is at fault is left empty."""
    least = {"repository": {"path": ".", "profile": "none"}}
    return Settings.model_validate({**least, **sections, "root": root})


def _is_lost(name: str, data: Mapping[str, Any], sound: Mapping[str, Any], broken: Iterable[str]) -> bool:
    """Whether the file may say something about a section that cannot be read, or stands under a wrong name."""
    if name in data and name not in sound:
        return True
    if isinstance(data.get(name), dict) and (name != "flags" or "options" in data[name]):
        return False
    if any(other not in Settings.model_fields for other in broken):
        return True
    keys = set(_NEEDED[name].model_fields)
    strangers = (value for other, value in data.items() if other not in Settings.model_fields)
    return any(isinstance(value, dict) and keys & set(value) for value in strangers)
