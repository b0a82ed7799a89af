"""Service factories: typed dependencies, in every form that TypeScript offers."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run

M9 = load_catalogue().line("M9")
ROUTE = "apps/api/app/grants/route.ts"
ENTRY = "packages/equity-service/src/index.ts"
MANIFESTS = {
    "package.json": '{"workspaces": ["packages/*"]}',
    "packages/equity-service/package.json": '{"name": "@repo/equity-service", "exports": "./src/index.ts"}',
    "packages/database/package.json": '{"name": "@repo/database", "exports": "./src/index.ts"}',
    "packages/database/src/index.ts": "export interface PrismaClient {}",
}
CALLS = 'import { createService } from "@repo/equity-service";\nexport const POST = async () => createService();'
DEPS = "export interface Deps { readonly prisma: PrismaClient; readonly events: EventEmitter }"


def judged(entry: str | None, route: str = CALLS, **more: str) -> Finding:
    files = {**MANIFESTS, ROUTE: route, **more}
    if entry is not None:
        files[ENTRY] = entry
    return run(M9.check, M9.parameters, files, using=profile(paths__route_handlers="apps/api/app/**/route.ts"))


FORMS = {
    "function": f"{DEPS}\nexport function createService(deps: Deps) {{}}",
    "arrow": f"{DEPS}\nexport const createService = ({{ prisma, events }}: Deps) => ({{}});",
    "class": f"{DEPS}\nexport class Service {{ constructor(private readonly deps: Deps) {{}} }}",
    "readonly": f"{DEPS}\nexport function createService(deps: Readonly<Deps>) {{}}",
    "alias": "type Deps = { db: PrismaClient } & Emits;\ninterface Emits { bus: EventEmitter }\n"
    "export const createService = (deps: Deps) => 1;",
    "extends": "interface Base { prisma: PrismaClient }\ninterface Deps extends Base { events: Bus }\n"
    "export default function (deps: Deps) {}",
    "exported later": f"{DEPS}\nfunction make(deps: Deps) {{}}\nexport {{ make as createService }};",
}


@pytest.mark.parametrize("entry", FORMS.values(), ids=FORMS)
def test_a_factory_with_typed_dependencies_is_met(entry: str) -> None:
    """Functions, arrows and constructors; types that extend or intersect."""
    finding = judged(entry)
    assert finding.outcome is Outcome.MET, finding.message
    assert finding.locations[0].path == ENTRY


def test_factory_and_type_may_lie_in_other_files_of_the_package() -> None:
    """Star exports and type imports are followed."""
    finding = judged(
        'export * from "./service";',
        **{
            "packages/equity-service/src/service.ts": 'import type { Deps } from "./deps";\n'
            "export const createService = (deps: Deps) => 1;",
            "packages/equity-service/src/deps.ts": DEPS,
        },
    )
    assert finding.outcome is Outcome.MET, finding.message
    assert finding.locations[0].path == "packages/equity-service/src/service.ts"


FAULTS = {
    "no factory": ("export const x = 1;", "exports no factory with a parameter of type Deps"),
    "another type": ("export function createService(deps: Things) {}", "exports no factory"),
    "a longer name": ("interface MyDeps {}\nexport function createService(deps: MyDeps) {}", "exports no factory"),
    "not exported": (f"{DEPS}\nfunction createService(deps: Deps) {{}}", "exports no factory"),
    "no emitter": ("interface Deps { prisma: PrismaClient }\nexport const c = (d: Deps) => 1;", "no event emitter"),
    "no prisma": ("interface Deps { events: EventEmitter }\nexport const c = (d: Deps) => 1;", "no Prisma client"),
    "any": (
        "interface Deps { prisma: any; events: EventEmitter }\nexport const c = (d: Deps) => 1;",
        "leaves prisma untyped",
    ),
    "any inside": (
        "interface Deps { prisma: PrismaClient; events: Emitter<any> }\nexport const c = (d: Deps) => 1;",
        "leaves events untyped",
    ),
    "without type": (
        "interface Deps { prisma; events: EventEmitter }\nexport const c = (d: Deps) => 1;",
        "leaves prisma untyped",
    ),
}


@pytest.mark.parametrize(("entry", "message"), FAULTS.values(), ids=FAULTS)
def test_each_lack_is_named(entry: str, message: str) -> None:
    """With the package and the way out."""
    finding = judged(entry)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


UNSEEN = {
    "broken": ("export function (", Reason.UNREADABLE),
    "type from outside": ('import type { Deps } from "deps";\nexport const c = (d: Deps) => 1;', Reason.NOT_RESOLVABLE),
    "no entry": (None, Reason.NOT_RESOLVABLE),
}


@pytest.mark.parametrize(("entry", "reason"), UNSEEN.values(), ids=UNSEEN)
def test_what_cannot_be_read_is_unknown(entry: str | None, reason: Reason) -> None:
    """A package that cannot be read proves nothing."""
    finding = judged(entry)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_a_route_without_a_service_is_unknown_and_says_so() -> None:
    """There is nothing to judge, and the way out is to call one."""
    finding = judged(FORMS["function"], "export const POST = async () => 1;")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    assert "imports no package of packages/*-service" in finding.message


def test_services_behind_a_shared_module_count_and_those_behind_a_service_do_not() -> None:
    """What the service itself calls is its own business."""
    finding = judged(
        f'import {{ other }} from "@repo/other-service";\n{FORMS["function"]}',
        'import { make } from "../../lib/make";\nexport const POST = async () => make();',
        **{
            "apps/api/lib/make.ts": CALLS.replace("POST", "make"),
            "packages/other-service/package.json": '{"name": "@repo/other-service"}',
            "packages/other-service/src/index.ts": "export const other = 1;",
        },
    )
    assert finding.outcome is Outcome.MET, finding.message
    assert "packages/other-service" not in finding.message
