"""A service's infrastructure and telemetry in code (L28, L29, L31, L37, L38)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged, judged_all

INFRA, CONFIG, ENTRY = "services/identity/infra.ts", "sst.config.ts", "services/identity/src/index.ts"
TELEMETRY, MANIFEST = "services/identity/src/telemetry.ts", "services/identity/service.yaml"
DECLARED = """
import { platformHost } from "@platform/hosts";
import { platformService } from "@platform/infra";
import { scaling } from "../../infra/sizes";
const base = { hostname: platformHost({ service: "identity", stage }), scaling };
export const identity = platformService("identity", {
  ...base,
  healthCheck: { path: "/healthz" },
  alarms: {
    "identity-5xx": { metric: "HTTPCode_Target_5XX_Count", threshold: 5 },
    "identity-slow": { metric: "TargetResponseTime", statistic: "p99", threshold: 1 },
    "identity-dlq": { metric: "ApproximateNumberOfMessagesVisible", threshold: 1 },
  },
});
"""
DEPLOYED = """
export default $config({
  app() { return { name: "loop" }; },
  async run() {
    const { identity } = await import("./services/identity/infra");
    return { url: identity.url };
  },
});
"""
STARTED = """
import "./telemetry";
import { app } from "./app";
serve(app);
"""
SIGNALS = """
import { NodeSDK } from "@opentelemetry/sdk-node";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions";
const sdk = new NodeSDK({
  resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: "identity", [ATTR_SERVICE_VERSION]: "1.0.0" }),
  traceExporter: new OTLPTraceExporter(),
  metricReader: new PeriodicExportingMetricReader({}),
  logRecordProcessors: [new BatchLogRecordProcessor()],
});
sdk.start();
"""
FILES = {
    INFRA: DECLARED,
    "infra/sizes.ts": "export const scaling = { min: 2, max: 8 };",
    CONFIG: DEPLOYED,
    ENTRY: STARTED,
    "services/identity/src/app.ts": "export const app = new Hono();",
    TELEMETRY: SIGNALS,
    MANIFEST: "name: identity\n",
}
LINES = ("L28", "L29", "L31", "L37", "L38")
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}
CONSTANT = 'const KEY = "service.name";\nsdk.start'
SHARED = 'import { startTelemetry } from "@platform/telemetry";\nstartTelemetry({ serviceName: "identity" });\n'
HOST = 'platformHost({ service: "identity", stage })'
SELF = (INFRA, "const base", 'const SELF = "identity";\nconst base')
LATER = SHARED.replace("startTelemetry({", "export function later() {\nstartTelemetry({") + "}\n"


def vector(*edits: tuple[str, str | None, str]) -> str:
    """The outcomes of the five lines after edits of (file, old, new); an old of None replaces the whole file."""
    files: dict[str, str | bytes] = dict(FILES)
    for path, old, new in edits:
        text = str(files.get(path, ""))
        assert old is None or old in text, (path, old)
        files[path] = new if old is None else text.replace(old, new)
        if new == "(gone)":
            del files[path]
    return "".join(SIGNS[found.outcome] for found in judged_all(LINES, files, IDENTITY))


# Edits, then the outcomes of L28, L29, L31, L37, L38. Nobody answers for the account, so L31 is never unmet here.
EDITS = [
    ("as it is", [], "mmmmm"),
    ("no scaling", [(INFRA, ", scaling };", " };")], "mmmUm"),
    ("scaling that is undefined", [(INFRA, ", scaling };", ", scaling: undefined };")], "mmmUm"),
    ("an empty health check", [(INFRA, '{ path: "/healthz" }', "{}")], "mmmUm"),
    ("options that are computed", [(INFRA, "...base", "...base()")], "mmm?m"),
    (
        "a fault beside computed options",
        [(INFRA, "...base", "...base()"), (INFRA, '{ path: "/healthz" }', "null")],
        "mmmUm",
    ),
    ("the host of another", [(INFRA, 'service: "identity"', 'service: "care"')], "mmmUm"),
    ("the host of a name that is told", [(INFRA, 'service: "identity"', "service: SELF"), SELF], "mmmmm"),
    ("the host of a computed name", [(INFRA, 'service: "identity"', "service: self()")], "mmm?m"),
    ("the host of one stage", [(INFRA, "stage })", 'stage: "prod" })')], "mmmUm"),
    ("the host of no stage", [(INFRA, ", stage })", " })")], "mmm?m"),
    ("the host by position", [(INFRA, '{ service: "identity", stage }', '"identity", stage')], "mmmmm"),
    ("the host of another, written out", [(INFRA, HOST, '"care.platform.loop.health"')], "mmmUm"),
    ("its host, written out", [(INFRA, HOST, '"identity.platform.loop.health"')], "mmmmm"),
    ("another construct", [(INFRA, "= platformService(", "= otherService(")], "mm??m"),
    ("no infra", [(INFRA, None, "(gone)")], "mm?UU"),
    ("broken infra", [(INFRA, None, "platformService({")], "mm??m"),
    ("no alarms", [(INFRA, "alarms: {", "silence: {")], "mm?Um"),
    ("an alarm whose actions are off", [(INFRA, '"p99"', '"p99", actionsEnabled: false')], "mm?Um"),
    ("an alarm whose actions are on", [(INFRA, '"p99"', '"p99", actionsEnabled: true')], "mmmmm"),
    ("no alarm for the queue", [(INFRA, "identity-dlq", "identity-queue")], "mm?mm"),
    ("the median", [(INFRA, '"p99"', '"p50"')], "mm?mm"),
    ("a computed list of alarms", [(INFRA, "alarms: {", "alarms: make() || {")], "mm?mm"),
    ("not in the configuration", [(CONFIG, 'await import("./services/identity/infra")', "{}")], "mmmmU"),
    ("a computed import", [(CONFIG, '"./services/identity/infra"', "`./services/${name}/infra`")], "mmmm?"),
    (
        "imported and not used",
        [(CONFIG, None, 'import { identity } from "./services/identity/infra";\n// identity\n')],
        "mmmmU",
    ),
    (
        "imported and used",
        [(CONFIG, None, 'import { identity } from "./services/identity/infra";\nrun([identity]);')],
        "mmmmm",
    ),
    (
        "through a list of services",
        [(CONFIG, None, 'import "./all";'), ("all.ts", None, 'import "./services/identity/infra";')],
        "mmmmm",
    ),
    ("a type alone", [(CONFIG, None, 'import type { identity } from "./services/identity/infra";')], "mmmmU"),
    ("no configuration", [(CONFIG, None, "(gone)")], "mmmmU"),
    ("no metrics", [(TELEMETRY, "metricReader:", "reader:")], "Ummmm"),
    ("telemetry is not imported", [(ENTRY, 'import "./telemetry";', "")], "UUmmm"),
    ("a dangling import", [(ENTRY, "./telemetry", "./telemetries")], "??mmm"),
    ("no entry", [(ENTRY, None, "(gone)")], "UUmmm"),
    ("another name", [(TELEMETRY, ']: "identity"', ']: "id"')], "mUmmm"),
    ("a computed name", [(TELEMETRY, ']: "identity"', "]: process.env.NAME")], "m?mmm"),
    ("no name", [(TELEMETRY, '[ATTR_SERVICE_NAME]: "identity", ', "")], "mUmmm"),
    ("the name as a text key", [(TELEMETRY, "[ATTR_SERVICE_NAME]", "'service.name'")], "mmmmm"),
    ("no manifest", [(MANIFEST, None, "(gone)")], "m?mmm"),
    ("the platform's function", [(TELEMETRY, None, SHARED)], "mmmmm"),
    ("in a function that nothing calls", [(TELEMETRY, None, LATER)], "Ummmm"),
    ("in a function that is called", [(TELEMETRY, None, LATER + "later();")], "mmmmm"),
    (
        "in one that is called at once",
        [(TELEMETRY, None, SHARED.replace("\nstartT", "\n(() => startT").replace(");", "))();"))],
        "mmmmm",
    ),
    ("in one that is given away", [(TELEMETRY, None, LATER + "ready(later);")], "?mmmm"),
    ("in one that is called sometimes", [(TELEMETRY, None, LATER + "if (process.env.OTEL) later();")], "?mmmm"),
    ("by a setting", [(TELEMETRY, None, SHARED.replace("\nstartT", "\nif (process.env.OTEL) startT"))], "?mmmm"),
    ("never", [(TELEMETRY, None, SHARED.replace("\nstartT", "\nif (false) startT"))], "Ummmm"),
    (
        "unless a setting is missing",
        [(TELEMETRY, None, LATER.replace("{\n", "{ if (!x) return;\n") + "later();")],
        "?mmmm",
    ),
    ("an SDK that is made by a setting", [(TELEMETRY, "const sdk", "if (process.env.OTEL) sdk")], "?mmmm"),
    (
        "the platform's function, by position",
        [(TELEMETRY, None, SHARED.replace('{ serviceName: "identity" }', '"identity"'))],
        "mmmmm",
    ),
    ("a function of its own", [(TELEMETRY, None, "function startTelemetry() {}\nstartTelemetry();")], "UUmmm"),
    ("the platform's function, nobody knows whence", [(TELEMETRY, None, 'startTelemetry("identity");')], "??mmm"),
    ("a spread of options", [(TELEMETRY, "metricReader:", "...more(), reader:")], "?mmmm"),
    ("a spread of attributes", [(TELEMETRY, '[ATTR_SERVICE_NAME]: "identity"', "...attributes()")], "m?mmm"),
    ("an own constant", [(TELEMETRY, "[ATTR_SERVICE_NAME]", "[KEY]"), (TELEMETRY, "sdk.start", CONSTANT)], "mmmmm"),
    ("a key that is computed otherwise", [(TELEMETRY, "[ATTR_SERVICE_NAME]", "[key()]")], "m?mmm"),
    ("an old constant", [(TELEMETRY, "[ATTR_SERVICE_NAME]", "[SemanticResourceAttributes.SERVICE_NAME]")], "mmmmm"),
    ("the platform's function without a name", [(TELEMETRY, None, SHARED.replace("serviceName", "level"))], "m?mmm"),
]


@pytest.mark.parametrize(("edits", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edits: list[tuple[str, str | None, str]], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(*edits) == expected


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    files = {**FILES, INFRA: DECLARED.replace('{ path: "/healthz" }', "{}")}
    found = judged("L37", files, IDENTITY)
    assert found.message == f"{INFRA}: healthCheck is given nothing; set what is missing on the construct of line 6."
    assert (found.locations[0].path, found.locations[0].line) == (INFRA, 8)
    gone = judged("L38", {**FILES, CONFIG: "export {};"}, IDENTITY)
    assert gone.message == f"sst.config.ts does not import {INFRA}, so identity is not deployed; import it."


def test_a_name_that_differs_is_shown() -> None:
    """With the place, and what it should be."""
    found = judged("L29", {**FILES, TELEMETRY: SIGNALS.replace(']: "identity"', ']: "id"')}, IDENTITY)
    assert found.message == f"{TELEMETRY}:6 names the service 'id'; name it 'identity'."


def test_an_edit_elsewhere_leaves_the_digests() -> None:
    """Another service says nothing of this one."""
    more = {**FILES, "services/clinical/infra.ts": DECLARED, "services/clinical/src/index.ts": STARTED}
    for number in LINES:
        assert judged(number, FILES, IDENTITY).subject_digest == judged(number, more, IDENTITY).subject_digest


def test_what_only_running_it_could_tell_has_a_reason() -> None:
    """It is no proof of absence."""
    files = {**FILES, CONFIG: DEPLOYED.replace('"./services/identity/infra"', "path")}
    assert judged("L38", files, IDENTITY).reason is Reason.NOT_RESOLVABLE
