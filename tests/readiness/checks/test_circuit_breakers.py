"""Vendors behind circuit breakers (L10)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged, loop

FOLDER = "services/identity/src"
CODE = f"{FOLDER}/vendor.ts"
PROFILE = loop(calls__vendor_packages=["stripe", "twilio", "@aws-sdk/*", "@platform/labs"])
IMPORT = 'import Stripe from "stripe";\n'
MET, UNMET, UNKNOWN, EXEMPT = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
BREAK = "withCircuitBreaker"


def found(code: str, **files: str) -> Finding:
    """The finding over a file, and more files by name."""
    more = {f"{FOLDER}/{name}.ts": text for name, text in files.items()}
    return judged("L10", {CODE: code, **more}, IDENTITY, using=PROFILE)


HELD = IMPORT + "class Pay {\n  constructor(private readonly stripe: Stripe) {}\n  go() { return %s; }\n}"
FIELD = IMPORT + "class Pay {\n  private stripe = %s;\n  go() { return this.stripe.charges.create({}); }\n}"
MADE = IMPORT + "const stripe = new Stripe(key);\n"
CASES = [
    ("a parameter of the constructor", HELD % "this.stripe.charges.create({})", UNMET),
    ("inside a breaker", HELD % f"{BREAK}(() => this.stripe.charges.create({{}}))", MET),
    (
        "inside a breaker with options",
        HELD % f"{BREAK}({{ name: 'x' }}, async () => {{ await this.stripe.a(); }})",
        MET,
    ),
    ("a field", FIELD % "new Stripe(key)", UNMET),
    ("a wrapped field", FIELD % f"{BREAK}(new Stripe(key))", MET),
    ("a field of its type", IMPORT + "class P {\n  stripe: Stripe;\n  go() { this.stripe.pay(); }\n}", UNMET),
    ("a typed parameter", IMPORT + "const pay = (client: Stripe) => client.pay();", UNMET),
    ("another field", HELD % "this.log.info({})", UNKNOWN),
    (
        "a function of the package",
        'import twilio from "twilio";\nconst send = () => twilio(sid).messages.create({});',
        UNMET,
    ),
    (
        "a client that is made and used",
        'import twilio from "twilio";\nconst send = () => { const c = twilio(sid); return '
        + BREAK
        + "(() => c.messages.create({})); };",
        MET,
    ),
    (
        "a package of many",
        'import { S3Client } from "@aws-sdk/client-s3";\nconst s3 = new S3Client({});\n'
        "const put = () => s3.send(new PutObjectCommand({}));",
        UNMET,
    ),
    (
        "a package of the workspace",
        'import { labs } from "@platform/labs/client";\nconst order = () => labs.order({});',
        UNMET,
    ),
    (
        "a whole import",
        'import * as aws from "@aws-sdk/s3";\nconst c = new aws.S3({});\nconst f = () => c.send();',
        UNMET,
    ),
    (
        "a method that others run in a breaker",
        HELD % "1" + "\nclass Api {\n  constructor(private pay: Gate) {}\n"
        f"  run() {{ return {BREAK}(() => this.pay.call()); }}\n}}\n"
        "class Gate {\n  constructor(private stripe: Stripe) {}\n  call() { return this.stripe.pay(); }\n}",
        MET,
    ),
    (
        "a method that others run without",
        "class Api {\n  constructor(private pay: Gate) {}\n  run() { return this.pay.call(); }\n}\n"
        + IMPORT
        + "class Gate {\n  constructor(private stripe: Stripe) {}\n  call() { return this.stripe.pay(); }\n}",
        UNMET,
    ),
    ("a member of a breaker", MADE + "const f = () => circuitBreaker(() => stripe.pay());", MET),
    (
        "a breaker of a namespace",
        'import * as core from "@platform/core";\n' + MADE + f"const f = () => core.{BREAK}(() => stripe.pay());",
        MET,
    ),
    ("a breaker around what makes the call", MADE + f"const f = {BREAK}(async () => {{ return stripe.pay(); }});", MET),
    (
        "what was answered",
        MADE + f"const f = async () => {{ const a = await {BREAK}(() => stripe.list()); a.data.map(g); }};",
        MET,
    ),
    (
        "what was answered in a chain",
        MADE + f"const f = async () => (await {BREAK}(() => stripe.list())).data.map(g);",
        MET,
    ),
    (
        "made while the file is loaded",
        'import { createClient } from "@aws-sdk/x";\nexport const c = createClient({});',
        UNKNOWN,
    ),
    ("only a type", 'import type Stripe from "stripe";\nexport const a = 1;', EXEMPT),
    ("nothing of a vendor", 'import { z } from "zod";\nz.string();', EXEMPT),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_vendor_is_called_behind_a_breaker(code: str, outcome: Outcome) -> None:
    """By the package that the client comes from, through constants, fields, parameters and functions."""
    assert found(code).outcome is outcome


def test_a_client_of_another_file_is_one() -> None:
    """Wherever it is made, and whether it is wrapped there."""
    use = 'import { stripe } from "./made";\nexport const f = () => stripe.pay();'
    assert found(use, made=IMPORT + "export const stripe = new Stripe(key);").outcome is UNMET
    assert found(use, made=IMPORT + f"export const stripe = {BREAK}(new Stripe(key));").outcome is MET
    called = 'import { stripe } from "./made";\nexport const f = () => stripe().pay();'
    assert found(called, made=IMPORT + "export const stripe = () => new Stripe(key);").outcome is UNMET


def test_a_breaker_is_a_shared_one() -> None:
    """One that the service makes itself may cut nothing off."""
    use = f"export const f = () => {BREAK}(() => stripe.pay());"
    own = found(f"{MADE}const {BREAK} = (run) => run();\n{use}")
    assert own.outcome is UNKNOWN
    assert f"{BREAK} is the service's own ({CODE}:3)" in own.message
    imported = f'import {{ {BREAK} }} from "./fake";\n{MADE}{use}'
    assert found(imported, fake=f"export function {BREAK}(run) {{ return run(); }}").outcome is UNKNOWN
    assert found(imported, fake=f'export {{ {BREAK} }} from "@platform/resilience";').outcome is MET
    assert found(f'import {{ {BREAK} }} from "@platform/resilience";\n{MADE}{use}').outcome is MET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    bad = found(MADE + "export const f = () => stripe.pay();")
    assert bad.message == (
        f"Vendors are called without a breaker: {CODE}:3 (stripe.pay of stripe); run each inside circuitBreaker or "
        "withCircuitBreaker."
    )
    assert (bad.locations[0].path, bad.locations[0].line) == (CODE, 3)


def test_what_cannot_be_seen_has_a_reason() -> None:
    """Vendors that nobody declared, files that cannot be read, and clients that lead nowhere."""
    assert judged("L10", {CODE: MADE}, IDENTITY, using=loop()).reason is Reason.NOT_DECLARED
    assert found("export {};", broken="fetch(").reason is Reason.UNREADABLE
    assert found(IMPORT + "register(new Stripe(key));").reason is Reason.NOT_RESOLVABLE


def test_an_edit_elsewhere_leaves_the_digest() -> None:
    """Lines and other code are not judged."""
    code = MADE + f"export const f = () => {BREAK}(() => stripe.pay());"
    assert found(code).subject_digest == found("\n" + code, more="export const a = g();").subject_digest


def test_functions_that_call_each_other_end() -> None:
    """Each is asked once for each depth."""
    many = "\n".join(f"const f{at} = () => [{', '.join(f'f{to}()' for to in range(15))}, pay()];" for at in range(15))
    assert found(MADE + f"const pay = () => stripe.pay();\n{many}").outcome is UNMET
