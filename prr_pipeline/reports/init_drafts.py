"""The files that `prr init` drafts: conventions always, settings where no deployment has any yet."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.control.init_files import Draft
from prr_pipeline.control.initialising import Looked
from prr_pipeline.readiness.profile import OVERLAY_PATH
from prr_pipeline.reports.init_profile import profile_text
from prr_pipeline.reports.init_settings import GITIGNORE, settings_text
from prr_pipeline.settings_file import FILE_NAME

IGNORED = ".prr/.gitignore"


def drafts(looked: Looked) -> Sequence[Draft]:
    """The files to write, by their paths in the repository. A deployment elsewhere has its own."""
    profile = Draft(OVERLAY_PATH, profile_text(looked), adds=looked.has_overlay)
    if not looked.is_ours:
        return (profile,)
    return Draft(FILE_NAME, settings_text(looked)), Draft(IGNORED, GITIGNORE), profile
