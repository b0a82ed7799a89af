"""Write the sample's CI artefacts into `artefacts/`: what its CI would file for the head commit.

Usage: python examples/matter/record_artefacts.py PATH_TO_OASDIFF

The oasdiff report is a real run of that program. Coverage, test results, load test and gates are sample data, made from
the sources in the form that vitest, k6 and the gates' own script write: the sample is not run here.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "src"
OUT = HERE / "artefacts"
ROOT = "/builds/matter/matter"
"""Where CI checks out: vitest's coverage names files by absolute paths."""
HEAD = "apps/docs/api-reference/openapi.yaml"
BASE = "apps/docs/api-reference/versions/2026-05-01.yaml"
BUDGETS = "apps/api/load/cost-budget.k6.js"
ARGUMENTS = ["breaking", "--format", "json", "--stability-level", "draft", "--allow-external-refs=false"]
ENDED_AT = "2026-10-29T10:04:00Z"
CALLS = 2400
"""Calls of each operation in the load test: 20 a second for two minutes."""
_DECLARED = re.compile(
    r"^( *)(describe|it|test)(?:\.each\((\w+|\[.*?\](?: as const)?)\))?\(\s*([\"'`])(.+?)\4,", re.MULTILINE | re.DOTALL
)
_LIST = r"export const {name} = \[(.*?)\]"
Metrics = dict[str, dict[str, object]]


def main(program: str) -> None:
    """Write all artefacts and their index."""
    OUT.mkdir(exist_ok=True)
    _write("oasdiff.json", oasdiff(program))
    _write("coverage.json", coverage())
    _write("load-test.json", load_test())
    _write("gates.json", gates())
    (OUT / "junit.xml").write_text(junit())
    rows = {
        "coverage": {"file": "coverage.json", "suffix": ".json", "tool": "vitest", "version": "4.0.8"},
        "gates": {"file": "gates.json", "suffix": ".json", "tool": "gates", "version": "1.0.0"},
        "junit": {"file": "junit.xml", "suffix": ".xml", "tool": "vitest", "version": "4.0.8"},
        "load-test": {"file": "load-test.json", "suffix": ".json", "tool": "k6", "version": "v1.3.0"},
        "oasdiff": {"file": "oasdiff.json", "suffix": ".json", "tool": "oasdiff", "version": "v1.28.0"},
    }
    _write("index.json", rows)


def _write(name: str, data: object) -> None:
    (OUT / name).write_text(json.dumps(data, indent=1, sort_keys=True) + "\n")


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
    """Istanbul's `coverage-summary.json`: services at about 95 of 100 lines, the API about the same."""
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for pattern, percent in (
        ("packages/*-service/src/**/*.ts", 95),
        ("apps/api/lib/**/*.ts", 96),
        ("apps/api/app/**/*.ts", 92),
    ):
        for path in sorted(SOURCE.glob(pattern)):
            rows[f"{ROOT}/{path.relative_to(SOURCE).as_posix()}"] = _row(path.read_text(encoding="utf-8"), percent)
    metrics = ("lines", "statements", "functions", "branches")
    sums = {
        m: (sum(int(r[m]["total"]) for r in rows.values()), sum(int(r[m]["covered"]) for r in rows.values()))
        for m in metrics
    }
    return {"total": {metric: _counts(total, covered) for metric, (total, covered) in sums.items()}, **rows}


def _row(text: str, percent: int) -> dict[str, dict[str, float]]:
    """One file's counts, in the order of its size: a statement per line that ends one, a branch per choice."""
    statements = len(re.findall(r"[;{]$", text, re.MULTILINE))
    branches = 2 * len(re.findall(r"\bif \(| \? |\?\?|&&|\|\|", text))
    functions = len(re.findall(r"=> |\bfunction\b|^  (?:async )?\w+\(.*\{$", text, re.MULTILINE))
    found = {"lines": statements, "statements": statements, "functions": functions, "branches": branches}
    return {metric: _counts(total, -(-total * percent // 100)) for metric, total in found.items()}


def _counts(total: int, covered: int) -> dict[str, float]:
    share = round(covered * 100 / total, 2) if total else 100
    return {"total": total, "covered": covered, "skipped": 0, "pct": share}


def junit() -> str:
    """vitest's report: a suite per file, each case under the titles that lead to it, `each` written out."""
    suites = []
    for path in sorted(SOURCE.rglob("*.test.ts")):
        name = path.relative_to(SOURCE).as_posix()
        cases = [
            f'    <testcase classname={quoteattr(name)} file={quoteattr(name)} name={quoteattr(title)} time="0.012"/>'
            for title in titles(path.read_text(encoding="utf-8"))
        ]
        suites += [
            f'  <testsuite name={quoteattr(name)} timestamp="{ENDED_AT}" tests="{len(cases)}" failures="0" errors="0" '
            f'skipped="0" time="{len(cases) * 0.012:.3f}">',
            *cases,
            "  </testsuite>",
        ]
    count = sum("<testcase" in line for line in suites)
    head = f'<testsuites name="vitest tests" tests="{count}" failures="0" errors="0" time="{count * 0.012:.3f}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8" ?>', head, *suites, "</testsuites>", ""])


def titles(text: str) -> Iterator[str]:
    """The full titles of a test file's cases. Sources are formatted, so indentation tells what lies in what."""
    around: list[tuple[int, str]] = []
    for found in _DECLARED.finditer(text):
        depth, kind, table, title = len(found[1]), found[2], found[3], found[5]
        around = [suite for suite in around if suite[0] < depth]
        if kind == "describe":
            around.append((depth, title))
            continue
        for value in values(table) if table else [""]:
            yield " > ".join([*(name for _, name in around), re.sub(r"%[so]", lambda _, v=value: v, title, count=1)])


def values(table: str) -> list[str]:
    """What `each` puts into a title: the words of a shared list, or the first of each row as vitest prints it."""
    if table.startswith("["):
        rows = re.findall(r"^\s+\[(\{.*?\}|\"[^\"]*\"),", table, re.MULTILINE)
        return [re.sub(r"(\w+): (.*) \}", r"\1: \2 }", row).strip('"') for row in rows]
    shared = re.search(_LIST.format(name=table), (SOURCE / "packages/testing/src/index.ts").read_text(), re.DOTALL)
    if shared is None:
        raise SystemExit(f"packages/testing exports no list {table}")
    return re.findall(r'"([^"]+)"', shared[1])


def load_test() -> dict[str, object]:
    """What `k6 run --summary-export` writes: the cost of each operation at nine tenths of its budget."""
    table = (SOURCE / BUDGETS).read_text(encoding="utf-8").partition("BUDGET_MICRO_USD = {")[2].partition("};")[0]
    budgets = {name.strip('"'): int(value) for name, value in re.findall(r"^  (\S+): (\d+),$", table, re.MULTILINE)}
    metrics: Metrics = {
        f"matter_cost_micro_usd{{operation:{name}}}": {**_trend(budget * 0.9), "thresholds": {f"avg<={budget}": False}}
        for name, budget in budgets.items()
    }
    calls = CALLS * len(budgets)
    metrics["matter_cost_micro_usd"] = _trend(sum(budgets.values()) * 0.9 / len(budgets))
    metrics["http_reqs"] = {"count": calls, "rate": 20.0}
    metrics["http_req_failed"] = {"passes": 0, "fails": calls, "value": 0}
    metrics["iterations"] = {"count": calls, "rate": 20.0}
    group = {"name": "", "path": "", "id": "d41d8cd98f00b204e9800998ecf8427e", "groups": {}, "checks": {}}
    return {"root_group": group, "metrics": metrics}


def _trend(average: float) -> dict[str, object]:
    """A trend in k6's words, around its average."""
    spread = {"min": 0.6, "med": 0.98, "max": 1.9, "p(90)": 1.2, "p(95)": 1.35}
    return {"avg": round(average, 3), **{name: round(average * factor, 3) for name, factor in spread.items()}}


def gates() -> dict[str, object]:
    """What `bun run gates` writes, with each gate that the API has."""
    rows = []
    for path in sorted((SOURCE / "apps/api/__gates__").glob("*.gate.ts")):
        name = re.search(r'^  id: "([^"]+)",$', path.read_text(encoding="utf-8"), re.MULTILINE)
        if name is None:
            raise SystemExit(f"{path.name} has no id")
        rows.append({"name": name[1], "conclusion": "success", "completed_at": ENDED_AT})
    return {"checks": rows}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
