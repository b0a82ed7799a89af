"""Damage that once made a check fail, or took far too long."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.robustness.judging import Repository

SPEC = "apps/docs/api-reference/openapi.yaml"
ROUTE = "apps/api/app/v1/grants/route.ts"
TESTS = "apps/api/__tests__/properties/grants.property.test.ts"


@dataclass(frozen=True, slots=True)
class Regression:
    """In one file ``find`` stands once and becomes ``put``."""

    id: str
    file: str
    find: str
    put: str

    def applied(self, repository: Repository) -> Repository:
        """The repository after it. Raises `AssertionError` where the sample outgrew it."""
        text = repository.files[self.file].decode()
        assert text.count(self.find) == 1, f"{self.file} holds {text.count(self.find)} times {self.find!r}"
        damaged = text.replace(self.find, self.put).encode("utf-8", "surrogatepass")
        return replace(repository, files={**repository.files, self.file: damaged})


_COMBINED = """          schema:
            allOf:
            - {$ref: '#/components/schemas/Problem'}
            properties:
              code:
                type: string
                enum: [idempotency_key_reused, signing_key_rotation_active]
"""
_NUMBER = "          schema:\n            allOf: 5\n            x:\n              y:\n"
REGRESSIONS = (
    Regression("a combination that is a number", SPEC, _COMBINED, _NUMBER),
    Regression("a tool name that is a list", SPEC, "tool_name: matter_create_grant,", "tool_name: [a, {}],"),
    Regression("a tool name that is a mapping", SPEC, "tool_name: matter_transfer_shares,", "tool_name: {},"),
    Regression("a tagged template of many levels", ROUTE, "      take:", f"{'`' * 60_000}      take:"),
    Regression("a source that takes long to refuse", ROUTE, "pathname));", f"pathname{'{}' * 10_000}));"),
    Regression("a title with half a surrogate", TESTS, 'describe("', 'describe("\\ud800 '),
)
