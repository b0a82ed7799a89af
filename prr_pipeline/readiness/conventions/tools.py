"""Which languages and tools does a repository name? By its files and by the words of its manifests; nothing is run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.conventions.seen import Tool
from prr_pipeline.readiness.conventions.tree import Tree

MANIFESTS_CAP = 200
"""Manifests whose words are read at most, those nearest to the top first."""
_MANIFEST = re.compile(
    r"(.*/)?(package\.json|pyproject\.toml|requirements[^/]*\.txt|Pipfile|setup\.cfg|go\.mod|Cargo\.toml|pom\.xml|"
    r"build\.gradle(\.kts)?|Gemfile|composer\.json|\.npmrc)\Z"
)
_LANGUAGES = {
    ".ts": "TypeScript", ".tsx": "TypeScript", ".js": "JavaScript", ".jsx": "JavaScript", ".py": "Python", ".go": "Go",
    ".java": "Java", ".kt": "Kotlin", ".rs": "Rust", ".rb": "Ruby", ".cs": "C#", ".php": "PHP", ".swift": "Swift",
    ".scala": "Scala", ".ex": "Elixir",
}  # fmt: skip
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Sign:
    """A tool shows by a path, or by a word in a manifest; each a regular expression, None for neither."""

    kind: str
    name: str
    path: str | None = None
    word: str | None = None


_SIGNS = (
    _Sign("test runner", "vitest", r"(.*/)?vitest\.(config|workspace)\.\w+", r'"vitest"'),
    _Sign("test runner", "jest", r"(.*/)?jest\.config\.\w+", r'"jest"'),
    _Sign("test runner", "playwright", r"(.*/)?playwright\.config\.\w+", r'"@playwright/test"'),
    _Sign("test runner", "pytest", r"(.*/)?(pytest\.ini|conftest\.py)", r"\bpytest\b"),
    _Sign("test runner", "go test", r".*_test\.go"),
    _Sign("test runner", "cargo test", None, r"\[dev-dependencies\]"),
    _Sign("test runner", "JUnit", None, r"\bjunit(-jupiter)?\b"),
    _Sign("coverage", "istanbul", r"(.*/)?\.nycrc(\.json)?", r'"(@vitest/coverage-[\w-]+|nyc|c8)"'),
    _Sign("coverage", "coverage.py", r"(.*/)?\.coveragerc", r"\b(pytest-cov|tool\.coverage)\b"),
    _Sign("coverage", "JaCoCo", None, r"\bjacoco\b"),
    _Sign("CI", "GitHub Actions", r"\.github/workflows/[^/]+\.ya?ml"),
    _Sign("CI", "GitLab CI", r"\.gitlab-ci\.ya?ml"),
    _Sign("CI", "CircleCI", r"\.circleci/config\.ya?ml"),
    _Sign("CI", "Jenkins", r"(.*/)?Jenkinsfile"),
    _Sign("CI", "Azure Pipelines", r"azure-pipelines[^/]*\.ya?ml"),
    _Sign("CI", "Buildkite", r"\.buildkite/[^/]+\.ya?ml"),
    _Sign("migrations", "Drizzle", r"(.*/)?drizzle\.config\.\w+", r'"drizzle-(orm|kit)"'),
    _Sign("migrations", "Prisma", r"(.*/)?schema\.prisma", r'"@prisma/client"'),
    _Sign("migrations", "Alembic", r"(.*/)?alembic\.ini", r"\balembic\b"),
    _Sign("migrations", "Django", r"(.*/)?manage\.py", r"\bdjango\b"),
    _Sign("migrations", "Flyway", r"(.*/)?db/migration/V\d[^/]*\.sql", r"\bflyway\b"),
    _Sign("migrations", "golang-migrate", r".*\d+_[^/]+\.up\.sql", r"golang-migrate/migrate"),
    _Sign("infrastructure", "Terraform", r".*\.tf"),
    _Sign("infrastructure", "SST", r"(.*/)?sst\.config\.\w+", r'"sst"'),
    _Sign("infrastructure", "AWS CDK", r"(.*/)?cdk\.json", r"aws-cdk-lib"),
    _Sign("infrastructure", "Pulumi", r"(.*/)?Pulumi\.ya?ml"),
    _Sign("infrastructure", "Helm", r"(.*/)?Chart\.yaml"),
    _Sign("infrastructure", "Kubernetes", r"(.*/)?kustomization\.ya?ml"),
    _Sign("infrastructure", "Docker", r"(.*/)?Dockerfile"),
    _Sign("registry", "npm", None, r"(?m)^\s*(@[\w-]+:)?registry\s*=|\"publishConfig\""),
    _Sign("runbooks", "Markdown", r"(.*/)?(runbooks?/[^/]+|RUNBOOK)\.mdx?"),
    _Sign("owners", "CODEOWNERS", r"(\.github/|docs/|\.gitlab/)?CODEOWNERS"),
    _Sign("flags", "flagd", r"(.*/)?([^/]*\.)?flagd\.(json|ya?ml)", r"\bflagd\b"),
    _Sign("flags", "OpenFeature", None, r"@openfeature/|\bopenfeature\b|open-feature/"),
    _Sign("flags", "LaunchDarkly", None, r"launchdarkly|ldclient"),
    _Sign("flags", "Unleash", None, r"\bunleash-(client|proxy)|UnleashClient|Unleash/unleash-client"),
    _Sign("flags", "Flagsmith", None, r"\bflagsmith\b"),
    _Sign("flags", "GrowthBook", None, r"\bgrowthbook\b"),
    _Sign("service", "Sentry", None, r"@sentry/|\bsentry[-_]sdk\b|getsentry/sentry"),
    _Sign("service", "PagerDuty", None, r"\bpagerduty\b|PagerDuty/"),
    _Sign("service", "CloudWatch", None, r"client-cloudwatch|service/cloudwatch"),
    _Sign("service", "Cloudflare", r"(.*/)?wrangler\.(toml|jsonc?)", r'"cloudflare"'),
    _Sign("alerts", "Alertmanager", r"(.*/)?alertmanager[^/]*\.ya?ml"),
    _Sign("alerts", "Prometheus rules", r"(.*/)?[^/]*(alert|rules)[^/]*\.rules\.ya?ml|(.*/)?prometheus[^/]*\.ya?ml"),
)


def tools(tree: Tree) -> Iterator[Tool]:
    """Languages, the most frequent first, then each tool once with the first place that names it."""
    yield from _languages(tree)
    manifests = sorted((path for path in tree.paths if _MANIFEST.fullmatch(path)), key=lambda p: (p.count("/"), p))
    texts = [(path, tree.text(path)) for path in manifests[:MANIFESTS_CAP] if tree.is_file(path)]
    for sign in _SIGNS:
        where = _by_path(tree, sign) or _by_word(texts, sign)
        if where is not None:
            yield Tool(sign.kind, sign.name, where)


def _languages(tree: Tree) -> Iterator[Tool]:
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for path in tree.paths:
        name = path.rpartition("/")[2]
        language = _LANGUAGES.get("." + name.rpartition(".")[2]) if "." in name else None
        if language is not None and tree.is_file(path):
            counts[language] += 1
            shown.setdefault(language, path)
    for language, _ in counts.most_common(_SHOWN):
        yield Tool("language", language, shown[language])


def _by_path(tree: Tree, sign: _Sign) -> str | None:
    if sign.path is None:
        return None
    seek = re.compile(sign.path)
    return next((path for path in tree.paths if seek.fullmatch(path) and tree.is_file(path)), None)


def _by_word(texts: list[tuple[str, str]], sign: _Sign) -> str | None:
    if sign.word is None:
        return None
    seek = re.compile(sign.word, re.IGNORECASE)
    return next((path for path, text in texts if seek.search(text)), None)
