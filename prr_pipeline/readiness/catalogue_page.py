"""Writes docs/checklist.md and docs/lines/ from the catalogue, and what its files hold in a form read quickly.

``python -m prr_pipeline.readiness.catalogue_page docs``
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from prr_pipeline.readiness.catalogue import Catalogue, Line, load_catalogue
from prr_pipeline.readiness.line_page import EXAMPLES, asked_of, judged_by, line_pages, read_examples
from prr_pipeline.readiness.overlays import SPEAKERS
from prr_pipeline.readiness.parameters import references
from prr_pipeline.readiness.registry import checks
from prr_pipeline.readiness.shipped_yaml import FOLDERS, READ, written

_INTRODUCTION = """# The checklists, line by line

Written from `prr_pipeline/readiness/catalogue/*.yaml`; edit those, then run
`python -m prr_pipeline.readiness.catalogue_page docs`. The heading of each line leads to its own page.

A line is **met**, **unmet**, **unknown**, **not applicable** or **pending** (after GA, not yet due). Unknown never
passes. An unmet line may be justified for a time; it stays unmet and is shown so. A line without a check is judged by a
person: it is unknown until somebody signs an attestation, and then shown as attested, not checked.

| Kind | How it is judged |
|---|---|
| A | from the repository at the commit and from artefacts of CI bound to its code |
| D | the same, once the project declares a file or convention |
| X | from a service outside, such as a code host or a pager |
| P | by a person; the pipeline checks that a fresh, signed statement exists |
| A+P and so on | both parts must hold |

A line of your own is one more entry in a YAML file of the same form; a check of your own is a function with
`@check("name", Parameters)` in a package that registers its module under the entry points `prr_pipeline.checks`;
[extending.md](extending.md) shows both. A parameter `{profile: key}` is filled from the profile in force; a key that
nobody declares makes the line unknown.
"""


def page(catalogue: Catalogue) -> str:
    """The whole page as Markdown."""
    parts = [_INTRODUCTION, "## Checks\n", "| Check | Version | What holds when it is met |", "|---|---|---|"]
    parts += [f"| `{name}` | {check.version} | {check.summary} |" for name, check in checks().items()]
    parts += ["| `all_of`, `any_of` | | All, or any, of several checks hold. |", ""]
    for section in dict.fromkeys(line.section for line in catalogue.lines):
        parts.append(f"## {section}\n")
        for line in catalogue.lines:
            if line.section == section:
                parts += _entry(line)
    return "\n".join(parts).rstrip() + "\n"


def _entry(line: Line) -> Iterator[str]:
    yield f"### {line.number} [`{line.id}`](lines/{line.id}.md)\n"
    yield f"> {line.line}\n"
    yield f"{line.why}\n"
    yield f"- Asked of: {asked_of(line)}; kind {line.kind}; {judged_by(line)}."
    yield f"- Evidence: {line.evidence}"
    yield f"- If it is unmet: {line.if_unmet}"
    if line.statement:
        by = f" (by {SPEAKERS[line.attested_by]})" if line.attested_by else ""
        yield f"- To attest{by}: “{line.statement}”"
    keys = sorted(set(references(line.parameters)))
    if keys:
        yield f"- Profile keys: {', '.join(f'`{key}`' for key in keys)}"
    if not line.counts:
        yield "- Shown, but not part of the report digest that people sign nor of the exit code."
    yield ""


def main(folder: Path) -> None:
    """Write both into the folder of the documentation; pages of lines that are no more are taken away."""
    for shipped in FOLDERS:
        (shipped / READ).write_bytes(written(shipped))
    catalogue = load_catalogue()
    (folder / "checklist.md").write_text(page(catalogue), "utf-8")
    pages = line_pages(catalogue, read_examples(folder / "lines" / EXAMPLES))
    for old in (folder / "lines").glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / "lines" / name).write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m prr_pipeline.readiness.catalogue_page FOLDER_OF_THE_DOCUMENTATION")
    main(Path(sys.argv[1]))
