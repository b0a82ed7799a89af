"""Write the sample's CI artefacts into `artefacts/`: what its CI would file for the head commit.

Usage: python examples/matter/record_artefacts.py PATH_TO_OASDIFF

The oasdiff report is a real run of that program. Coverage and test results are sample data, made from the sources: the
sample's tests are not run here.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "src"
OUT = HERE / "artefacts"
HEAD = "apps/docs/api-reference/openapi.yaml"
BASE = "apps/docs/api-reference/versions/2026-05-01.yaml"
ARGUMENTS = ["breaking", "--format", "json", "--stability-level", "draft", "--allow-external-refs=false"]
_TITLE = re.compile(r"\b(?:it|test)(?:\.each\([^)]*\))?\(\s*[\"'`]([^\"'`]+)[\"'`]")


def main(program: str) -> None:
    """Write all artefacts and their index."""
    OUT.mkdir(exist_ok=True)
    (OUT / "oasdiff.json").write_text(json.dumps(oasdiff(program), indent=1, sort_keys=True) + "\n")
    (OUT / "coverage.json").write_text(json.dumps(coverage(), indent=1, sort_keys=True) + "\n")
    (OUT / "junit.xml").write_text(junit())
    rows = {
        "coverage": {"file": "coverage.json", "suffix": ".json", "tool": "vitest", "version": "3.2.4"},
        "junit": {"file": "junit.xml", "suffix": ".xml", "tool": "vitest", "version": "3.2.4"},
        "oasdiff": {"file": "oasdiff.json", "suffix": ".json", "tool": "oasdiff", "version": "v1.28.0"},
    }
    (OUT / "index.json").write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")


def oasdiff(program: str) -> dict[str, object]:
    """Run oasdiff on the two specs in an empty folder and wrap its report."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [str(Path(program).resolve()), *ARGUMENTS, str(SOURCE / BASE), str(SOURCE / HEAD)],
            cwd=empty, capture_output=True, check=True, timeout=120,
        )  # fmt: skip
    return {
        "tool": "oasdiff", "version": "v1.28.0", "arguments": ARGUMENTS, "exit_code": done.returncode,
        "base": spec(BASE), "head": spec(HEAD), "report": json.loads(done.stdout),
    }  # fmt: skip


def spec(path: str) -> dict[str, str]:
    """Version, path and digest of one spec."""
    data = (SOURCE / path).read_bytes()
    version = re.search(rb"^  version: [\"']?([^\"'\n]+)", data, re.MULTILINE)
    if version is None:
        raise SystemExit(f"{path} has no version")
    return {"version": version[1].decode(), "path": path, "sha256": hashlib.sha256(data).hexdigest()}


def coverage() -> dict[str, object]:
    """An Istanbul summary: each service package at 94 of 100 lines."""
    counts = {"total": 100, "covered": 94, "skipped": 0, "pct": 94}
    names = sorted(path.parent.parent.name for path in SOURCE.glob("packages/*-service/src/index.ts"))
    return {f"packages/{name}/src/index.ts": {"lines": counts, "branches": counts} for name in names}


def junit() -> str:
    """Every test title of the sources as a passed case."""
    cases = []
    for path in sorted(SOURCE.rglob("*.test.ts")):
        name = path.relative_to(SOURCE).as_posix()
        cases += [
            f'  <testcase classname={quoteattr(name)} name={quoteattr(title)} file={quoteattr(name)} time="0.01"/>'
            for title in _TITLE.findall(path.read_text(encoding="utf-8"))
        ]
    head = f'<testsuites><testsuite name="vitest" tests="{len(cases)}" failures="0" errors="0" skipped="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite></testsuites>", ""])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
