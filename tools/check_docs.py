"""Checks the documentation: `python tools/check_docs.py` names each fault and exits with 1, or says that all is well.

Every page can be found, every link leads somewhere, what is generated is fresh, and commands, settings, events
and decisions are all written down.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import click
from pydantic import BaseModel

from prr_pipeline.cli import app
from prr_pipeline.ledger.events import EventType
from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.catalogue_page import page
from prr_pipeline.readiness.line_page import EXAMPLES, line_pages, read_examples
from prr_pipeline.settings import Settings
from prr_pipeline.settings_platforms import PlatformSettings

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = ("Context", "Decision", "Consequences")
STATUSES = ("accepted", "superseded")
_FENCE = re.compile(r"^( {0,3})(`{3,}|~{3,}).*?^\1\2`*~*[ \t]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.MULTILINE)


def pages(root: Path) -> list[Path]:
    """The Markdown pages that people read: in the root, below docs/, and the README of each example."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/*/README.md")])


def links(text: str) -> list[str]:
    """The targets of the links and pictures of a page, without those in code."""
    return _LINK.findall(re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text)))


@cache
def anchors(path: Path) -> frozenset[str]:
    """The anchors that a page's headings make: lower case, blanks as hyphens, a number for each further equal one."""
    found: list[str] = []
    for heading in _HEADING.findall(_FENCE.sub("", path.read_text("utf-8"))):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        anchor = words.replace(" ", "-")
        same = found.count(anchor)
        found.append(f"{anchor}-{same}" if same else anchor)
    return frozenset(found)


def broken_links(root: Path) -> Iterator[str]:
    """Relative links that lead to no file, out of the project, or to no heading."""
    for page_path in pages(root):
        name = page_path.relative_to(root)
        for target in links(page_path.read_text("utf-8")):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            to = (page_path.parent / file).resolve() if file else page_path
            if not to.is_relative_to(root):
                yield f"{name}: the link {target} leads out of the project"
            elif not to.exists():
                yield f"{name}: the link {target} leads nowhere"
            elif anchor and to.suffix == ".md" and anchor not in anchors(to):
                yield f"{name}: {to.relative_to(root)} has no heading for the link {target}"


def lost_pages(root: Path) -> Iterator[str]:
    """Pages below docs/ that neither docs/index.md nor the README links; those of the lines hang on the checklist."""
    linked = set()
    checklist = root / "docs" / "checklist.md"
    for start in (root / "README.md", root / "docs" / "index.md", *([checklist] if checklist.exists() else [])):
        if not start.exists():
            yield f"{start.relative_to(root)} is missing"
            continue
        linked |= {(start.parent / to.partition("#")[0]).resolve() for to in links(start.read_text("utf-8"))}
    for path in sorted(root.glob("docs/**/*.md")):
        if path.resolve() not in linked and path != root / "docs" / "index.md":
            yield f"{path.relative_to(root)} is linked neither from docs/index.md nor from README.md"


def stale_checklist(root: Path) -> Iterator[str]:
    """Pages of the checklist that are not what the catalogue says."""
    catalogue, folder = load_catalogue(), root / "docs" / "lines"
    wanted = {root / "docs" / "checklist.md": page(catalogue)}
    wanted |= {folder / name: text for name, text in line_pages(catalogue, read_examples(folder / EXAMPLES)).items()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    stale += [path for path in folder.glob("*.md") if path not in wanted]
    if stale:
        yield (
            f"{stale[0].relative_to(root)} is not what the catalogue says; "
            "run `python -m prr_pipeline.readiness.catalogue_page docs`"
        )


def commands(words: str = "prr", group: click.Group = app) -> list[str]:
    """Every command of `prr`, those of groups with both words."""
    found, context = [], click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        found += commands(f"{words} {name}", command) if isinstance(command, click.Group) else [f"{words} {name}"]
    return found


def unmentioned(root: Path, name: str, words: Collection[str]) -> Iterator[str]:
    """Names that a page does not have in code marks or in an example."""
    path = root / name
    text = path.read_text("utf-8") if path.exists() else ""
    for word in words:
        if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text):
            yield f"{name} does not mention {word}"


def unknown_commands(root: Path) -> Iterator[str]:
    """Verbs of `prr` that a page, a message or a checklist names though there is no such verb."""
    verbs = {command.split()[1] for command in commands()}
    texts = [*pages(root), *root.glob("prr_pipeline/**/*.py"), *root.glob("prr_pipeline/**/*.yaml")]
    for path in sorted(texts):
        for verb in sorted(set(re.findall(r"`prr ([a-z][a-z-]*)", path.read_text("utf-8"))) - verbs):
            yield f"{path.relative_to(root)} names `prr {verb}`, which does not exist"


def settings_keys(model: type[BaseModel] = Settings) -> list[str]:
    """Every key that `prr.toml` may hold, those of tables in tables too; those of services have a page of their own."""
    found = [name for name in model.model_fields if name != "root"]
    for field in model.model_fields.values():
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel) and part is not PlatformSettings:
                found += settings_keys(part)
    return list(dict.fromkeys(found))


def faulty_decisions(root: Path) -> Iterator[str]:
    """Decision records without their parts, and numbers that are missing or used twice."""
    paths = sorted(root.glob("docs/decisions/*.md"))
    for number, path in enumerate(paths, 1):
        name = path.relative_to(root)
        text = path.read_text("utf-8")
        if not path.name.startswith(f"{number:04d}-"):
            yield f"{name}: the number {number:04d} was to come here; numbers have no gaps and are used once"
        if not re.match(rf"# {re.escape(path.name[:4])}\. \S", text):
            yield f"{name} does not begin with the heading `# {path.name[:4]}. Title`"
        status = re.search(r"^Status: (\w+)", text, re.MULTILINE)
        if status is None or status[1] not in STATUSES:
            yield f"{name} has no line `Status:` with {' or '.join(STATUSES)}"
        for section in SECTIONS:
            if not re.search(rf"^## {section}\n+[^\s#]", text, re.MULTILINE):
                yield f"{name} has no section `## {section}` with words in it"


def faults(root: Path) -> list[str]:
    """Everything that is wrong with the documentation below a folder."""
    return [
        *lost_pages(root),
        *broken_links(root),
        *stale_checklist(root),
        *unmentioned(root, "docs/cli.md", commands()),
        *unmentioned(root, "docs/ledger.md", [f"`{kind}`" for kind in EventType]),
        *unmentioned(root, "docs/deployment.md", settings_keys()),
        *unmentioned(root, "docs/platforms.md", settings_keys(PlatformSettings)),
        *unknown_commands(root),
        *faulty_decisions(root),
    ]


def main() -> int:
    """Print each fault; returns the exit code."""
    found = faults(ROOT)
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"{len(pages(ROOT))} pages: every one can be found, every link leads somewhere.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
