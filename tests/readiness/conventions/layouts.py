"""Repositories of several shapes, as files: what a survey is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Files = Mapping[str, str | bytes]


def spec(*operations: str, **more: Any) -> str:
    """An OpenAPI document with those operation ids, each at a path of its own."""
    paths = {f"/{name}": {"get": {"operationId": name, "tags": ["Cap table"], "responses": {}}} for name in operations}
    return json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths, **more})


FASTAPI: Files = {
    "openapi.json": spec("listItems", "createItem"),
    "pyproject.toml": '[project]\ndependencies = ["fastapi", "sentry-sdk", "alembic", "launchdarkly-server-sdk"]\n'
    '[dependency-groups]\ndev = ["pytest", "pytest-cov"]\n',
    "app/main.py": "raise SystemExit('this must never run')\n",
    "tests/conftest.py": "raise SystemExit('nor this')\n",
    "docs/runbooks/cap-table.md": "# Cap table\n",
    "docs/threat-model.md": "# Threats\n",
    ".github/workflows/ci.yml": "on: push\n",
    "CODEOWNERS": "* @mara\n",
}
"""One service in Python, with its description beside it."""
GO: Files = {
    "go.mod": "module example.org/shop\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n",
    "cmd/orders/main.go": "package main\n",
    "cmd/billing/main.go": "package main\n",
    "internal/orders/orders_test.go": "package orders\n",
    "api/openapi.yaml": "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
    "paths:\n  /orders:\n    get: {operationId: listOrders, responses: {}}\n",
    "migrations/0001_orders.up.sql": "create table orders (id int);\n",
    "deploy/main.tf": "terraform {}\n",
    "docs/runbooks/orders.md": "# Orders\n",
}
"""Two programs in Go below ``cmd``, with one description of both."""
PLATFORM: Files = {
    **{f"services/{name}/package.json": "{}" for name in ("identity", "billing")},
    **{f"services/{name}/openapi.yaml": spec(f"{name}Get") for name in ("identity", "billing")},
    **{f"services/{name}/src/index.ts": "export {};\n" for name in ("identity", "billing")},
    **{f"services/{name}/README.md": "# Read me\n" for name in ("identity", "billing")},
    "services/identity/service.yaml": "name: identity\n",
    "services/identity/migrations/0001.sql": "create table a (id int);\n",
    "services/identity/tests/a.test.ts": "test('a', () => {});\n",
    "services/_template/package.json": "{}",
    "web/src/app/v1/grants/route.ts": "export const GET = 1;\n",
    ".changeset/blue.md": "---\n---\n",
    "locales/en.json": "{}",
    "locales/de.json": "{}",
    "node_modules/left/openapi.json": spec("notOurs"),
}
"""Services in TypeScript, each with its own description, that no shipped profile fits."""
