"""Where the documentation has a page about a line of the checklists."""

from __future__ import annotations

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.lines import Line


@dataclass(frozen=True, slots=True)
class LinePages:
    """The pages ``docs/lines/<id>.md``. ``base``: the absolute URL of the folder that holds ``docs``, if published.

    A line of an own checklist has the page that its entry names, or none.

    Raises `PrrError` for a base that is no http(s) URL: it becomes a link in pages that people click.
    """

    base: str | None = None

    def __post_init__(self) -> None:
        if self.base is not None and not self.base.startswith(("https://", "http://")):
            raise PrrError(f"--docs-url is {self.base!r}; give an absolute URL that begins with https:// or http://.")

    def path(self, line: Line) -> str | None:
        """The page's path in the repository of this project; of an own line the URL that it names, or None."""
        return line.page if line.is_own else f"docs/lines/{line.id}.md"

    def url(self, line: Line) -> str | None:
        """The page's absolute URL; None when there is no page, or nobody said where the pages are published."""
        if line.is_own:
            return line.page
        return f"{self.base.rstrip('/')}/{self.path(line)}" if self.base else None
