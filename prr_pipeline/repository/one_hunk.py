"""A patch with one hunk, as `git apply` takes it: byte for byte, line ends and all."""

from __future__ import annotations

from collections.abc import Sequence

CONTEXT = 3
"""Lines shown before and after what changes."""
_NO_END = b"\n\\ No newline at end of file\n"
_ESCAPES = {0x22: b'\\"', 0x5C: b"\\\\", 0x09: b"\\t", 0x0A: b"\\n", 0x0D: b"\\r"}


def patch_of(path: str, before: bytes | None, after: bytes) -> bytes:
    """The patch that makes ``after`` of ``before``; None: there is no such file yet. Empty where nothing changes.

    All that differs is one hunk, so it is for small changes in one place.
    """
    if before == after:
        return b""
    old, new = _lines(before or b""), _lines(after)
    start = _shared(old, new)
    end = min(_shared(old[::-1], new[::-1]), min(len(old), len(new)) - start)
    first, last = max(0, start - CONTEXT), max(0, end - CONTEXT)
    removed, added = old[start : len(old) - end], new[start : len(new) - end]
    hunk = [
        *(b" " + line for line in old[first:start]),
        *(b"-" + line for line in removed),
        *(b"+" + line for line in added),
        *(b" " + line for line in old[len(old) - end : len(old) - last]),
    ]
    sizes = _range(first, len(old) - last - first), _range(first, len(new) - last - first)
    head = b"@@ -%b +%b @@\n" % sizes
    return b"".join([*_headers(path, is_new=before is None), head, *map(_ended, hunk)])


def _lines(data: bytes) -> list[bytes]:
    """Lines with their ends; only a line feed ends one, so what stands before it stays."""
    return data.splitlines(keepends=True) if b"\r" not in data else _by_line_feed(data)


def _by_line_feed(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [*(part + b"\n" for part in parts[:-1]), *filter(None, parts[-1:])]


def _shared(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    """How many lines are alike at the beginning."""
    return next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _range(first: int, count: int) -> bytes:
    """A range as a hunk's head has it: an empty one names the line before it."""
    return b"%d,%d" % (first + 1 if count else first, count)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + _NO_END


def _headers(path: str, *, is_new: bool) -> list[bytes]:
    left, right = _name(f"a/{path}"), _name(f"b/{path}")
    mode = [b"new file mode 100644\n"] if is_new else []
    end = b"\t\n" if " " in path else b"\n"
    before = b"--- /dev/null\n" if is_new else b"--- " + left + end
    return [b"diff --git %b %b\n" % (left, right), *mode, before, b"+++ " + right + end]


def _name(path: str) -> bytes:
    """A path as git writes it: quoted where it holds more than plain ASCII."""
    data = path.encode()
    if all(0x20 <= byte < 0x7F and byte not in (0x22, 0x5C) for byte in data):
        return data
    shown = (_ESCAPES.get(byte) or (b"%c" % byte if 0x20 <= byte < 0x7F else b"\\%03o" % byte) for byte in data)
    return b'"%b"' % b"".join(shown)
