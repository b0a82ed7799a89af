"""A service beside the template that services are made from (L1)."""

from __future__ import annotations

import json

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged, loop

TEMPLATE, FOLDER = "services/_template", "services/identity"
REQUIRED = ["package.json", "tsconfig.json", "src/index.ts", "src/routes/*.ts", "tests"]
BASE = '{ "compilerOptions": { "strict": true, /* as everywhere */ "module": "NodeNext", } }'
PACKAGE = {"name": "@services/x", "scripts": {"build": "tsc -b", "openapi:gen": "tsx gen.ts --service _template"}}


def made(name: str) -> dict[str, str]:
    """The files of a service as the template has them."""
    package = json.dumps(PACKAGE).replace("_template", name)
    return {
        "package.json": package,
        "tsconfig.json": '{ "extends": "../../tsconfig.base.json" }',
        "src/index.ts": "export {};",
        "src/routes/grants.ts": "export {};",
        "tests/grants.test.ts": "export {};",
    }


FILES = {
    "tsconfig.base.json": BASE,
    **{f"{TEMPLATE}/{path}": text for path, text in made("_template").items()},
    **{f"{FOLDER}/{path}": text for path, text in made("identity").items()},
}
PROFILE = loop(service__template_required=REQUIRED)
OWN = f"{FOLDER}/tsconfig.json"
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def options(text: str) -> dict[str, str | None]:
    """The service's own configuration."""
    return {OWN: text}


CASES: list[tuple[str, dict[str, str | None], Outcome, str]] = [
    ("alike", {}, MET, "services/identity has the 5 paths and the 4 settings of services/_template."),
    ("more files", {f"{FOLDER}/src/more.ts": ""}, MET, "has the 5 paths"),
    ("a file is missing", {f"{FOLDER}/src/index.ts": None}, UNMET, "src/index.ts is missing; make it alike."),
    ("a folder is empty", {f"{FOLDER}/tests/grants.test.ts": None}, UNMET, "tests is missing"),
    ("no file of a glob", {f"{FOLDER}/src/routes/grants.ts": None}, UNMET, "src/routes/*.ts is missing"),
    (
        "another script",
        {f"{FOLDER}/package.json": made("identity")["package.json"].replace("tsc -b", "tsc")},
        UNMET,
        "the script build of package.json is 'tsc', in the template 'tsc -b'",
    ),
    (
        "a script of another service",
        {f"{FOLDER}/package.json": made("clinical")["package.json"]},
        UNMET,
        "the script openapi:gen of package.json is",
    ),
    ("no script", {f"{FOLDER}/package.json": "{}"}, UNMET, "the script build of package.json is not there"),
    ("a script that is no text", {f"{FOLDER}/package.json": '{"scripts": {"build": 1}}'}, UNMET, "build"),
    (
        "the same options written out",
        options('{"compilerOptions": {"strict": true, "module": "nodenext"}}'),
        MET,
        "4 settings",
    ),
    (
        "an option over the base",
        options('{"extends": "../../tsconfig.base.json", "compilerOptions": {"strict": false}}'),
        UNMET,
        "the option strict of tsconfig.json is False, in the template True",
    ),
    ("no base", options("{}"), UNMET, "the option strict of tsconfig.json is not set, in the template True"),
    (
        "the last of several",
        {OWN: '{"extends": ["./loose.json", "../../tsconfig.base.json"]}', f"{FOLDER}/loose.json": "{}"},
        MET,
        "4 settings",
    ),
    (
        "the last of several is loose",
        {
            OWN: '{"extends": ["../../tsconfig.base.json", "./loose.json"]}',
            f"{FOLDER}/loose.json": '{"compilerOptions": {"strict": false}}',
        },
        UNMET,
        "the option strict",
    ),
    ("a base that is not there", options('{"extends": "./gone.json"}'), UNKNOWN, "extends ./gone.json, which is not"),
    ("a base from outside", options('{"extends": "@tsconfig/node22"}'), UNKNOWN, "cannot be compared without what"),
    (
        "both from outside",
        {OWN: '{"extends": "@tsconfig/node22"}', f"{TEMPLATE}/tsconfig.json": '{"extends": "@tsconfig/node22"}'},
        MET,
        "5 settings",
    ),
    (
        "a workspace package",
        {
            OWN: '{"extends": "@platform/tsconfig/service.json"}',
            "package.json": '{"name": "root", "workspaces": ["packages/*"]}',
            "packages/tsconfig/package.json": '{"name": "@platform/tsconfig"}',
            "packages/tsconfig/service.json": BASE,
        },
        MET,
        "4 settings",
    ),
    ("a circle", options('{"extends": "./tsconfig.json"}'), UNKNOWN, "extends more than 8 configurations"),
    ("broken settings", options("{"), UNKNOWN, "is no JSON"),
    ("no template", {f"{TEMPLATE}/{path}": None for path in made("x")}, UNKNOWN, "holds no file to compare"),
]


@pytest.mark.parametrize(("edit", "outcome", "words"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_service_has_the_shape_of_the_template(edit: dict[str, str | None], outcome: Outcome, words: str) -> None:
    """Paths may be more, named settings must be equal, wherever they are written."""
    files = {path: text for path, text in {**FILES, **edit}.items() if text is not None}
    found = judged("L1", files, IDENTITY, using=PROFILE)
    assert (found.outcome, words in found.message) == (outcome, True), found.message


def test_what_is_missing_is_unmet_without_a_template_too() -> None:
    """A path that is asked for needs nothing to be compared with."""
    files = {path: text for path, text in FILES.items() if not path.startswith(TEMPLATE) and "index" not in path}
    found = judged("L1", files, IDENTITY, using=PROFILE)
    assert (found.outcome, found.locations[0].path) == (UNMET, f"{FOLDER}/src/index.ts")


def test_no_template_has_a_reason() -> None:
    """The way out is to write it, or to say where it lies."""
    files = {path: text for path, text in FILES.items() if not path.startswith(TEMPLATE)}
    assert judged("L1", files, IDENTITY, using=PROFILE).reason is Reason.NO_EVIDENCE


def test_another_service_leaves_the_digest() -> None:
    """What was signed for one service holds while others change."""
    more = {**FILES, "services/clinical/src/index.ts": "export {};", f"{FOLDER}/src/more.ts": "export {};"}
    before, after = (judged("L1", files, IDENTITY, using=PROFILE) for files in (FILES, more))
    assert before.subject_digest == after.subject_digest
