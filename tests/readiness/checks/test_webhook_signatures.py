"""Signatures of webhooks in a partner's client (L74)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.partner import SRC, WEBHOOKS, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
IMPORTS = 'import { createHmac, timingSafeEqual } from "node:crypto";\n'
VERIFY = """
function isAuthentic(raw: string, given: string): boolean {
  const expected = createHmac("sha256", SECRET).update(raw).digest();
  return timingSafeEqual(Buffer.from(given, "hex"), expected);
}
"""
RECEIVE = """
app.post("/webhooks/loop", async (c) => {
  const raw = await c.req.text();
  const given = c.req.header("X-Loop-Signature") ?? "";
  if (!isAuthentic(raw, given)) return c.json({ error: "unauthenticated" }, 401);
  const event = JSON.parse(raw);
  return c.json({ id: event.id });
});
"""
WHOLE = IMPORTS + VERIFY + RECEIVE


def webhooks(source: str, **others: str) -> Finding:
    """L74 of a client of these files, ``webhooks.ts`` first."""
    return found("L74", {WEBHOOKS: source, **{f"{SRC}/{name}.ts": text for name, text in others.items()}})


def test_a_helper_that_verifies_is_looked_into() -> None:
    """Wherever it is defined."""
    assert webhooks(WHOLE).outcome is MET
    split = 'import { isAuthentic } from "./verify";\n' + RECEIVE
    assert webhooks(split, verify=IMPORTS + VERIFY.replace("function", "export function")).outcome is MET


GUARDED = 'if (!isAuthentic(raw, given)) return c.json({ error: "unauthenticated" }, 401);'


def test_what_a_helper_says_must_be_taken() -> None:
    """Unless it refuses by itself."""
    ignored = webhooks(WHOLE.replace(GUARDED, "isAuthentic(raw, given);"))
    assert ignored.outcome is UNMET
    assert "calls isAuthentic and ignores what comes out" in ignored.message
    throwing = VERIFY.replace("return timingSafeEqual(", "if (!timingSafeEqual(").replace(
        ', "hex"), expected);', ', "hex"), expected)) throw new Error("forged");\n  return true;'
    )
    assert webhooks(IMPORTS + throwing + RECEIVE.replace(GUARDED, "isAuthentic(raw, given);")).outcome is MET


WHOLES = [
    (
        "all in one function",
        IMPORTS
        + """
export async function POST(request: Request) {
  const body = Buffer.from(await request.arrayBuffer());
  const hmac = createHmac("sha256", SECRET);
  hmac.update(body);
  const signature = request.headers.get("x-loop-signature");
  if (!signature || !timingSafeEqual(Buffer.from(signature), hmac.digest())) return new Response(null, { status: 401 });
  return handle(JSON.parse(body.toString("utf8")));
}
""",
        MET,
    ),
    (
        "Express with raw bodies",
        IMPORTS
        + """
app.post("/hooks", express.raw({ type: "*/*" }), (req, res) => {
  const expected = createHmac("sha256", SECRET).update(req.body).digest();
  const given = Buffer.from(String(req.headers["x-loop-signature"]), "hex");
  if (!timingSafeEqual(given, expected)) return res.sendStatus(401);
  handle(JSON.parse(req.body));
});
""",
        MET,
    ),
    (
        "Express that may have parsed",
        IMPORTS
        + """
app.post("/hooks", (req, res) => {
  const expected = createHmac("sha256", SECRET).update(req.body).digest();
  const given = Buffer.from(String(req.headers["x-loop-signature"]), "hex");
  if (!timingSafeEqual(given, expected)) return res.sendStatus(401);
});
""",
        UNKNOWN,
    ),
    (
        "Express with a body that was kept",
        IMPORTS
        + """
app.post("/hooks", (req, res) => {
  const expected = createHmac("sha256", SECRET).update(req.rawBody).digest();
  if (!timingSafeEqual(Buffer.from(String(req.get("X-Loop-Signature")), "hex"), expected)) return res.sendStatus(401);
});
""",
        MET,
    ),
    (
        "the web's own crypto",
        """
const key = crypto.subtle.importKey("raw", SECRET, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
export async function POST(request: Request) {
  const raw = await request.text();
  const given = request.headers.get("X-Loop-Signature") ?? "";
  if (!(await crypto.subtle.verify("HMAC", await key, fromHex(given), new TextEncoder().encode(raw)))) return deny();
  return handle(JSON.parse(raw));
}
""",
        MET,
    ),
    (
        "a reader of the header apart",
        IMPORTS
        + VERIFY
        + """
const signatureOf = (request: Request) => request.headers.get("X-Loop-Signature") ?? "";
export async function POST(request: Request) {
  const raw = await request.text();
  if (!isAuthentic(raw, signatureOf(request))) return deny();
  return handle(JSON.parse(raw));
}
""",
        MET,
    ),
    (
        "a class",
        IMPORTS
        + """
export class Receiver {
  private authentic(raw: string, given: string) {
    return timingSafeEqual(Buffer.from(given), createHmac("sha256", SECRET).update(raw).digest());
  }
  async receive(request: Request) {
    const raw = await request.text();
    if (!this.authentic(raw, request.headers.get("X-Loop-Signature") ?? "")) throw new Refused();
    return JSON.parse(raw);
  }
}
""",
        MET,
    ),
    (
        "a package that verifies",
        """
import { verifyWebhook } from "loop-webhooks";
export async function POST(request: Request) {
  const raw = await request.text();
  if (!verifyWebhook(raw, request.headers.get("X-Loop-Signature"), SECRET)) return deny();
  return handle(JSON.parse(raw));
}
""",
        UNKNOWN,
    ),
    (
        "a function that another makes",
        IMPORTS
        + """
const verifier = (key: string) => (raw: string, given: string) =>
  timingSafeEqual(Buffer.from(given), createHmac("sha256", key).update(raw).digest());
const verify = verifier(SECRET);
export async function POST(request: Request) {
  const raw = await request.text();
  if (!verify(raw, request.headers.get("X-Loop-Signature") ?? "")) return deny();
  return handle(JSON.parse(raw));
}
""",
        UNKNOWN,
    ),
    (
        "read and written down alone",
        """
const SIGNATURE_HEADER = "X-Loop-Signature";
export async function POST(request: Request) {
  console.info(String(request.headers.get(SIGNATURE_HEADER)).slice(0, 8));
  return handle(await request.json());
}
""",
        UNMET,
    ),
    (
        "a function of their own that does not",
        """
const verifyWebhook = (raw: string, given: string | null) => given !== null;
export async function POST(request: Request) {
  const raw = await request.text();
  if (!verifyWebhook(raw, request.headers.get("X-Loop-Signature"))) return deny();
  return handle(JSON.parse(raw));
}
""",
        UNMET,
    ),
    (
        "a body from who knows where",
        IMPORTS
        + """
export function accept(body: string, headers: Headers) {
  return timingSafeEqual(bytes(headers.get("X-Loop-Signature")), createHmac("sha256", SECRET).update(body).digest());
}
""",
        UNKNOWN,
    ),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in WHOLES], ids=[each[0] for each in WHOLES])
def test_receivers_of_many_forms(source: str, expected: Outcome) -> None:
    """What is signed must be seen to be the body as it came."""
    assert webhooks(source).outcome is expected


EDITS = [
    ("the constant of the platform", '"X-Loop-Signature"', "WEBHOOK_HEADERS.SIGNATURE", MET),
    ("lengths first", "  return timing", "  if (given.length !== 64) return false;\n  return timing", MET),
    ("no header first", "  if (!is", '  if (given === "") return c.body(null, 400);\n  if (!is', MET),
    ("another header", '"X-Loop-Signature"', '"X-Loop-Event-Id"', UNMET),
    ("by an operator", 'timingSafeEqual(Buffer.from(given, "hex"), expected)', "given === expected", UNMET),
    ("by a loose operator", 'timingSafeEqual(Buffer.from(given, "hex"), expected)', "!(expected != given)", UNMET),
    (
        "by an operator as well",
        "  return timing",
        '  if (expected.toString("hex") !== given) return false;\n  return timing',
        UNMET,
    ),
    ("another algorithm", '"sha256"', '"sha1"', UNMET),
    ("an algorithm that is not told", '"sha256"', "ALGORITHM", UNKNOWN),
    ("no HMAC", 'createHmac("sha256", SECRET).update(raw).digest()', "SECRET", UNMET),
    ("no comparison", "if (!isAuthentic(raw, given)) return", "if (!given) return", UNMET),
    ("ignored", "  return timingSafeEqual", "  timingSafeEqual", UNMET),
    ("parsed before", "  if (!is", "  const early = JSON.parse(raw);\n  if (!is", UNMET),
    ("parsed by the framework", "  const raw", "  const early = await c.req.json();\n  const raw", UNMET),
    ("written anew", "isAuthentic(raw, given)", "isAuthentic(JSON.stringify(event), given)", UNMET),
    (
        "parsed and written anew",
        "const raw = await c.req.text()",
        "const raw = JSON.stringify(await c.req.json())",
        UNMET,
    ),
    ("a template", ".update(raw)", ".update(`${raw}`)", UNKNOWN),
]


@pytest.mark.parametrize(("old", "new", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_part_of_the_proof_counts(old: str, new: str, expected: Outcome) -> None:
    """One edit each."""
    assert old in WHOLE
    assert webhooks(WHOLE.replace(old, new)).outcome is expected


REJECT = 'return c.json({ error: "unauthenticated" }, 401);'
CHOSEN = 'return isAuthentic(raw, given) ? take(JSON.parse(raw)) : c.json({ error: "unauthenticated" }, 401);'
ASKED = f"if (!isAuthentic(raw, given)) {REJECT}"
PROOF = 'timingSafeEqual(Buffer.from(given, "hex"), expected)'
GUARDS = [
    ("a name that nobody asks", ASKED, "const ok = isAuthentic(raw, given);", UNMET),
    ("a name that is asked", ASKED, f"const ok = isAuthentic(raw, given);\n  if (!ok) {REJECT}", MET),
    ("a name that is written down", ASKED, "const ok = isAuthentic(raw, given);\n  console.info(ok);", UNMET),
    ("a name that is handed on", ASKED, "const ok = isAuthentic(raw, given);\n  judge(ok);", UNKNOWN),
    ("refuses what is right", ASKED, ASKED.replace("!is", "is"), UNMET),
    ("goes on by the other branch", ASKED, f"if (isAuthentic(raw, given)) {{ take(raw); }} else {{ {REJECT} }}", MET),
    ("is only written down", ASKED, 'if (!isAuthentic(raw, given)) console.warn("forged");', UNMET),
    ("its refusal is caught", ASKED, "try { if (!isAuthentic(raw, given)) throw new Error(); } catch {}", UNMET),
    (
        "its refusal is caught and answered",
        ASKED,
        f"try {{ if (!isAuthentic(raw, given)) throw new Error(); }} catch {{ {REJECT} }}",
        MET,
    ),
    ("or true", PROOF, f"{PROOF} || true", UNMET),
    ("or true where it is asked", ASKED, ASKED.replace("given))", "given) && false)"), UNMET),
    ("only in production", "if (!is", 'if (process.env.NODE_ENV === "production" && !is', UNMET),
    ("only in production, around", ASKED, f"if (process.env.LIVE) {{ {ASKED} }}", UNMET),
    ("another answer elsewhere", "  const expected", "  if (process.env.DEV) return true;\n  const expected", UNMET),
    ("only if there is a signature", "if (!is", "if (given && !is", UNMET),
    ("or there is no signature", "if (!is", "if (!given || !is", MET),
    ("one of two keys", ASKED, ASKED.replace("(!isA", "(!isAuthentic(raw, given, OLD) && !isA"), MET),
    ("compared with itself", 'Buffer.from(given, "hex"), expected', "expected, expected", UNMET),
    ("an empty key", "SECRET", '""', UNMET),
    ("the environment's key", "SECRET", "process.env.SECRET!", MET),
    ("the environment's key or none", "SECRET", 'process.env.SECRET ?? ""', UNMET),
    ("the environment's key or a known one", "SECRET", 'process.env.SECRET ?? "dev"', UNMET),
    ("a key that stands in the code", "SECRET", '"a-secret"', UNMET),
    ("a key that stands in the code, as bytes", "SECRET", 'Buffer.from("a-secret")', UNMET),
    ("the key that the request names", '"sha256", SECRET', '"sha256", given', UNMET),
    ("one of its bytes", PROOF, 'timingSafeEqual(Buffer.from(given).subarray(0, 1), expected.subarray(0, 1))', UNMET),
    ("as much as is given", PROOF, 'timingSafeEqual(Buffer.from(given), expected.subarray(0, given.length))', UNKNOWN),
    ("all of its bytes", PROOF, 'timingSafeEqual(Buffer.from(given), expected.subarray(0, 32))', MET),
    ("behind a prefix", 'Buffer.from(given, "hex"), e', 'Buffer.from(given.slice(7), "hex"), e', MET),
    ("set to true", ASKED, f"let ok = isAuthentic(raw, given);\n  ok = true;\n  if (!ok) {REJECT}", UNMET),
    ("set by another", ASKED, f"let ok = isAuthentic(raw, given);\n  ok = other();\n  if (!ok) {REJECT}", UNKNOWN),
    ("a body that is trimmed", ".update(raw)", ".update(raw.trim())", UNMET),
    ("an effect before", "  if (!is", "  await store(raw);\n  if (!is", UNMET),
    ("what may be an effect before", "  if (!is", "  await count();\n  if (!is", UNKNOWN),
    ("what may be an effect of the body before", "  if (!is", "  const is = await first(raw);\n  if (!is", UNKNOWN),
    ("dropped on purpose", ASKED, "void isAuthentic(raw, given);", UNMET),
    ("asks for the function beside it", "if (!is", "if (!isAuthentic && !is", UNMET),
    ("a log before", "  if (!is", '  logger.info("delivery");\n  if (!is', MET),
    ("a promise that nobody waits for", "function isAuthentic", "async function isAuthentic", UNMET),
    ("by a choice", ASKED, CHOSEN, MET),
    ("as a truth", f"return {PROOF}", f"return {PROOF} ? true : false", MET),
    ("asked whether it is false", "!isAuthentic(raw, given)", "isAuthentic(raw, given) === false", MET),
    ("asked whether it is true", "!isAuthentic(raw, given)", "isAuthentic(raw, given) === true", UNMET),
    ("a branch for each answer", f"return {PROOF};", f"if ({PROOF}) return true;\n  return false;", MET),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [each[1:] for each in GUARDS], ids=[each[0] for each in GUARDS])
def test_what_comes_out_must_guard_the_rest(old: str, new: str, expected: Outcome) -> None:
    """An answer that nothing hangs on proves nothing."""
    assert old in WHOLE
    assert webhooks(WHOLE.replace(old, new)).outcome is expected


ROUTES = [
    ("unsigned", 'app.post("/webhooks/v2", async (c) => c.json(await c.req.json()));', UNMET),
    ("of nobody known", 'app.post("/webhooks/v2", elsewhere);', UNKNOWN),
    ("of another sender", 'app.post("/webhooks/pay", async (c) => pay.constructEvent(await c.req.text()));', UNKNOWN),
    ("of no webhook", 'app.post("/login", async (c) => c.json(await c.req.json()));', MET),
    ("signed", RECEIVE.replace("/loop", "/v2"), MET),
]


@pytest.mark.parametrize(("route", "expected"), [each[1:] for each in ROUTES], ids=[each[0] for each in ROUTES])
def test_every_route_of_webhooks_counts(route: str, expected: Outcome) -> None:
    """A second one beside the first may be the way in."""
    assert webhooks(WHOLE + route).outcome is expected


MIDDLEWARE = """
async function verified(c, next) {
  const raw = await c.req.text();
  if (!isAuthentic(raw, c.req.header("X-Loop-Signature") ?? "")) return c.json({ error: "unauthenticated" }, 401);
  await next();
}
"""
TAKE = "async (c) => c.json({ id: (await c.req.json()).id })"
PLACES = [
    ("in the route", f'app.post("/webhooks/loop", verified, {TAKE});', MET),
    ("in a list in the route", f'app.post("/webhooks/loop", [verified], {TAKE});', MET),
    ("in the route, made", f'const made = wrap(verified);\napp.post("/webhooks/loop", made, {TAKE});', MET),
    ("on the path", f'app.use("/webhooks/loop", verified);\napp.post("/webhooks/loop", {TAKE});', MET),
    ("on a prefix", f'app.use("/webhooks/*", verified);\napp.post("/webhooks/loop", {TAKE});', MET),
    ("on all", f'app.use(verified);\napp.post("/webhooks/loop", {TAKE});', MET),
    ("in a chain", f'new Hono().use("/webhooks/*", verified).post("/webhooks/loop", {TAKE});', MET),
    ("on nothing", f'app.post("/webhooks/loop", {TAKE});', UNMET),
    ("on nothing, and no hook is named", f'app.post("/loop/events", {TAKE});', UNMET),
    ("in an option of the route", f'app.post("/webhooks/loop", {{ preHandler: verified }}, {TAKE});', MET),
    ("in an option of what reads", f'app.use(json({{ verify: verified }}));\napp.post("/webhooks/loop", {TAKE});', MET),
    ("in a hook of the server", f'app.addHook("preHandler", verified);\napp.post("/webhooks/loop", {TAKE});', UNKNOWN),
    ("in a table that others read", f'const all = {{ verified }};\napp.post("/events", {TAKE});', UNKNOWN),
    ("on another path", f'app.use("/other/*", verified);\napp.post("/webhooks/loop", {TAKE});', UNMET),
    ("on another path, and no hook is named", f'app.use("/other/*", verified);\napp.post("/events", {TAKE});', UNKNOWN),
    ("on a router that may lead there", f'root.use("/*", verified);\napp.post("/webhooks/loop", {TAKE});', UNKNOWN),
    ("behind the handler", f'app.post("/webhooks/loop", {TAKE}, verified);', UNMET),
    ("behind the route", f'app.post("/webhooks/loop", {TAKE});\napp.use("/webhooks/*", verified);', UNMET),
]  # fmt: skip


@pytest.mark.parametrize(("route", "expected"), [each[1:] for each in PLACES], ids=[each[0] for each in PLACES])
def test_a_guard_must_stand_before_the_handler(route: str, expected: Outcome) -> None:
    """A function that verifies protects only what runs behind it."""
    assert webhooks(IMPORTS + VERIFY + MIDDLEWARE + route).outcome is expected


def test_a_file_that_is_a_route_must_verify_too() -> None:
    """A guard that it exports and does not use protects nothing."""
    guard = IMPORTS + VERIFY + MIDDLEWARE.replace("async function", "export async function")
    post = "export async function POST(request: Request) { return handle(await request.json()); }"
    seen = webhooks(guard + post)
    assert seen.outcome is UNMET
    assert "takes webhooks by POST without any signature" in seen.message
    assert webhooks(guard + "export const POST = wrap(verified, handle);").outcome is MET
    assert webhooks(guard + "export const POST = elsewhere(handle);").outcome is UNKNOWN


def test_an_empty_key_that_is_refused_signs_nothing() -> None:
    """Where its setting is missing, nothing starts."""
    key = 'const SECRET = process.env.SECRET ?? "";\n'
    assert webhooks(key + WHOLE).outcome is UNMET
    assert webhooks(key + 'if (!SECRET) throw new Error("SECRET is not set");\n' + WHOLE).outcome is MET


OWN = [
    ("compares", "timingSafeEqual", "const timingSafeEqual = (_a: unknown, _b: unknown) => true;"),
    ("signs", "createHmac", "const createHmac = (..._: unknown[]) => ({ update: () => ({ digest: () => EMPTY }) });"),
]


@pytest.mark.parametrize(("name", "made"), [each[1:] for each in OWN], ids=[each[0] for each in OWN])
def test_a_function_of_their_own_proves_nothing(name: str, made: str) -> None:
    """In the file itself, or imported from beside it."""
    rest = IMPORTS.replace(f"{name}, ", "").replace(f", {name}", "")
    for seen in (
        webhooks(rest + made + VERIFY + RECEIVE),
        webhooks(rest + f'import {{ {name} }} from "./own";\n' + VERIFY + RECEIVE, own=f"export {made}"),
        webhooks(rest + f'import {{ {name} }} from "../elsewhere";\n' + VERIFY + RECEIVE),
    ):
        assert seen.outcome is UNKNOWN
        assert f"calls {name}, which is the client's own" in seen.message


def test_a_missing_header_is_no_proof() -> None:
    """What stands in for it must not be what it is compared with."""
    instead = 'c.req.header("X-Loop-Signature") ?? createHmac("sha256", SECRET).update(raw).digest("hex")'
    seen = webhooks(WHOLE.replace('c.req.header("X-Loop-Signature") ?? ""', instead))
    assert seen.outcome is UNMET
    assert "compares the signature with itself" in seen.message


def test_every_receiver_counts() -> None:
    """One good one hides no bad one."""
    bad = 'export const old = (headers: Headers, digest: string) => headers.get("X-Loop-Signature") === digest;\n'
    seen = webhooks(WHOLE, old=bad)
    assert seen.outcome is UNMET
    assert [(each.path, each.line) for each in seen.locations] == [(f"{SRC}/old.ts", 1)]


def test_a_test_double_that_sets_the_header_is_no_receiver() -> None:
    """Who sends is not who verifies."""
    sender = 'export const sent = (headers: Headers) => headers.set("X-Loop-Signature", "00");'
    assert webhooks(WHOLE, sender=sender).outcome is MET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    operator = webhooks(WHOLE.replace('timingSafeEqual(Buffer.from(given, "hex"), expected)', "given === expected"))
    assert operator.message == f"{WEBHOOKS}:5 compares the signature with ===; use a constant-time comparison."
    assert [(each.path, each.line) for each in operator.locations] == [(WEBHOOKS, 5)]
    none = webhooks("export {};")
    assert none.message.startswith("No code of integrations/fitbook/src/**/*.{ts,tsx} reads X-Loop-Signature")
    assert webhooks(WHOLE.replace(".update(raw)", ".update(body())")).reason is Reason.NOT_RESOLVABLE
