"""The flagd file and what lies beside it: read or recovered, locked, replaced so that a lowering always gets through.

``.lock`` is the advisory lock, ``.last-good`` the last document that we wrote, ``.spare`` room for a lowering on a full
disk, ``.damaged`` what a recovery replaced, for people to look at.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from prr_pipeline.errors import PrrError
from prr_pipeline.flags import durable_file as durable
from prr_pipeline.flags.backend import FlagsReadOnly, FlagsUnavailable, FlagsUnreadable
from prr_pipeline.flags.durable_file import Identity
from prr_pipeline.flags.flagd_document import EMPTY, MAX_BYTES, Damaged, FlagdDocument, parse, salvaged_keys

_log = logging.getLogger(__name__)


class FlagdStorage:
    """One flagd file. ``lock_wait`` limits the wait for other writers."""

    def __init__(self, path: Path, lock_wait: timedelta) -> None:
        self.path = Path(os.path.realpath(path))  # a link is followed, never replaced by a file
        self.last_good = self._beside("last-good")
        self.spare = self._beside("spare")
        self.lock = self._beside("lock")
        self.damaged = self._beside("damaged")
        self._lock_wait = lock_wait

    def load(self) -> tuple[FlagdDocument, Identity | None]:
        """The document and the file's identity; empty and None before the first write. Raises `FlagsUnreadable`."""
        try:
            data, seen = durable.read_bytes(self.path, MAX_BYTES)
            return parse(data), seen
        except FileNotFoundError:
            if not self.last_good.exists():
                return EMPTY, None
            reason = "it is gone, and readers still serve what they had loaded"
        except OSError as fault:
            reason = _reason(fault)
        except Damaged as fault:
            reason = str(fault)
        raise FlagsUnreadable(
            f"The flags file {self.path} cannot be read: {reason}; mend it by hand, or roll back any promotion, "
            f"which rebuilds it from {self.last_good.name}."
        )

    def load_or_recover(self) -> tuple[FlagdDocument, Identity | None, str | None]:
        """As `load`, but a damaged or vanished file is taken from its last-good copy.

        If that is damaged too, the document is empty and the third part says what was given up.
        """
        try:
            return *self.load(), None
        except FlagsUnreadable as fault:
            _log.warning("%s", fault)
        seen = durable.identity(self.path)
        self._set_aside()
        copy = self.copy()
        if copy is not None:
            return copy, seen, None
        given_up = f"The flags file {self.path} and its last-good copy were both unreadable: {self._lost()}."
        _log.warning("%s", given_up)
        return EMPTY, seen, given_up

    def copy(self) -> FlagdDocument | None:
        """The last-good copy, None if it is missing or damaged."""
        try:
            return parse(durable.read_bytes(self.last_good, MAX_BYTES)[0])
        except (OSError, Damaged):
            return None

    def check_writable(self) -> None:
        """Respect a file that was made read-only, which a rename would replace all the same. Raises `OSError`."""
        if self.path.exists() and not os.access(self.path, os.W_OK, effective_ids=True):
            whole_disk = os.statvfs(self.path).f_flag & os.ST_RDONLY
            raise OSError(errno.EROFS if whole_disk else errno.EACCES, "read-only", str(self.path))

    def publish(self, data: bytes, seen: Identity | None, *, lowering: bool, may_use_spare: bool = False) -> None:
        """Replace the file that was ``seen``, and its last-good copy. Raises `durable.Replaced` or `OSError`.

        A lowering writes the copy first, a raise last: wherever we die, the copy never holds more than was served.
        """
        if durable.identity(self.path) != seen:
            raise durable.Replaced
        stamp_ns = durable.newer_than(self.path, self.last_good)
        copy_first = lowering and self.last_good.exists()
        if copy_first:
            self._keep_copy(data, stamp_ns)
        try:
            durable.publish(self.path, data, stamp_ns, over=seen)
        except OSError as fault:
            if not (may_use_spare and fault.errno in durable.NO_ROOM):
                raise
            durable.publish_from_spare(self.path, self.spare, data, stamp_ns)
        if not copy_first and (durable.identity(self.path) or (0, 0))[1] == stamp_ns:
            self._keep_copy(data, stamp_ns)
        with suppress(OSError):
            durable.ensure_spare(self.spare, len(data))

    def redate(self) -> None:
        """Date the file once more, after a read-back.

        A reader that starts during a rename may take the new file's time together with the old file's content, and
        would not look again until the time moves. Reading back takes about as long as its start.
        """
        with suppress(OSError):
            durable.redate(self.path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers out. Raises `FlagsUnavailable` when one stays too long."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with durable.locked(self.lock, self._lock_wait) as held:
            if not held:
                raise FlagsUnavailable(
                    f"The flags file {self.path} was locked by another process for "
                    f"{self._lock_wait.total_seconds():g} s, so nothing was changed; try again."
                )
            yield

    @contextmanager
    def locked_if_possible(self) -> Iterator[None]:
        """Keep other writers out, or go on without: no lock stops a lowering."""
        with ExitStack() as stack:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                held = stack.enter_context(durable.locked(self.lock, self._lock_wait))
            except OSError:
                held = False
            if not held:
                _log.warning("The flags file %s could not be locked; lowering it without the lock.", self.path)
            yield

    @contextmanager
    def sentences(self, outcome: str) -> Iterator[None]:
        """Turn the faults of the operating system into ours; ``outcome`` says how things stand after one."""
        try:
            yield
        except PrrError:
            raise
        except OSError as fault:
            if fault.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise FlagsReadOnly(
                    f"The flags file {self.path} cannot be written ({_reason(fault)}), so {outcome}; "
                    "make the file and its folder writable for this user."
                ) from None
            raise FlagsUnavailable(
                f"Writing the flags file {self.path} failed ({_reason(fault)}), so {outcome}; mend that and try again."
            ) from None

    def _keep_copy(self, data: bytes, stamp_ns: int) -> None:
        """Write the last-good copy; if that fails, have none rather than one that could raise."""
        try:
            durable.publish(self.last_good, data, stamp_ns)
        except OSError:
            with suppress(OSError):
                self.last_good.unlink(missing_ok=True)

    def _set_aside(self) -> None:
        with suppress(OSError):
            self.damaged.unlink(missing_ok=True)
            os.link(self.path, self.damaged)

    def _lost(self) -> str:
        try:
            names = salvaged_keys(durable.read_bytes(self.path, MAX_BYTES)[0])
        except OSError:
            names = []
        listed = f" (among them {', '.join(names)})" if names else ""
        return f"every flag that this lowering does not name{listed} is lost and serves its default, off"

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{suffix}")


def _reason(fault: OSError) -> str:
    return os.strerror(fault.errno or errno.EIO).lower()
