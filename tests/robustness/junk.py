"""What damage puts into files: values, brackets, numbers and bytes that parsers trip over."""

from __future__ import annotations

from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 3.7, 2**70, 10**400, 1e300, "", " ", "x", "../../../etc/passwd", "/etc/passwd", "a/../b",
    ".git/config", "{kind}", "{", "}{", "**/*", "[a-", "(a+)+$", "\\", "\0", "\ud800", "\n", "é" * 300, "__proto__",
    "2026-99-99", "0001-01-01T00:00:00+23:59", "http://localhost/x", "#/", "#/paths", "#/components/schemas/Grant",
    "~2", "1.2.3", "99.999%", [], [[]], [None], ["x"], ["x", "x"], [1, "a", None, {}], {}, {"": ""}, {"x": None},
    {"$ref": "#/x"}, {"$ref": 5}, {"$ref": "#/components/schemas/Grant"}, {"$ref": "/etc/passwd"},
    {"type": "object"}, {"allOf": 5}, {"enum": 5}, {"value": []},
)  # fmt: skip
"""What stands where something else should."""
OPENINGS = (
    b"[", b"{", b"(", b'{"a":', b"> ", b"- ", b"<a>", b"  - ", b"a: {", b"f(", b"`${", b"!", b"[[](", b"*", b"<!--",
    b"BEGIN:VEVENT\n",
)  # fmt: skip
"""What is never closed."""
PAIRS = (
    (b"(", b")"), (b"[", b"]"), (b"{a: ", b"}"), (b"f(", b")"), (b"!", b""), (b"", b".b"), (b"", b" + 1"),
    (b"", b".f()"), (b"() => ", b""), (b"x ? 1 : ", b""), (b"`${", b"}`"), (b"await ", b""), (b"", b" as X"),
    (b"A<", b">"), (b"", b"[0]"), (b"(function () { return ", b"})()"), (b"if (x) {", b"}"), (b"- ", b""),
    (b"**", b"**"), (b"[", b"](x)"), (b"<a>", b"</a>"), (b"", b" || 1"), (b"", b", 1"), (b"x = ", b""),
    (b"", b" else if (x) {}"), (b"{", b"}"), (b"!!str ", b""), (b"new ", b"()"), (b"", b"/a"), (b"../", b""),
    (b"* ", b""), (b"# ", b""),
)  # fmt: skip
"""What a word is put between, many times over."""
NUMBERS = (
    b"9" * 400, b"1e999", b"-1", b"0", b"0.1", b"18446744073709551616", b"1e-400", b"9" * 5_000, b"0x" + b"f" * 40,
    b"2026-13-45",
)  # fmt: skip
"""What stands for a number."""
BITS = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b"\t", b"'", b'"', b"`", b"{", b"}",
    b"[", b"]", b"(", b")", b"---\n", b"...", b"${", b"*/", b"/*", b"//", b"&a ", b"*a ",
    b"!!python/object:os.system ", b"<<: ", b"%", b"|", b"<!--", b"-->", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"]]>",
    b"<!DOCTYPE x [<!ENTITY e 'e'>]>", b"&e;", b"@", b"#", b"$ref", b"..", b"/etc/passwd",
)  # fmt: skip
"""What is put anywhere."""
_LEVELS = (b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12))
BOMB = b"a0: &a0 [x]\n" + b"".join(_LEVELS)
"""Nine to the eleventh nodes, were it written out."""
