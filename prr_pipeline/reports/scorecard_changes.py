"""What a change did to readiness, on the scorecard: a table of changes above all else, each leading to its line."""

from __future__ import annotations

from dataclasses import field

from prr_pipeline.control.checking import Checked
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.changes import Change
from prr_pipeline.reports.change_words import count_words, kind_words, ordered, path_words, place_words, verdict_words
from prr_pipeline.reports.scorecard_lines import mark, shown, worded
from prr_pipeline.reports.tally import ChangeTally, Tally

_SIGNS = {0: "✓", 1: "✗", 2: "?"}
_STYLES = {0: "ready", 1: "not-ready", 2: "not-known"}
_HEAD = "".join(f'<th scope="col">{name}</th>' for name in ("Change", "Line", "Before and after", "Why"))


@dataclass(slots=True)
class ChangeTable:
    """Collects the changes of each subject, by the number of its part on the page."""

    _changes: list[tuple[int, str, Change]] = field(default_factory=list)

    def add(self, one: Checked, number: int) -> None:
        """Take in one subject's changes."""
        if one.compared is not None:
            name = one.report.subject.name
            self._changes += [(number, name, change) for change in ordered(one.compared.changes)]

    def page_part(self, tally: Tally) -> str:
        """The part of the page; empty where nothing was compared."""
        since = tally.since
        if since is None:
            return ""
        alone = tally.subjects == 1
        rows = "".join(_row("" if alone else f"s{number}-", name, change) for number, name, change in self._changes)
        table = (
            '<div class="wide"><table><caption>Lines that stand otherwise than at the base</caption>'
            f"<thead><tr>{_HEAD}</tr></thead><tbody>{rows}</tbody></table></div>\n"
        )
        return _words(since, tally.exit_code) + (table if rows else "") + _subjects(since)


def _words(since: ChangeTally, code: int) -> str:
    verdict = mark(verdict_words(code), _STYLES[code], _SIGNS[code])
    return (
        f'<h2 id="changes">Since {shown(since.base.ref)}</h2>\n<p class="marks">{verdict}</p>\n'
        f'<p class="soft">Against the merge base, commit <code>{shown(since.base.commit)}</code>. '
        f"{shown(count_words(since))}.</p>\n"
    )


def _subjects(since: ChangeTally) -> str:
    rows = [f"<li>{shown(subject)} is new</li>" for subject in since.appeared]
    rows += [f"<li>{shown(subject)} is gone</li>" for subject in since.vanished]
    return f"<ul>{''.join(rows)}</ul>\n" if rows else ""


def _row(prefix: str, name: str, change: Change) -> str:
    place = place_words(change)
    at = f'<ul><li><span class="at">{shown(place)}</span></li></ul>' if place else ""
    counted = "" if change.counted else " " + mark("not counted", "idle")
    return (
        f'<tr><td class="marks">{mark(kind_words(change), str(change.after.outcome))}{counted}</td>'
        f'<th scope="row">{shown(name)}<small><a href="#{prefix}{shown(change.line_id)}">{shown(change.line_id)}</a>'
        f"</small></th><td>{shown(path_words(change))}</td><td><p>{worded(change.why)}</p>{at}</td></tr>\n"
    )
