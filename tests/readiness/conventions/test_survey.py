"""What a survey sees: conventions with their places, tools with theirs, and nothing that is not there."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.conventions.fits import PLAIN, fitting_profile
from prr_pipeline.readiness.conventions.survey import Survey, survey, waited_for
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.readiness.profile import lay_over, load_profile
from prr_pipeline.repository.tree import Blob
from tests.readiness.conventions.layouts import FASTAPI, GO, PLATFORM, Files, spec
from tests.readiness.fakes import FakeSnapshot


def surveyed(files: Files, *, base: str = PLAIN, tags: tuple[str, ...] = ()) -> Survey:
    return survey(Tree(FakeSnapshot(files)), load_profile(base), tags)


def values(files: Files, tags: tuple[str, ...] = ()) -> dict[str, object]:
    return {one.key: one.value for one in surveyed(files, tags=tags).seen}


def test_a_python_service_shows_its_description_and_its_pages() -> None:
    """The runbook is called like the operations' tag; nothing is said of services that are not there."""
    assert values(FASTAPI) == {
        "paths.openapi": "openapi.json",
        "paths.threat_model": "docs/threat-model.md",
        "paths.runbook": "docs/runbooks/{kind}.md",
    }


def test_a_go_repository_shows_its_programs_as_services() -> None:
    """A runbook called like a service is the service's."""
    assert values(GO) == {
        "paths.openapi": "api/openapi.yaml",
        "paths.service": "cmd/{service}",
        "paths.service_runbook": "docs/runbooks/{service}.md",
    }


def test_a_platform_shows_what_its_services_have() -> None:
    """Each key by what most of the services have; what was borrowed is not looked at."""
    assert values(PLATFORM, tags=("identity@1.4.0", "v2")) == {
        "paths.service": "services/{service}",
        "paths.service_template": "services/_template",
        "service.ignored": ["_template"],
        "paths.manifest": "services/{service}/service.yaml",
        "paths.readme": "services/{service}/README.md",
        "paths.service_entry": "services/{service}/src/index.ts",
        "paths.service_openapi": "services/{service}/openapi.yaml",
        "paths.migrations": "services/{service}/migrations/*.sql",
        "paths.service_tests": "services/{service}/tests/**/*.test.ts",
        "paths.service_code": "services/{service}/src/**/*.ts",
        "paths.test_files": "services/**/*.test.{ts,tsx}",
        "paths.route_handlers": "web/src/app/**/route.ts",
        "paths.changesets": ".changeset/*.md",
        "paths.i18n_registry": "locales/{locale}.json",
        "customer.locales": ["de", "en"],
        "deploy.tags": ["v*", "*@*"],
    }


def test_every_value_is_one_that_a_profile_may_hold_and_every_place_is_there() -> None:
    """Laid over the base, each draft loads; each place that a convention cites is a path of the repository."""
    for files in (FASTAPI, GO, PLATFORM):
        for one in surveyed(files).seen:
            section, _, key = one.key.partition(".")
            text = f"{section}: {{{key}: {one.value!r}}}".replace("'", '"')
            assert lay_over(load_profile(PLAIN), Blob("p", "", text.encode())).value(one.key) == one.value
            cited = one.where.partition(",")[0]
            assert any(path == cited or path.startswith(f"{cited}/") for path in files)


def test_an_empty_repository_shows_nothing() -> None:
    """No value is made up."""
    assert surveyed({}) == Survey((), (), ())


def test_what_the_words_of_a_description_show() -> None:
    """A house's own prefix, the extension that states maturity, the scheme with scopes, the header of idempotency."""
    operation = {
        "operationId": "a", "responses": {}, "x-acme-tier": 1, "x-acme-maturity": "GA", "x-acme-owner": "b",
        "parameters": [{"in": "header", "name": "X-Idempotency-Key"}],
    }  # fmt: skip
    schemes = {"securitySchemes": {"key": {"type": "apiKey"}, "platform": {"type": "oauth2"}}}
    text = spec(components=schemes).replace('"paths": {}', '"paths": ' + str({"/a": {"post": operation}}))
    found = values({"openapi.yaml": text.replace("'", '"')})
    assert found == {
        "paths.openapi": "openapi.yaml",
        "spec.extension_prefix": "x-acme-",
        "spec.maturity_extension": "x-acme-maturity",
        "scopes.security_scheme": "platform",
        "routes.idempotency_header": "X-Idempotency-Key",
    }


@pytest.mark.parametrize(
    ("files", "kind", "name", "where"),
    [
        (FASTAPI, "language", "Python", "app/main.py"),
        (FASTAPI, "test runner", "pytest", "tests/conftest.py"),
        (FASTAPI, "coverage", "coverage.py", "pyproject.toml"),
        (FASTAPI, "CI", "GitHub Actions", ".github/workflows/ci.yml"),
        (FASTAPI, "migrations", "Alembic", "pyproject.toml"),
        (FASTAPI, "owners", "CODEOWNERS", "CODEOWNERS"),
        (FASTAPI, "flags", "LaunchDarkly", "pyproject.toml"),
        (FASTAPI, "service", "Sentry", "pyproject.toml"),
        (FASTAPI, "runbooks", "Markdown", "docs/runbooks/cap-table.md"),
        (GO, "language", "Go", "cmd/billing/main.go"),
        (GO, "test runner", "go test", "internal/orders/orders_test.go"),
        (GO, "migrations", "golang-migrate", "migrations/0001_orders.up.sql"),
        (GO, "infrastructure", "Terraform", "deploy/main.tf"),
    ],
)
def test_a_tool_is_named_with_its_place(files: Files, kind: str, name: str, where: str) -> None:
    """By a file of its own, or by a word in a manifest."""
    assert (kind, name, where) in [(one.kind, one.name, one.where) for one in surveyed(files).tools]


def test_what_cannot_be_taken_is_told() -> None:
    """Old descriptions, broken ones, and those whose operations have no ids; the rest is surveyed all the same."""
    notes = surveyed(
        {
            "swagger.json": '{"swagger": "2.0"}',
            "broken/openapi.yaml": "openapi: 3.1.0\npaths: [\n",
            "openapi.yaml": "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get: {responses: {}}\n",
        }
    ).notes
    assert [note.split(" ")[0] for note in notes] == ["swagger.json", "broken/openapi.yaml", "openapi.yaml"]


def test_of_several_descriptions_the_largest_counts_and_the_others_are_named() -> None:
    """A person can then name another."""
    found = surveyed({"a/openapi.json": spec("one"), "b/openapi.json": spec("two", "three")})
    assert [one.value for one in found.seen] == ["b/openapi.json"]
    assert found.notes == (
        "1 more OpenAPI documents lie beside b/openapi.json, which has the most operations: a/openapi.json (1).",
    )


def test_a_name_that_a_template_cannot_hold_is_passed_over() -> None:
    """Braces and stars would mean something else in a profile, and what nobody sees would hide in it."""
    files = {f"{name}/openapi.json": spec("one") for name in ("{service}", "a*", "b\u202e", "c\n", "d\\e")}
    assert surveyed(files).seen == ()


@pytest.mark.parametrize("junk", [b"\xff\xfe\x00", b"\0" * 10, b"x" * (2**20 + 1)], ids=["no text", "NUL", "huge"])
def test_a_manifest_that_is_no_text_names_nothing(junk: bytes) -> None:
    """And hinders nothing."""
    assert [one.name for one in surveyed({"package.json": junk, "a.go": "package a\n"}).tools] == ["Go"]


def test_a_profile_that_fits_is_believed_but_for_places_that_are_not_there() -> None:
    """What it says differently is not seen as news; a place of its that lies elsewhere is."""
    files = {"docs/api/openapi.yaml": spec("one"), "locales/en.json": "{}", "locales/de.json": "{}"}
    found = {one.key: one.value for one in surveyed(files, base="matter").seen}
    assert found == {"paths.openapi": "docs/api/openapi.yaml", "paths.i18n_registry": "locales/{locale}.json"}


def test_no_shipped_profile_fits_a_repository_of_another_shape() -> None:
    """Then the base is the one that names no place."""
    assert {fitting_profile(Tree(FakeSnapshot(files))) for files in (FASTAPI, GO, PLATFORM, {})} == {PLAIN}


def test_a_profile_fits_where_a_quarter_of_its_places_is_there() -> None:
    """One that lists subjects among them: without such a place nothing could be judged."""
    places = [str(load_profile("matter").value(f"paths.{key}")) for key in ("openapi", "slo_board", "threat_model")]
    more = ["runbook_registry", "chaos_cadence", "soc2_controls", "pii_canary", "mcp_catalog", "pii_drift_gate"]
    places += [str(load_profile("matter").value(f"paths.{key}")) for key in (*more, "property_harness")]
    files = dict.fromkeys(places, "")
    assert fitting_profile(Tree(FakeSnapshot(files))) == "matter"
    assert fitting_profile(Tree(FakeSnapshot(dict.fromkeys(places[1:], "")))) == PLAIN


def test_the_keys_that_lines_wait_for_are_counted() -> None:
    """Of a kind that cannot be listed the key that would list it, of the others each that a line cannot do without."""
    catalogue, plain = load_catalogue(), load_profile(PLAIN)
    before = waited_for(catalogue, plain)
    assert before["paths.openapi"] == 38
    assert "paths.slo_board" not in before
    after = waited_for(catalogue, lay_over(plain, Blob("p", "", b"paths: {openapi: openapi.json}")))
    assert "paths.openapi" not in after
    assert after["paths.slo_board"] == 1
