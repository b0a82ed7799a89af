"""Pages that a program writes (L25, L48, L56, L62)."""

from __future__ import annotations

import hashlib

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import IDENTITY, PLACED, judged, loop

PAGE, SOURCE = "apps/docs/content/services/identity.mdx", "services/identity/service.yaml"
MANIFEST = "name: identity\n"


def page(*sources: str, mark: str = "source-digest:") -> str:
    """A page as its generator would write it."""
    made_from = hashlib.sha256("".join(sources).encode()).hexdigest()
    return f"---\ntitle: Identity\n---\n{{/* {mark} {made_from} */}}\n# Identity\n"


def fresh(text: str | None, source: str | None = MANIFEST) -> Finding:
    """L25 of the page and its source."""
    files = {PAGE: text, SOURCE: source}
    return judged("L25", {path: text for path, text in files.items() if text is not None}, IDENTITY)


def test_a_page_with_the_digest_of_its_source_is_met() -> None:
    """With the prefix of the algorithm or without."""
    assert fresh(page(MANIFEST)).outcome is Outcome.MET
    assert fresh(page(MANIFEST).replace("digest: ", "digest: sha256:")).outcome is Outcome.MET


def test_a_page_made_from_an_older_source_is_unmet() -> None:
    """The digest that it should have is a value of the finding."""
    found = fresh(page("name: old\n"))
    assert found.outcome is Outcome.UNMET
    assert "was made from other sources than services/identity/service.yaml" in found.message
    assert found.values["sources_digest"] == hashlib.sha256(MANIFEST.encode()).hexdigest()
    assert (found.locations[0].path, found.locations[0].line) == (PAGE, 4)


def test_a_page_that_is_not_committed_is_unmet() -> None:
    """Its path is named."""
    assert fresh(None).message == f"{PAGE} does not exist; generate it and commit it."


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        ("# Identity\n", MANIFEST, Reason.NO_EVIDENCE),
        (page(MANIFEST, mark="made from"), MANIFEST, Reason.NO_EVIDENCE),
        ("source-digest: abc\n", MANIFEST, Reason.NO_EVIDENCE),
        ("\n" * 50 + page(MANIFEST), MANIFEST, Reason.NO_EVIDENCE),
        (page(MANIFEST), None, Reason.UNREADABLE),
    ],
    ids=["no header", "another mark", "no digest", "far down", "no source"],
)
def test_a_page_of_which_nobody_knows_the_source_is_unknown(text: str, source: str | None, reason: Reason) -> None:
    """It may be fresh or not."""
    found = fresh(text, source)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, reason)


OTHERS = [
    ("L48", IDENTITY, "apps/docs/content/sdk/identity.mdx", "services/identity/openapi.yaml"),
    ("L62", PLACED, "apps/docs/content/reference/events/order.placed.v1.mdx", "packages/contracts/src/events/order.ts"),
    (
        "L56",
        Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/POST /v1/grants"),
        "apps/docs/content/reference/api/identity/post_v1_grants.mdx",
        "services/identity/openapi.yaml",
    ),
]


@pytest.mark.parametrize(("number", "subject", "path", "source"), OTHERS, ids=[each[0] for each in OTHERS])
def test_each_kind_of_page_has_its_own_sources(number: str, subject: Subject, path: str, source: str) -> None:
    """Filled from the subject."""
    text = 'openapi: 3.1.0\npaths: {"/v1/grants": {post: {responses: {}}}}\n'
    files = {path: page(text), source: text}
    assert judged(number, files, subject).outcome is Outcome.MET
    assert judged(number, {**files, source: text + "# edited\n"}, subject).outcome is Outcome.UNMET


def test_a_page_without_declared_sources_is_not_declared() -> None:
    """The key to set is named."""
    found = judged("L25", {PAGE: page(MANIFEST), SOURCE: MANIFEST}, IDENTITY, using=loop(generated__sources={}))
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
