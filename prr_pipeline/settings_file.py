"""Where the settings are: finding the file is quick, and needs nothing that reading it does."""

from __future__ import annotations

import os
from pathlib import Path

from prr_pipeline.errors import PrrError

FILE_NAME = "prr.toml"
VARIABLE = "PRR_SETTINGS"


class SettingsError(PrrError):
    """Every fault of a settings file, one line each."""


def find_settings(given: Path | None = None, start: Path | None = None) -> Path | None:
    """The settings file: the one given, else ``PRR_SETTINGS``, else the nearest upward; None without any."""
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            raise SettingsError(f"The settings file {named} does not exist; give another or unset {VARIABLE}.")
        return named.resolve()
    here = (start or Path.cwd()).resolve()
    return next((folder / FILE_NAME for folder in (here, *here.parents) if (folder / FILE_NAME).is_file()), None)
