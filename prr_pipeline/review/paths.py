"""Where the PRR document and the signed records lie in the repository."""

from __future__ import annotations

import re
from string import Formatter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, UnknownName, Unreadable
from prr_pipeline.review.records import NONCE, Envelope, RecordKind
from prr_pipeline.subjects import (
    Subject,
    Target,
    decode_id,
    encode_id,
    parse_kind,
    parse_promotion_key,
    parse_target,
    promotion_key,
)

_FILE = re.compile(r"([1-9]\d{0,8})-(.+)-([0-9a-f]+)\.json\Z")
_SHAPE = "<PRR folder>/records/<kind>/<name>/<target>/<signoffs or the like>/<attempt>-<person>-<nonce>.json"


@dataclass(frozen=True, slots=True)
class RecordPath:
    """What a record's path claims. The record itself must say the same."""

    folder: str
    kind: RecordKind
    promotion: str
    attempt: int
    person: str
    nonce: str


def record_path(folder: str, kind: RecordKind, envelope: Envelope) -> str:
    """The record's path under the PRR folder; its signature lies beside it with ``.sig`` added."""
    subject, target = parse_promotion_key(envelope.promotion)
    name = f"{envelope.attempt}-{encode_id(envelope.person)}-{envelope.nonce}.json"
    return f"{records_folder(folder, subject, target)}/{kind.folder}/{name}"


def records_folder(folder: str, subject: Subject, target: Target) -> str:
    """The folder of one promotion's records, with a folder per record kind in it."""
    return f"{folder.rstrip('/')}/records/{subject.kind}/{encode_id(subject.name)}/{target}"


def parse_record_path(path: str) -> RecordPath:
    """What `record_path` wrote into ``path``. Raises `Unreadable` for a path of any other form."""
    parts = path.split("/")
    found = _FILE.match(parts[-1])
    if len(parts) < 7 or parts[-6] != "records" or not found:
        raise Unreadable(f"{path!r} is no path of a record; it should read {_SHAPE}.")
    kinds = {kind.folder: kind for kind in RecordKind}
    try:
        subject = Subject(parse_kind(parts[-5]), decode_id(parts[-4]))
        key = promotion_key(subject, parse_target(parts[-3]))
        person = decode_id(found[2])
    except (PrrError, UnicodeError) as fault:
        raise Unreadable(f"{path!r} is no path of a record: {fault}") from None
    if parts[-2] not in kinds or parts[-3] != parts[-3].lower() or not NONCE.match(found[3]):
        raise Unreadable(f"{path!r} is no path of a record; it should read {_SHAPE}.")
    return RecordPath("/".join(parts[:-6]), kinds[parts[-2]], key, int(found[1]), person, found[3])


def document_path(template: str, subject: Subject) -> str:
    """The PRR document's path, e.g. from ``gates/prod-readiness/{operation_id}.md``.

    The template knows ``{name}``, ``{operation_id}`` (the same) and ``{kind}``. Raises `UnknownName` for another
    placeholder and `Refused` for a path that leaves the repository.
    """
    values = {"name": encode_id(subject.name), "operation_id": encode_id(subject.name), "kind": str(subject.kind)}
    try:
        parsed = list(Formatter().parse(template))
    except ValueError:
        raise Refused(
            f"The document path {template!r} has an unbalanced brace; write it like prr/{{name}}.md."
        ) from None
    out = []
    for text, name, form, conversion in parsed:
        out.append(text)
        if name is None:
            continue
        if name not in values or form or conversion:
            raise UnknownName("placeholder in the document path", name, values)
        out.append(values[name])
    path = "".join(out)
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        raise Refused(f"The document path {path!r} must lie inside the repository; write it like prr/{{name}}.md.")
    return path


def records_root(document: str) -> str:
    """The PRR folder: where the document lies, and under which the records lie."""
    return document.rpartition("/")[0] or "."
