"""An entry in a game-day plan: a row where there is a table of operations, else an item, and nothing else moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.repository.documents import parse_document
from prr_pipeline.repository.one_hunk import patch_of
from prr_pipeline.repository.plan_entry import OPEN, SCENARIO, SEEN, new_plan, with_entry
from prr_pipeline.repository.tree import Blob
from tests.repository.git_apply import Tree

TABLE = """\
---
title: Game day
---

Words.

| Owner | Scenario | Operations | Seen when |
|---|---|---|---|
| ada | The pool is empty | `listGrants` | none is overdrawn |

## Before

- Tell people.
"""


def entered(text: str, name: str = "createGrant", path: str = "plan.mdx") -> str:
    """The plan after the entry."""
    blob = Blob(path, "0", text.encode())
    return with_entry(blob, parse_document(blob), name).decode()


def test_a_table_of_operations_gets_a_row() -> None:
    """After its last one, each cell by what its heading asks."""
    row = f"| {OPEN} | {SCENARIO} | `createGrant` | {SEEN} |\n"
    assert entered(TABLE) == TABLE.replace("overdrawn |\n", "overdrawn |\n" + row)


def test_a_table_without_rows_gets_its_first() -> None:
    """Below the line under its heading."""
    text = "| Endpoint | What |\n|---|---|\n"
    assert entered(text) == f"{text}| `createGrant` | {SCENARIO} |\n"


@pytest.mark.parametrize("text", ["", "# Plan\n\n| Date |\n|---|\n| x |\n", "# Plan\n\n- one\n", "# Plan\n\n- one"])
def test_any_other_plan_gets_an_item_at_its_end(text: str) -> None:
    """A list grows by one; a file that does not end with a line break gets one."""
    after = entered(text)
    assert after.startswith(text)
    items = parse_document(Blob("plan.md", "1", after.encode())).list_items
    assert items[-1].text.startswith("createGrant: it is rolled back from 100% while it is called; seen to work when")


@pytest.mark.parametrize("text", [TABLE, "# Plan\n\n- one\n"], ids=["row", "item"])
def test_line_ends_of_windows_stay(text: str) -> None:
    """In what is new too."""
    after = entered(text.replace("\n", "\r\n"))
    assert after == entered(text).replace("\n", "\r\n")


def test_a_quarter_without_a_plan_gets_one() -> None:
    """With one row, which a later entry joins."""
    first = new_plan("2027-Q1", "createGrant").decode()
    document = parse_document(Blob("plan.mdx", "0", first.encode()))
    assert document.front_matter["title"] == "Game day, 2027-Q1"
    assert [row.cells for row in document.tables[0].rows] == [(SCENARIO, "createGrant", SEEN)]
    second = entered(first, "listGrants")
    assert len(parse_document(Blob("plan.mdx", "1", second.encode())).tables[0].rows) == 2


@pytest.mark.parametrize("name", ["a|b", "a`b", "", "<b>", "a b"])
def test_a_name_that_is_no_plain_word_is_refused(name: str) -> None:
    """Nothing of a specification becomes mark-up of a plan."""
    with pytest.raises(Refused, match="enter it by hand"):
        entered(TABLE, name)
    with pytest.raises(Refused, match="enter it by hand"):
        new_plan("2027-Q1", name)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_git_applies_the_patch(tmp_path: Path, end: str) -> None:
    """To the plan that is there, and where there is none."""
    before = TABLE.replace("\n", end)
    after = entered(before).encode()
    assert Tree(tmp_path / "a", {"p.mdx": before.encode()}).applied(
        patch_of("p.mdx", before.encode(), after), "p.mdx"
    ) == after  # fmt: skip
    made = new_plan("2027-Q1", "createGrant")
    assert Tree(tmp_path / "b", {}).applied(patch_of("q/p.mdx", None, made), "q/p.mdx") == made
