"""The sample monorepo `matter`: it builds the same everywhere, and its files agree except where its README says not."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import yaml
from ast_grep_py import SgNode, SgRoot

ROOT = Path(__file__).resolve().parents[2] / "examples" / "matter"
SOURCE = ROOT / "src"
HEAD = "apps/docs/api-reference/openapi.yaml"
PREVIOUS = "apps/docs/api-reference/versions/2026-05-01.yaml"
READY = ("createEntity", "createGrant", "issueShares", "listGrants")
CONCERNS = ("auth", "scope", "idempotency", "dry-run", "audit", "event")
EXTENSIONS = ("mcp", "rate-limit", "slo", "cost-budget", "cache-layer", "pii", "classification", "maturity")
STEPS = ["withAuth", "withScope", "withRateLimit", "withIdempotency", "withDryRun", "withAudit", "withEvent"]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script, imported from its file."""
    spec = importlib.util.spec_from_file_location("make_matter_repository", ROOT / "make_repository.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def text(path: str) -> str:
    return (SOURCE / path).read_text(encoding="utf-8")


@cache
def document(path: str = HEAD) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(text(path), Loader=yaml.CSafeLoader)
    return loaded


def operations(path: str = HEAD) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id to path, method and operation object."""
    rows = document(path)["paths"].items()
    return {data["operationId"]: (where, method, data) for where, methods in rows for method, data in methods.items()}


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        found: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def codes(operation: dict[str, Any]) -> set[str]:
    """Error codes of an operation's 4xx and 5xx responses."""
    problems = [resolved(answer) for status, answer in operation["responses"].items() if status[0] in "45"]
    schemas = [problem["content"]["application/problem+json"]["schema"] for problem in problems]
    return {code for schema in schemas for code in schema["properties"]["code"]["enum"]}


def slug(operation: dict[str, Any]) -> str:
    return re.sub(r"[^a-z0-9]+", "-", operation["tags"][0].lower())


def route_file(path: str) -> str:
    return "apps/api/app/v1" + path.replace("{", "[").replace("}", "]") + "/route.ts"


def parsed(path: Path) -> SgNode:
    return SgRoot(path.read_text(encoding="utf-8"), "javascript" if path.suffix == ".js" else "typescript").root()


def entries(path: str) -> list[dict[str, str]]:
    """The object literals of a file, with their string properties."""
    objects = parsed(SOURCE / path).find_all(kind="object")
    return [dict(re.findall(r'(\w+): "([^"]*)"', node.text())) for node in objects]


def readme_rows() -> dict[str, list[str]]:
    """The README's table: operation id to its other cells."""
    rows = re.findall(r"^\| `([^`]+)` \|(.+)\|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows}


def unmet(line_id: str) -> set[str]:
    """Operations for which the README names this line as unmet on purpose."""
    return {name for name, cells in readme_rows().items() if f"`{line_id}`" in cells[-1]}


def test_the_repository_builds_twice_to_the_same_head(maker: ModuleType, tmp_path: Path) -> None:
    """Commit ids depend on the files and the history alone."""
    assert maker.make_repository(tmp_path / "one") == maker.make_repository(tmp_path / "two")


def test_the_built_tree_equals_the_files(maker: ModuleType, tmp_path: Path) -> None:
    """What the history ends with is `src/`, nothing lost and nothing ignored, and the working tree is clean."""
    maker.make_repository(tmp_path / "repository")
    built = {p for p in (tmp_path / "repository").rglob("*") if p.is_file() and ".git" not in p.parts}
    contents = {p.relative_to(tmp_path / "repository").as_posix(): p.read_bytes() for p in built}
    assert contents == {path: (SOURCE / path).read_bytes() for path in maker.HISTORY.paths()}
    command = ["git", "-C", str(tmp_path / "repository"), "status", "--porcelain", "--ignored"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b""


def test_the_history_tells_the_order(maker: ModuleType, tmp_path: Path) -> None:
    """The specification precedes the route, and the threat model follows it, but for the newest operation."""
    maker.make_repository(tmp_path / "repository")

    def first(path: str) -> int:
        command = ["git", "-C", str(tmp_path / "repository"), "log", "--format=%ct", "--reverse", "--", path]
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()[0])

    threats = first("apps/docs/content/docs/security/threat-model.mdx")
    assert first(HEAD) < first(route_file("/grants")) < threats < first(route_file("/reports/annual"))


@pytest.mark.parametrize("content", ["a file", "a folder that holds something"])
def test_a_target_in_use_is_refused(maker: ModuleType, tmp_path: Path, content: str) -> None:
    """Nothing is overwritten: the target is empty or does not exist."""
    target = tmp_path / "target"
    if content == "a file":
        target.write_text("kept")
    else:
        target.mkdir()
        (target / "kept").write_text("kept")
    with pytest.raises(maker.CannotBuild, match="not an empty folder"):
        maker.make_repository(target)


def test_every_operation_has_a_route_and_every_route_an_operation() -> None:
    """Declared paths exist as Next.js routes that export the method, and there are no others."""
    wanted = {route_file(path) for path, _, _ in operations().values()}
    assert wanted == {p.relative_to(SOURCE).as_posix() for p in (SOURCE / "apps/api/app").rglob("route.ts")}
    for path, method, _ in operations().values():
        assert f"export const {method.upper()} = pipeline(" in text(route_file(path))


def test_the_readme_lists_the_operations_of_the_specification() -> None:
    """The table names each operation once, with its maturity."""
    maturity = {name: data["x-matter-maturity"]["level"] for name, (_, _, data) in operations().items()}
    assert {name: cells[0] for name, cells in readme_rows().items()} == maturity
    assert {name for name in READY if readme_rows()[name][-1] == ""} == set(READY)


def test_typescript_has_no_syntax_errors() -> None:
    """A file with an ERROR node would make its facts unknown."""
    files = [p for p in SOURCE.rglob("*") if p.suffix in (".ts", ".js")]
    broken = [p.relative_to(SOURCE).as_posix() for p in files if parsed(p).find(kind="ERROR") is not None]
    assert len(files) > 70
    assert broken == []


def test_the_previous_minor_lost_nothing() -> None:
    """Each operation, property and response of the frozen minor is still there."""
    now, before = operations(), operations(PREVIOUS)
    assert set(now) - set(before) == {"transferShares", "reports/annual.v2"}
    for name, (path, method, data) in before.items():
        assert now[name][:2] == (path, method)
        assert set(data["responses"]) <= set(now[name][2]["responses"])
    schemas, old = document()["components"]["schemas"], document(PREVIOUS)["components"]["schemas"]
    for name, schema in old.items():
        assert set(schema["properties"]) <= set(schemas[name]["properties"])
        assert schema["required"] == schemas[name]["required"]


def test_extensions_are_complete_but_where_the_readme_says() -> None:
    """The eight extensions of the operation level stand on each operation itself."""
    lacking = {n for n, (_, _, data) in operations().items() if any(f"x-matter-{e}" not in data for e in EXTENSIONS)}
    assert lacking == unmet("operation_has_all_extensions")


def test_properties_have_explainers_but_where_the_readme_says() -> None:
    """Trivial properties aside, each property of a schema is explained and classified."""
    exempt = {"id", "object", "mode", "created_at", "updated_at"}
    lacking = set()
    for name, schema in document()["components"]["schemas"].items():
        for prop, data in schema["properties"].items():
            assert "x-matter-classification" in data, f"{name}.{prop}"
            if prop not in exempt and "x-matter-explainer" not in data:
                lacking.add((name, prop))
    assert lacking == {("ShareTransferCreate", "consideration_minor"), ("ShareTransfer", "consideration_minor")}
    assert unmet("properties_have_explainers") == {"transferShares"}


def test_error_codes_have_pages_and_messages() -> None:
    """One page per code (but the missing one), and a message with equal placeholders in each language."""
    missing = {}
    for name, (_, _, data) in operations().items():
        absent = {c for c in codes(data) if not (SOURCE / f"apps/docs/content/docs/errors/{c}.mdx").exists()}
        if absent:
            missing[name] = absent
    assert missing == {"uploadDocument": {"document_type_unsupported"}}
    assert unmet("error_codes_are_in_family_and_documented") == set(missing)
    declared = set().union(*(codes(data) for _, _, data in operations().values()))
    english, german = (json.loads(text(f"apps/api/i18n/errors/{locale}.json")) for locale in ("en", "de"))
    assert set(english) == set(german) == declared
    for code in declared:
        assert sorted(re.findall(r"\{\w+\}", english[code])) == sorted(re.findall(r"\{\w+\}", german[code])), code
    pages = list((SOURCE / "apps/docs/content/docs/errors").glob("*.mdx"))
    assert {page.stem for page in pages} == declared - {"document_type_unsupported"}
    assert all(len(page.read_text(encoding="utf-8").split("---", 2)[2].split()) >= 40 for page in pages)


def test_the_mcp_catalogue_holds_exactly_what_is_exposed() -> None:
    """Tool names and operations of the catalogue are those of the specification; never_expose is written out."""
    declared = {name: data["x-matter-mcp"] for name, (_, _, data) in operations().items()}
    tools = {mcp["tool_name"]: name for name, mcp in declared.items() if mcp["exposed"]}
    found = re.findall(r'^  (\w+): \{\n    operationId: "([^"]+)"', text("apps/mcp/src/tools/generated.ts"), re.M)
    assert dict(found) == tools
    assert all("never_expose" in mcp for mcp in declared.values())
    assert declared["rotateSigningKey"] == {"exposed": False, "never_expose": True}


def test_the_slo_board_agrees_but_where_the_readme_says() -> None:
    """Each operation has a row whose targets are those of the specification."""
    lines = [line for line in text("apps/api/__gates__/slo-board.md").splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert rows[0][:4] == ["Operation", "Availability", "p99 ms", "Class"]
    board = {row[0]: tuple(row[1:4]) for row in rows[1:]}
    slos = {name: data["x-matter-slo"] for name, (_, _, data) in operations().items()}
    declared = {n: (slo["availability"], str(slo["latency_p99_ms"]), slo["class"]) for n, slo in slos.items()}
    assert set(board) == set(declared)
    assert {name for name in board if board[name] != declared[name]} == unmet("slo_is_declared_and_on_board")


def test_runbooks_are_registered_but_where_the_readme_says() -> None:
    """The registry and the folder of runbooks agree on the kinds of operations, the two flaws aside."""
    kinds = {slug(data): name for name, (_, _, data) in operations().items()}
    paths = {e["path"] for e in entries("apps/api/lib/runbook-registry.ts") if "path" in e}
    registered = {Path(path).stem for path in paths}
    present = {p.stem for p in (SOURCE / "apps/docs/content/docs/runbooks").glob("*.mdx")}
    assert {kinds[kind] for kind in set(kinds) - present} == unmet("kind_has_runbook")
    assert {kinds[k] for k in (set(kinds) - registered) | (registered - present)} == unmet("runbook_is_registered")


def test_drills_cover_all_but_where_the_readme_says() -> None:
    """Each operation or its kind is the target of a drill with a cadence and a date."""
    drills = [e for e in entries("apps/api/lib/chaos-cadence.ts") if "target" in e]
    assert all(e["cadence"] in ("monthly", "quarterly", "yearly") for e in drills)
    assert all(date.fromisoformat(e["lastRun"]) < date(2026, 10, 30) for e in drills)
    targets = {e["target"] for e in drills}
    rest = {name for name, (_, _, data) in operations().items() if name not in targets and slug(data) not in targets}
    assert rest == unmet("chaos_drill_is_scheduled")


def test_threats_name_all_but_where_the_readme_says() -> None:
    """The threat model names each operation but the newest."""
    model = text("apps/docs/content/docs/security/threat-model.mdx")
    assert {name for name in operations() if f"`{name}`" not in model} == unmet("threat_model_covers_surface")


def test_pii_canaries_cover_all_but_where_the_readme_says() -> None:
    """Each personal field of an operation has a canary."""
    canaries = {(e["operationId"], e["field"]) for e in entries("apps/api/lib/pii-canary.ts") if "canary" in e}
    fields = {(name, f) for name, (_, _, data) in operations().items() for f in data["x-matter-pii"]["fields"]}
    assert fields - canaries == {("uploadDocument", "uploader_ip")}
    assert unmet("pii_canary_covers_new_fields") == {"uploadDocument"}


def test_pipelines_are_canonical_but_where_the_readme_says() -> None:
    """Each route composes the seven steps in their order; the signing keys lack the dry run."""
    for name, (path, method, _) in operations().items():
        code = text(route_file(path)).split(f"export const {method.upper()} = pipeline(")[1]
        steps = re.findall(r"^  (with\w+)\(", code.split("\n);")[0], re.M)
        left_out = ["withDryRun"] if name in unmet("middleware_pipeline_is_canonical") else []
        assert steps == [step for step in STEPS if step not in left_out]


def test_handlers_are_short_but_where_the_readme_says() -> None:
    """The function that a route ends with has at most 50 lines."""
    lines: dict[str, int] = {}
    for name, (path, method, _) in operations().items():
        root = parsed(SOURCE / route_file(path))
        exported = root.find(pattern=f"export const {method.upper()} = pipeline($$$STEPS)")
        assert exported is not None
        handler = [part for part in exported.get_multiple_matches("STEPS") if part.text() != ","][-1]
        if handler.kind() == "identifier":
            found = root.find(pattern=f"const {handler.text()}: Handler = $BODY")
            assert found is not None
            handler = found.get_match("BODY") or handler
        lines[name] = handler.range().end.line - handler.range().start.line + 1
    assert {name for name, count in lines.items() if count > 50} == unmet("handler_is_at_most_50_lines")


def test_route_tests_name_each_concern_but_where_the_readme_says() -> None:
    """A test title names the operation and the concern."""
    tests = "\n".join(p.read_text(encoding="utf-8") for p in (SOURCE / "apps/api/__tests__").glob("*.routes.test.ts"))
    lacking = {name for name in operations() for c in CONCERNS if f'it("{name} {c}: ' not in tests}
    assert lacking == unmet("route_tests_cover_six_concerns")


@pytest.mark.parametrize("name", sorted(READY))
def test_a_ready_operation_is_tested_in_every_other_way(name: str) -> None:
    """Tenant isolation, modes, versions, and a property test where it bears invariants."""
    tests = SOURCE / "apps/api/__tests__"

    def names_it(pattern: str) -> bool:
        return any(name in p.read_text(encoding="utf-8") for p in tests.glob(pattern))

    assert names_it("tenant-isolation/*.test.ts")
    assert names_it("mode-parity.test.ts")
    assert names_it("version-compatibility.test.ts")
    assert names_it("properties/*.test.ts") == bool(operations()[name][2]["x-matter-invariants"])


def test_recipes_have_both_sdks_but_where_the_readme_says() -> None:
    """Some recipe that names the operation has a fence for Node and one for Go."""
    recipes = [p.read_text(encoding="utf-8") for p in (SOURCE / "apps/docs/content/docs/cookbook").glob("*.mdx")]
    shown = {name for name in operations() for r in recipes if f"`{name}`" in r and "```ts" in r and "```go" in r}
    assert set(operations()) - shown == unmet("cookbook_has_example_per_sdk")


def test_soc2_controls_cite_existing_files() -> None:
    """Code, test and process of each control exist."""
    controls = [e for e in entries("apps/api/lib/soc2-controls.ts") if "codepath" in e and "process" in e]
    cited = {e[key] for e in controls for key in ("codepath", "test", "process")}
    assert len(controls) >= 4
    assert {path for path in cited if not (SOURCE / path).exists()} == set()


def test_the_control_map_lists_all_but_where_the_readme_says() -> None:
    """Every route passes the middleware that checks scopes, so that control lists every operation."""
    control = text("apps/api/lib/soc2-controls.ts").split('"CC6.1": {')[1].split("]")[0]
    listed = set(re.findall(r'"([^"]+)"', control.split("operations: [")[1]))
    assert set(operations()) - listed == unmet("soc2_map_covers_touched_controls")


def test_no_throw_holds_a_sentence_but_where_the_readme_says() -> None:
    """What a field should have been is a key of the expectations, which each language has."""
    english, german = (json.loads(text(f"apps/api/i18n/expectations/{locale}.json")) for locale in ("en", "de"))
    assert set(english) == set(german)
    assert all(re.findall(r"\{\w+\}", english[key]) == re.findall(r"\{\w+\}", german[key]) for key in english)
    sources = [p for p in SOURCE.rglob("*.ts") if "__tests__" not in p.parts]
    found = {p: re.findall(r'expected: "([^"]*)"', p.read_text(encoding="utf-8")) for p in sources}
    wordy = {p.relative_to(SOURCE).as_posix() for p, keys in found.items() if set(keys) - set(english)}
    routes = {name: route_file(path) for name, (path, _, _) in operations().items()}
    assert {name for name, file in routes.items() if file in wordy} == unmet("error_messages_are_translatable")
    assert wordy <= set(routes.values())


def test_every_operation_and_service_has_a_context() -> None:
    """`ops/contexts.yaml` covers operations, service packages and the people of the rota."""
    contexts = yaml.safe_load(text("ops/contexts.yaml"))
    assert set(contexts["operations"]) == set(operations())
    packages = {p.name for p in (SOURCE / "packages").iterdir()}
    assert set(contexts["packages"]) | set(contexts["shared_packages"]) == packages
    for part in ("operations", "packages", "people"):
        assert set(contexts[part].values()) <= set(contexts["contexts"])


def test_somebody_leads_on_call_at_every_instant() -> None:
    """The rota repeats without a gap, one lead at a time, known to the context map."""
    calendar = recurring_ical_events.of(icalendar.Calendar.from_ical(text("ops/on-call.ics")))
    people = yaml.safe_load(text("ops/contexts.yaml"))["people"]
    for at in ("2026-05-04T10:00:00+00:00", "2026-11-23T09:59:00+00:00", "2027-08-01T00:00:00+00:00"):
        shifts = calendar.at(datetime.fromisoformat(at))
        assert len(shifts) == 1
        assert str(shifts[0]["SUMMARY"]).removeprefix("On-call lead: ") in people


@pytest.mark.parametrize("name", ["createGrant", "issueShares"])
def test_rollouts_take_four_weeks(name: str) -> None:
    """The documented ladders are the default one: shadow, 1, 10, 50, 100 %, a week each."""
    rollout = yaml.safe_load(text(f"ops/rollouts/{name}.yaml"))
    assert rollout["operation"] == name
    assert [str(rung["exposure"]) for rung in rollout["ladder"]] == ["shadow", "1%", "10%", "50%", "100%"]
    assert [rung["dwell_days"] for rung in rollout["ladder"]] == [7, 7, 7, 7, 0]


def test_raw_sql_stays_in_the_database_package() -> None:
    """The sample keeps the rule of architecture, so that the line can be met."""
    calls = [p.relative_to(SOURCE) for p in SOURCE.rglob("*.ts") if re.search(r"\.\$(query|execute)Raw", p.read_text())]
    assert calls
    assert all(path.is_relative_to("packages/database/src") for path in calls)


def test_there_is_no_policy_and_no_review_in_the_sample() -> None:
    """PRR documents, records and policy are made by the commands, never shipped with the sample."""
    assert not (SOURCE / ".prr").exists()
    assert not (SOURCE / "apps/api/__gates__/prod-readiness").exists()
    assert not list(SOURCE.rglob("prr.toml"))
