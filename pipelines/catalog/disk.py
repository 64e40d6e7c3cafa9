"""Write files whole or not at all, and give the reason in one line where a disk refuses them."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipelines.contract.errors import DiskFull, NotWritten, SdapiError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
REASONS = {
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the server has no right to write there",
    errno.EPERM: "the server has no right to write there",
    errno.EISDIR: "a folder is in the place of the file",
    errno.ENOTEMPTY: "a folder is in the place of the file",
    errno.ENOTDIR: "a file is in the place of a folder",
    errno.EEXIST: "a file is in the place of a folder",
    errno.ENAMETOOLONG: "the name is longer than the disk takes",
    errno.EIO: "the disk reports an error",
}


def write_file(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Put ``data`` in the place of a file in one step; ``durable`` waits for the disk. Raises OSError.

    Whoever reads meanwhile sees the old file or the new one. Nothing is left behind on failure.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def telling(what: str, remedy: str) -> Generator[None]:
    """Turn the OSErrors of a block into DiskFull or NotWritten: ``can't WHAT: reason; REMEDY``."""
    try:
        yield
    except OSError as error:
        raise refusal(error, what, remedy) from error


def refusal(error: OSError, what: str, remedy: str) -> SdapiError:
    """Return the error for a client: DiskFull where room or quota is used up, else NotWritten."""
    if error.errno in FULL:
        return DiskFull(f"can't {what}: no room is left on the disk; free some, or {remedy}")
    reason = REASONS.get(error.errno or 0) or error.strerror or str(error)
    return NotWritten(f"can't {what}: {reason}; {remedy}")
