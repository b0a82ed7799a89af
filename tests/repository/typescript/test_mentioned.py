"""Mentions of a name, in each form that a source has for it."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.mentioned import mentions


def found(source: str, *names: str) -> list[tuple[str, str, int]]:
    """Name, form and line of each mention."""
    blob = Blob("a.ts", blob_id_of(source.encode()), source.encode())
    return [(each.name, each.form, each.line) for each in mentions(blob, frozenset(names))]


FORMS = {
    "member": ("db.$raw;", "member"),
    "optional member": ("db?.$raw;", "member"),
    "by a text": ('db["$raw"];', "member"),
    "what a member belongs to": ("$raw.call(db);", "object"),
    "taken out": ("const { $raw } = db;", "key"),
    "taken out under another name": ("const { $raw: ask } = db;", "key"),
    "name": ("ask($raw);", "name"),
    "imported": ('import { $raw as ask } from "x";', "name"),
    "put in": ("const all = { $raw };", "name"),
    "text": ('ask("$raw");', "text"),
    "template": ("ask(`$raw`);", "text"),
}


@pytest.mark.parametrize(("source", "form"), FORMS.values(), ids=FORMS)
def test_each_form_is_one_mention(source: str, form: str) -> None:
    """With the line that it stands in."""
    assert found(f"\n{source}", "$raw") == [("$raw", form, 2)]


@pytest.mark.parametrize(
    "source",
    [
        "interface Db { $raw(): void }",
        "type Safe = Omit<Db, '$raw'>;",
        "let db: { $raw: number };",
        'import type { $raw } from "x";',
        'import { type $raw } from "x";',
        "// $raw",
        "const all = { $raw: 1 };",
        'ask("$raw of all");',
    ],
)
def test_types_comments_keys_and_longer_texts_are_none(source: str) -> None:
    """None of them leads to the thing of that name."""
    assert found(source, "$raw") == []


def test_a_member_and_its_object_are_two() -> None:
    """Each by its own name, in the order of the source."""
    assert found("all.fetch(process.env);", "all", "fetch", "process") == [
        ("all", "object", 1),
        ("fetch", "member", 1),
        ("process", "object", 1),
    ]
