"""A large monorepo of the second sample's shape: its service `care` again and again, each copy with much more code.

A copy has its routes, migrations, tests, two events in the registry, a page for each, a job and a package of its SDK.
What fills it up is the sample's own code under other names: it is parsed and followed like any other.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from benchmarks.monorepo import commit

SERVICE = "care"
_WORD = re.compile(r"(?<![A-Za-z])(?:care(?![a-z])|CARE(?![A-Z]))")
_OURS = re.compile(r"(?<![A-Za-z])(?:care(?![a-z])|CARE_CHECK)")
_FILLED_FROM = ("src/services/check-in.service.ts", "src/db/check-in.repository.ts", "src/services/reminder.service.ts")
_RENAMED = re.compile(r"\b(CheckInService|CheckInRepository|ReminderService|NewCheckIn|recordedPayload|present)\b")
FILES_OF_A_SERVICE = 80
"""Files that fill one copy up, beside those of the sample."""


def grow(root: Path, megabytes: int) -> int:
    """Add copies of the service, as one commit, until the TypeScript at ``root`` has that size; returns how many."""
    size, copies = _typescript_bytes(root), 0
    while size < megabytes * 10**6:
        size += _add(root, copies)
        copies += 1
    commit(root, f"Add {copies} services")
    return copies


def named(at: int) -> str:
    """The name of a copy: careaa, careab and so on, a word in every place where the sample's service is named."""
    return f"{SERVICE}{chr(97 + at // 26)}{chr(97 + at % 26)}"


def _add(root: Path, at: int) -> int:
    """One copy; returns the bytes of its TypeScript."""
    name = named(at)
    service, contracts = root / "services" / name, root / "packages/contracts/src/events"
    _copy(root / "services" / SERVICE, service, at)
    _copy(root / "packages/sdk-care", root / f"packages/sdk-{name}", at)
    _fill(service)
    pages = root / "apps/docs/content"
    for page in (f"services/{SERVICE}.mdx", f"sdk/{SERVICE}.mdx"):
        (pages / page.replace(SERVICE, name)).write_text(_renamed((pages / page).read_text(), at))
    for page in sorted((pages / "reference/events").glob(f"{SERVICE}.*.mdx")):
        page.with_name(page.name.replace(SERVICE, name, 1)).write_text(_renamed(page.read_text(), at))
    (contracts / f"{name}.ts").write_text(_renamed((contracts / f"{SERVICE}.ts").read_text(), at))
    _row(contracts / "index.ts", r"^import \{ careCheckIn.*\n", at)
    _row(contracts / "index.ts", r'^  "care\..*\n', at)
    _row(contracts / "names.generated.ts", r"^  CARE_.*\n", at)
    _row(root / "services/jobs/src/jobs/registry.ts", r'^  \{\n    id: "close-overdue(?:.*\n)+?  \},\n', at)
    _row(root / "ops/contexts.yaml", r"^  care: .*\n", at)
    return _typescript_bytes(service)


def _copy(source: Path, target: Path, at: int) -> None:
    shutil.copytree(source, target)
    for path in target.rglob("*"):
        if path.is_file():
            path.write_text(_renamed(path.read_text(), at))


def _renamed(text: str, at: int) -> str:
    """The text of the sample's service as that of a copy."""
    return _WORD.sub(lambda found: named(at) if found[0].islower() else named(at).upper(), text)


def _row(path: Path, pattern: str, at: int) -> None:
    """Repeat what matches in a registry, the first time it stands there, under the copy's names."""
    text = path.read_text()
    rows = list(re.finditer(pattern, text, re.MULTILINE))
    if not rows:
        raise SystemExit(f"{path} holds nothing like {pattern!r} any more; mend benchmarks/platform_monorepo.py.")
    ours = [row for row in rows if _OURS.search(row[0])]
    added = "".join(_renamed(row[0], at).replace('id: "close', f'id: "{named(at)}-close') for row in ours)
    end = ours[-1].end()
    path.write_text(text[:end] + added + text[end:])


def _fill(service: Path) -> None:
    """Code that the service's own code resembles, each file with other names."""
    texts = [(service / path).read_text() for path in _FILLED_FROM]
    folder = service / "src" / "domain"
    folder.mkdir()
    for file in range(FILES_OF_A_SERVICE):
        parts = [_RENAMED.sub(rf"\g<1>{file:02}{part}", text) for part, text in enumerate(texts)]
        imports = dict.fromkeys(line for part in parts for line in part.splitlines() if line.startswith("import "))
        bodies = [re.sub(r"^import .*\n", "", part, flags=re.MULTILINE) for part in parts]
        (folder / f"rules-{file:02}.ts").write_text("\n".join([*imports, *bodies]))


def _typescript_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.ts*"))
