"""A parsed specification comes back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prr_pipeline.control.kept_spec import plain_spec, spec_of
from prr_pipeline.control.run_store import RunStore
from prr_pipeline.repository.lines import pointer_to
from prr_pipeline.repository.openapi import Spec, parse_anew
from prr_pipeline.repository.tree import Blob, blob_id_of

SAMPLE = Path(__file__).resolve().parents[2] / "examples/matter/src/apps/docs/api-reference/openapi.yaml"
HEAD = "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      operationId: a\n      x-a: "


def blob(text: str, path: str = "openapi.yaml") -> Blob:
    """A specification's file."""
    return Blob(path, blob_id_of(text.encode()), text.encode())


def kept(spec: Spec, made_of: Blob, folder: Path) -> Spec | None:
    """Through the file in which it lies between runs."""
    store = RunStore(folder / "runs")
    store.write("spec", plain_spec(spec), (), ())
    index = store.index("spec")
    store.close()
    return spec_of(made_of, index) if index is not None else None


def pointers(node: Any, at: str = "") -> list[str]:
    """Every place of a document."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [at, *(each for key, child in children for each in pointers(child, at + pointer_to(key)))]


def test_the_sample_comes_back_with_every_line(tmp_path: Path) -> None:
    """The document, its key order, operations, digests, and where each part stands."""
    made_of = blob(SAMPLE.read_text())
    spec = parse_anew(made_of)
    again = kept(spec, made_of, tmp_path)
    assert again is not None
    assert (repr(again.document), again.version, list(again.operations)) == (
        repr(spec.document),
        spec.version,
        list(spec.operations),
    )
    every = pointers(spec.document)
    assert [again.line(at) for at in every] == [spec.line(at) for at in every]
    digests = [one.subtree_digest() for one in spec.operations.values()]
    assert [one.subtree_digest() for one in again.operations.values()] == digests


def test_one_whose_parts_are_shared_is_not_kept() -> None:
    """An alias: read back, the part would stand there twice."""
    assert plain_spec(parse_anew(blob(HEAD + "{b: &n {c: 1}, d: *n}\n"))) is None


def test_one_of_another_file_is_none(tmp_path: Path) -> None:
    """The blob id tells."""
    made_of = blob(HEAD + "1\n")
    assert kept(parse_anew(made_of), blob(HEAD + "2\n"), tmp_path) is None


def test_one_in_json_is_parsed_each_time() -> None:
    """Parsing JSON takes no longer than reading it back."""
    text = '{"openapi": "3.1.0", "paths": {}}'
    assert plain_spec(parse_anew(blob(text, "openapi.json"))) is None
