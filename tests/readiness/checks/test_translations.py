"""Error messages: one per code and locale, with equal placeholders, and no text where an error is made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, profile, run, spec

M31 = load_catalogue().line("M31")
ROUTE = "apps/api/app/grants/route.ts"
EN, DE = ("apps/api/i18n/errors/en.json", "apps/api/i18n/errors/de.json")
HANDLER = 'export const POST = async (context) => { throw new DomainError("pool_exhausted", { left }); };'
MESSAGES = {EN: json.dumps({"pool_exhausted": "{left} are left."}), DE: json.dumps({"pool_exhausted": "Noch {left}."})}


def judged(files: dict[str, str] | None = None, source: str = HANDLER, **keys: Any) -> Finding:
    using = profile(paths__route_handlers="apps/api/app/**/route.ts", **keys)
    return run(M31.check, M31.parameters, {ROUTE: source, **MESSAGES, **(files or {})}, using=using)


def messages(en: object, de: object) -> dict[str, str]:
    return {EN: json.dumps({"pool_exhausted": en}), DE: json.dumps({"pool_exhausted": de})}


def test_a_message_per_locale_and_no_text_in_the_code_is_met() -> None:
    """The locales and the files that were looked through are said."""
    finding = judged()
    assert finding.outcome is Outcome.MET
    assert finding.values == {
        "codes": ["pool_exhausted"], "locales": ["en", "de"], "files": 1,
        "assumed": finding.values["assumed"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({DE: "{}"}, f"{DE} has no message under pool_exhausted"),
        (messages("{left} are left.", ""), "has no message"),
        (messages("{left} are left.", "Leer."), "differ in left between en and de"),
        (messages("{left} of {all}.", "{left} von {alle}."), "differ in all, alle"),
        (messages("{left} are left.", 7), "has no message"),
    ],
    ids=["absent", "blank", "lost placeholder", "renamed placeholder", "no text"],
)
def test_a_message_that_a_locale_lacks_or_garbles_is_unmet(files: dict[str, str], words: str) -> None:
    """Raw braces, or nothing at all, in front of a customer."""
    finding = judged(files)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert finding.locations[0].path == DE


def test_a_missing_catalog_is_unmet_and_a_broken_one_unknown() -> None:
    """Absent was seen; half a file was not."""
    assert judged(customer__locales=["en", "fr"]).message.startswith("The catalog apps/api/i18n/errors/fr.json")
    broken = judged({DE: '{"pool_exhausted": '})
    assert (broken.outcome, broken.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_nested_catalogs_are_read_by_dotted_keys() -> None:
    """The profile says under which key a code's message stands; YAML will do too."""
    nested = "errors:\n  pool_exhausted:\n    message: '{left} are left.'\n"
    files = {"i18n/en.yaml": nested, "i18n/de.yaml": nested}
    keys = {"paths__i18n_registry": "i18n/{locale}.yaml", "customer__message_key": "errors.{code}.message"}
    assert judged(files, **keys).outcome is Outcome.MET


def test_choices_of_a_message_are_no_placeholders() -> None:
    """German and English bend words in other ways."""
    files = messages("{n, plural, one {# share} other {# shares}}", "{n, plural, one {# Anteil} other {# Anteile}}")
    assert judged(files).outcome is Outcome.MET


@pytest.mark.parametrize(
    "source",
    [
        "export const POST = async () => { throw new Error(`No grant ${id}`); };",
        'export const POST = async () => { throw new Error("unexpected"); };',
        'export const POST = async () => { const e = new TypeError("No such grant"); throw e; };',
        'export const POST = async () => Promise.reject(new Error("No such grant"));',
        'export const POST = async () => { throw "No such grant"; };',
        'export const POST = async () => { throw { message: "No such grant" }; };',
        'export const POST = async () => { throw new DomainError("pool_exhausted", { why: "the pool is empty" }); };',
        'export const POST = async () => { throw new DomainError("The pool is empty", {}); };',
        'const no = (why) => new DomainError("pool_exhausted", { why });\n'
        "export const POST = async () => { throw no('the pool is empty'); };",
        'const no = () => new Error("The pool is empty");\nexport const POST = async () => { throw no(); };',
        "export const POST = async () => { throw new HttpError(404, 'Es gibt keinen Pool'); };",
    ],
    ids=["template", "one word", "made before", "rejected", "text", "object", "parameter", "text for code", "argument",
         "by a function", "another class"],
)  # fmt: skip
def test_text_where_an_error_is_made_is_unmet_with_its_line(source: str) -> None:
    """However it gets into the error."""
    finding = judged(source=source)
    assert finding.outcome is Outcome.UNMET, finding.message
    assert "holds the text" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line > 0) == (ROUTE, True)


@pytest.mark.parametrize(
    "source",
    [
        "export const POST = async () => { try { await go(); } catch (error) { throw error; } };",
        "export const POST = async () => { throw result.error; };",
        "export const POST = async () => { throw new errors.DomainError(`pool_exhausted`, { key: 'own_entity' }); };",
        "const no = (code) => new DomainError(code, {});\nexport const POST = async () => { throw no('too_late'); };",
        'export const POST = async () => { log("No such grant"); return ok(); }; // throw new Error("No such grant")',
    ],
    ids=["thrown again", "handed on", "keys", "by a function", "log and comment"],
)
def test_codes_keys_and_caught_errors_pass(source: str) -> None:
    """Only what a person would read at the throw is text."""
    assert judged(source=source).outcome is Outcome.MET, judged(source=source).message


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("export const POST = async () => { throw new GrantError(404); };", Reason.NOT_RESOLVABLE),
        ("export const POST = async () => { throw make(); };", Reason.NOT_RESOLVABLE),
        ("export const POST = async () => { throw late ? one : other; };", Reason.NOT_RESOLVABLE),
        ('import { x } from "./gone";\nexport const POST = async () => x();', Reason.NOT_RESOLVABLE),
        ("export const POST = async () => {", Reason.UNREADABLE),
        ("export const GET = async () => 1;", Reason.NO_EVIDENCE),
    ],
    ids=["unknown class", "unknown function", "computed", "lost import", "broken", "no route"],
)
def test_what_cannot_be_followed_is_unknown(source: str, reason: Reason) -> None:
    """There may be text behind it."""
    finding = judged(source=source)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason), finding.message


def test_the_code_that_a_route_imports_counts() -> None:
    """Through aliases of the file system and re-exports, with the place over there."""
    source = 'import { read } from "../../lib/index";\nexport const POST = async () => read();'
    files = {
        "apps/api/lib/index.ts": 'export { read } from "./read";',
        "apps/api/lib/read.ts": 'export function read() {\n  throw new RangeError("Too many shares");\n}',
    }
    finding = judged(files, source)
    assert finding.outcome is Outcome.UNMET
    assert (finding.locations[0].path, finding.locations[0].line) == ("apps/api/lib/read.ts", 2)


def test_an_operation_without_codes_is_unknown() -> None:
    """An empty set proves nothing."""
    finding = judged({SPEC: spec(responses={})})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_no_locales_are_not_declared() -> None:
    """Nothing would be translated into anything."""
    assert judged(customer__locales=[]).reason is Reason.NOT_DECLARED


def test_messages_of_other_codes_leave_the_digest_as_it_is() -> None:
    """The catalog belongs to all."""
    more = {path: json.dumps({**json.loads(text), "other_code": "x"}) for path, text in MESSAGES.items()}
    assert judged(more).subject_digest == judged().subject_digest
    assert judged(messages("Only {left}.", "Nur {left}.")).subject_digest != judged().subject_digest
