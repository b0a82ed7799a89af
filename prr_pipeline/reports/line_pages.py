"""Where the documentation has a page about a line of the checklists."""

from __future__ import annotations

from dataclasses import dataclass

from prr_pipeline.errors import PrrError


@dataclass(frozen=True, slots=True)
class LinePages:
    """The pages ``docs/lines/<id>.md``. ``base``: the absolute URL of the folder that holds ``docs``, if published.

    Raises `PrrError` for a base that is no http(s) URL: it becomes a link in pages that people click.
    """

    base: str | None = None

    def __post_init__(self) -> None:
        if self.base is not None and not self.base.startswith(("https://", "http://")):
            raise PrrError(f"--docs-url is {self.base!r}; give an absolute URL that begins with https:// or http://.")

    def path(self, line_id: str) -> str:
        """The page's path in the repository of this project."""
        return f"docs/lines/{line_id}.md"

    def url(self, line_id: str) -> str | None:
        """The page's absolute URL; None when nobody said where the pages are published."""
        return f"{self.base.rstrip('/')}/{self.path(line_id)}" if self.base else None
