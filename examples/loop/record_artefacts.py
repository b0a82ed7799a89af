"""Write the sample's CI artefacts into `artefacts/`, and the digests of their sources into its generated pages.

Usage: python examples/loop/record_artefacts.py

All of it is sample data, made from the sources in the form that vitest, the pipeline and `pnpm docs:gen` write: the
sample is not run here. `HEAD` stands for the commit, which whoever files the artefacts puts in its place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "src"
OUT = HERE / "artefacts"
ENDED_AT = "2026-11-03T09:41:00Z"
PRINTED = '{"level":30,"msg":"case begins","id":"tst_01"}'
"""What a case prints: the log of what it calls, shortened to one line."""
Files = Mapping[str, bytes]
MARK = re.compile(r"source-digest: [0-9a-f]{64}")
GREEN = ("sdk-gen", "drift", "typecheck", "tests", "build", "conventions")
ROWS = {"care.check_ins": 412_000, "care.outbox": 96_000, "care.audit_log": 1_310_000, "care.processed_events": 8_400}
"""What the copy of staging held on which CI ran the new migrations."""
NEW = ("services/care/drizzle/0002_reminders.sql", "services/care/drizzle/0003_check_in_window.sql")
_DECLARED = re.compile(r"^( *)(describe|it|test)\(\s*([\"'`])(.+?)\3,", re.MULTILINE | re.DOTALL)
_CONFORMANCE = re.compile(r"^(audit|brand|scope)Conformance\(\"(\w+)\", app, \[(.*?)\]\);", re.MULTILINE | re.DOTALL)
_CONFORMS = {
    "audit": ("audit", "writes its audit row"),
    "brand": ("brand scoping", "hides other brands"),
    "scope": ("scope enforcement", "refuses a token without its scope"),
}


def main() -> None:
    """Write all artefacts and their index, after the pages."""
    files = {p.relative_to(SOURCE).as_posix(): p.read_bytes() for p in sorted(SOURCE.rglob("*")) if p.is_file()}
    for path, data in stamped_pages(files).items():
        (SOURCE / path).write_bytes(data)
    OUT.mkdir(exist_ok=True)
    (OUT / "junit.xml").write_text(junit(files), encoding="utf-8")
    _write("coverage.json", coverage(files))
    _write("gates.json", {"checks": [{"name": n, "conclusion": "success", "completed_at": ENDED_AT} for n in GREEN]})
    _write("migration-runs.json", migration_runs({path: files[path] for path in NEW}))
    _write("secrets.json", secrets())
    _write("job-runs.json", job_runs())
    ci = {"tool": "pipeline", "version": "2026.11"}
    rows: dict[str, dict[str, str]] = {
        name: {"file": f"{name}.json", "suffix": ".json", **ci}
        for name in ("gates", "job-runs", "migration-runs", "secrets")
    }
    rows["coverage"] = {"file": "coverage.json", "suffix": ".json", "tool": "vitest", "version": "3.2.4"}
    rows["junit"] = {"file": "junit.xml", "suffix": ".xml", "tool": "vitest", "version": "3.2.4"}
    _write("index.json", rows)


def _write(name: str, data: object) -> None:
    (OUT / name).write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def page_source(path: str) -> str | None:
    """What a generated page is made from; None for one that people write."""
    *folders, file = path.removeprefix("apps/docs/content/").split("/")
    name = file.removesuffix(".mdx")
    match folders:
        case ["services"]:
            return f"services/{name}/service.yaml"
        case ["sdk"]:
            return f"services/{name}/openapi.yaml"
        case ["reference", "api", service]:
            return f"services/{service}/openapi.yaml"
        case ["reference", "events"]:
            return f"packages/contracts/src/events/{name.partition('.')[0]}.ts"
    return None


def stamped_pages(files: Files) -> Files:
    """Each generated page with the digest of its source as it is now."""
    found = {}
    for path, data in files.items():
        source = page_source(path) if path.startswith("apps/docs/content/") else None
        if source is not None and source in files:
            digest = hashlib.sha256(files[source]).hexdigest()
            found[path] = MARK.sub(f"source-digest: {digest}", data.decode()).encode()
    return found


def junit(files: Files) -> str:
    """vitest's report: a suite per file, each case under the titles that lead to it."""
    suites: list[str] = []
    for name in sorted(path for path in files if path.endswith((".test.ts", ".test.tsx"))):
        cases = [
            f'    <testcase classname={quoteattr(name)} file={quoteattr(name)} name={quoteattr(title)} time="0.021">'
            f"<system-out>{escape(PRINTED)}</system-out></testcase>"
            for title in titles(files[name].decode())
        ]
        suites += [
            f'  <testsuite name={quoteattr(name)} timestamp="{ENDED_AT}" tests="{len(cases)}" failures="0" errors="0" '
            f'skipped="0" time="{len(cases) * 0.021:.3f}">',
            *cases,
            "  </testsuite>",
        ]
    count = sum("<testcase" in line for line in suites)
    head = f'<testsuites name="vitest tests" tests="{count}" failures="0" errors="0" time="{count * 0.021:.3f}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8" ?>', head, *suites, "</testsuites>", ""])


def titles(text: str) -> Iterator[str]:
    """The full titles of a test file's cases. Sources are formatted, so indentation tells what lies in what."""
    around: list[tuple[int, str]] = []
    for found in _DECLARED.finditer(text):
        depth, kind, title = len(found[1]), found[2], found[4]
        around = [suite for suite in around if suite[0] < depth]
        if kind == "describe":
            around.append((depth, title))
        else:
            yield " > ".join([*(name for _, name in around), title])
    for kind, service, routes in _CONFORMANCE.findall(text):
        suite, promise = _CONFORMS[kind]
        for route in re.findall(r'"([^"]+)"', routes):
            yield f"{service} conformance: {suite} > {route} {promise}"


def coverage(files: Files) -> dict[str, object]:
    """Istanbul's `coverage-summary.json`, nine of ten lines of each source."""
    rows = {}
    for path in sorted(path for path in files if fnmatchcase(path, "services/*/src/*.ts")):
        lines = len(re.findall(r"[;{]$", files[path].decode(), re.MULTILINE))
        rows[f"/builds/loop/{path}"] = _counts(lines)
    return {"total": _counts(sum(row["lines"]["total"] for row in rows.values())), **rows}


def _counts(total: int) -> dict[str, dict[str, int]]:
    covered = -(-total * 9 // 10)
    row = {"total": total, "covered": covered, "skipped": 0, "pct": covered * 100 // total if total else 100}
    return {metric: dict(row) for metric in ("lines", "statements", "functions", "branches")}


def migration_runs(new: Files) -> dict[str, object]:
    """The job that runs new migrations on a copy of staging."""
    runs = ({"path": path, "blob": blob_id(data), "passed": True, "rows": ROWS} for path, data in sorted(new.items()))
    return {"runs": list(runs)}


def blob_id(data: bytes) -> str:
    """The id that git gives to a file of that content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def secrets() -> Mapping[str, object]:
    """The names of the secrets of each stage, as `sst secret list` shows them; never a value."""
    care = ["CARE_DATABASE_URL", "CARE_TARGET_URL", "JOBS_CLIENT_SECRET", "MEDISEND_API_KEY", "SENTRY_DSN"]
    own = ["IDENTITY_DATABASE_URL", "IDENTITY_SIGNING_KEY"]
    return {"stages": {"dev": [*care, *own, "MEMBERSHIP_TARGET_URL"], "staging": [*care, *own], "prod": [*care, *own]}}


def job_runs() -> Mapping[str, object]:
    """The runs of jobs in dev since the last deploy."""
    run = {"job": "close-overdue-check-ins", "stage": "dev", "commit": "HEAD", "passed": True}
    return {"runs": [{**run, "finished_at": "2026-11-03T10:15:04Z"}]}


if __name__ == "__main__":
    main()
