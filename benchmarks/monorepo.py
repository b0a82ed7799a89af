"""A large monorepo for benchmarks: the sample's, with its operation `createGrant` repeated under other names.

Each copy gets a path in the specification, a route file, a pure module, tests, and its row in every registry; every
twenty share a service package.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

SPEC = "apps/docs/api-reference/openapi.yaml"
OF_A_SERVICE = 20
"""Operations that share one service package."""
OF_A_TEST_FILE = 10
TOPICS = ("auth", "scope", "idempotency", "dry-run", "audit", "event")
_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@matter.example", "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@matter.example", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip


def extend(root: Path, operations: int) -> None:
    """Add so many operations to the sample monorepo at ``root``, as one commit."""
    spec = (root / SPEC).read_text()
    block = _between(spec, "    post:\n      operationId: createGrant\n", "  /grants/")
    route = (root / "apps/api/app/v1/grants/route.ts").read_text()
    rule = (root / "apps/api/lib/vesting-schedule.ts").read_text()
    service = (root / "packages/equity-service/src/grants.ts").read_text()
    board = next(line for line in (root / BOARD).read_text().splitlines() if line.startswith("| createGrant "))
    paths, rows, tools, owners = [], [], [], []
    for at in range(operations):
        name, folder = _name(at), f"bench-{at // OF_A_SERVICE:03}-service"
        tool = f"matter_create_grant_{at:04}"
        paths.append(f"  /things_{at:04}:\n{block}".replace("createGrant", name).replace("matter_create_grant", tool))
        rows.append(board.replace("createGrant", name))
        owners.append(f"  {name}: Equity")
        tools.append(_TOOL.format(tool=tool, name=name, at=at))
        _write(root, f"apps/api/app/v1/things_{at:04}/route.ts", _route(route, name, folder, at))
        _write(root, f"apps/api/lib/rules/rule-{at:04}.ts", rule)
    for at in range(0, operations, OF_A_SERVICE):
        _service(root, at, service)
    for at in range(0, operations, OF_A_TEST_FILE):
        names = [_name(each) for each in range(at, min(at + OF_A_TEST_FILE, operations))]
        _write(root, f"apps/api/__tests__/bench-{at:04}.routes.test.ts", _tests(names))
    _insert(root, SPEC, "  /grants:\n", "".join(paths))
    _insert(root, "apps/mcp/src/tools/generated.ts", "  matter_file_annual_report: {", "".join(tools))
    (root / BOARD).write_text((root / BOARD).read_text() + "\n".join(rows) + "\n")
    folders = [f"  {_folder(at)}: Equity\n" for at in range(0, operations, OF_A_SERVICE)]
    _insert(root, "ops/contexts.yaml", "  authority-service:", "".join(folders))
    _insert(root, "ops/contexts.yaml", "  createEntity:", "".join(f"{row}\n" for row in owners))
    commit(root, f"Add {operations} operations")


def commit(root: Path, message: str) -> str:
    """Commit everything; returns the commit's id."""
    for words in (["add", "-A"], ["commit", "-q", "-m", message]):
        _git(root, *words)
    return _git(root, "rev-parse", "HEAD").strip()


def junit(operations: int, *, failed: bool = False) -> str:
    """A report in which every test of the copies passed, or all but the first."""
    cases = [
        f'<testcase classname="apps/api/__tests__/bench-{at - at % OF_A_TEST_FILE:04}.routes.test.ts" '
        f'name="{title}" time="0.01"/>'
        for at in range(operations)
        for title in _titles(_name(at))
    ]
    if failed:
        cases[0] = cases[0].removesuffix("/>") + "><failure message='planted'/></testcase>"
    return f"<testsuites><testsuite name='bench'>{''.join(cases)}</testsuite></testsuites>"


def coverage(root: Path) -> str:
    """Istanbul's summary of every source, at 95 of 100 lines."""
    counts = {"total": 100, "covered": 95, "skipped": 0, "pct": 95}
    row = dict.fromkeys(("lines", "branches", "functions", "statements"), counts)
    found = [
        *root.glob("packages/*/src/**/*.ts"),
        *root.glob("apps/api/lib/**/*.ts"),
        *root.glob("apps/api/app/**/*.ts"),
    ]
    return json.dumps({path.relative_to(root).as_posix(): row for path in sorted(found)})


BOARD = "apps/api/__gates__/slo-board.md"
_TOOL = """  {tool}: {{
    operationId: "{name}",
    description: "Create a grant",
    method: "POST",
    path: "/things_{at:04}",
    minTier: 2,
    annotations: {{ readOnlyHint: false, destructiveHint: false, idempotentHint: true }},
  }},
"""


def _name(at: int) -> str:
    return f"createThing{at:04}"


def _folder(at: int) -> str:
    return f"bench-{at // OF_A_SERVICE:03}-service"


def _route(text: str, name: str, folder: str, at: int) -> str:
    """The POST of the grants' route, on its own service and its own rule."""
    head, _, rest = text.partition("/** listGrants */")
    _, _, post = rest.partition("/** createGrant */")
    source = f"{head}/** {name} */{post}"
    source = source.replace("@repo/equity-service", f"@repo/{folder}").replace("createGrant", name)
    return source.replace("lib/vesting-schedule", f"lib/rules/rule-{at:04}")


def _service(root: Path, at: int, source: str) -> None:
    folder = f"packages/{_folder(at)}"
    manifest = json.loads((root / "packages/equity-service/package.json").read_text())
    manifest["name"] = f"@repo/{_folder(at)}"
    _write(root, f"{folder}/package.json", json.dumps(manifest, indent=2))
    _write(root, f"{folder}/src/grants.ts", source)
    index = (root / "packages/equity-service/src/index.ts").read_text()
    index = re.sub(r"^  (issueShares|legacyTransfer|transferShares|capTable):.*\n", "", index, flags=re.MULTILINE)
    _write(root, f"{folder}/src/index.ts", index.replace('import { capTable } from "./cap-table";\n', ""))
    for other in ("shares.ts", "cap-table.ts"):
        _write(root, f"{folder}/src/{other}", (root / "packages/equity-service/src" / other).read_text())


def _titles(name: str) -> Iterator[str]:
    yield from (f"{name} {topic}: holds" for topic in TOPICS)
    yield from (f"{name} answers alike in {mode}" for mode in ("live", "sandbox", "test"))
    yield from (f"{name} answers in {version}" for version in ("current", "previous_minor"))


def _tests(names: list[str]) -> str:
    cases = [f'  it("{title}", async () => {{ expect(1).toBe(1); }});' for name in names for title in _titles(name)]
    head = 'import { describe, expect, it } from "vitest";\n\ndescribe("things", () => {\n'
    return head + "\n".join(cases) + "\n});\n"


def _between(text: str, start: str, stop: str) -> str:
    found, _, _ = text[text.index(start) :].partition(stop)
    return found


def _insert(root: Path, path: str, before: str, text: str) -> None:
    whole = (root / path).read_text()
    head, found, tail = whole.partition(before)
    if not found:
        raise SystemExit(f"{path} of the sample holds no {before!r} any more; mend benchmarks/monorepo.py.")
    (root / path).write_text(head + text + found + tail)


def _write(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *words], env={**_ENVIRONMENT, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout
