"""One hierarchy of errors; the HTTP layer maps it to statuses in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?|[\x00-\x08\x0b-\x1f\x7f]"
)
"""Codes that colour or move on a terminal, and other control characters but tab and line feed."""


def plain(text: str) -> str:
    """Remove terminal codes from a text, as messages need it that quote libraries or file names."""
    return _TERMINAL.sub("", text)


class SdapiError(Exception):
    """Base of every error that a client is answered with.

    ``field`` names the request field at fault, if there is one.
    """

    status = 500

    def __init__(self, message: str, *, field: str | None = None) -> None:
        self.message = plain(message)
        super().__init__(self.message)
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.field), vars(self))


def _rebuild(kind: type[SdapiError], message: str, field: str | None) -> SdapiError:
    return kind(message, field=field)


class InvalidRequest(SdapiError):
    """The request can't be carried out as it stands."""

    status = 422


class NotFound(SdapiError):
    """Something that the request names does not exist."""

    status = 404


class Forbidden(SdapiError):
    """The client has no right to do this."""

    status = 403


class UnsupportedModel(InvalidRequest):
    """A weight file is readable but of a kind that is not supported."""


class CorruptFile(InvalidRequest):
    """A weight file is damaged, unsafe to read, or not what its name says."""


class MissingWeights(InvalidRequest):
    """A feature needs a weight file that is not there; the message names file and folder."""


class OutOfMemory(SdapiError):
    """The device ran out of memory; the job failed, the server goes on."""

    status = 507


class EngineLost(SdapiError):
    """The engine process died while it held the job."""

    status = 503


class Cancelled(SdapiError):
    """The job was cancelled before it produced a picture."""

    status = 409


class TimedOut(SdapiError):
    """The job computed longer than the server lets jobs compute."""

    status = 504


class OverBudget(InvalidRequest):
    """The request needs more memory than the server may use, however much is unloaded."""


class NansProduced(InvalidRequest):
    """A network's output has NaN in it, even in the widest dtype that is allowed."""


class ShuttingDown(SdapiError):
    """The server stops; a job that it accepted stays in the store and runs after the next start."""

    status = 503


class StoreFailed(SdapiError):
    """The job store can't be written, for want of disk space as a rule."""

    status = 507


class StoreInUse(SdapiError):
    """Another server holds the job store, or nobody may write it."""


class DiskFull(SdapiError):
    """There is no room on a disk for what is to be written."""

    status = 507


class NotWritten(SdapiError):
    """A file can't be written for a reason other than room: a read-only disk, rights, a file in the way."""


class TooManyJobs(SdapiError):
    """The queue is full. ``retry_after`` is a guess in seconds of when it won't be."""

    status = 429

    def __init__(self, message: str, *, field: str | None = None, retry_after: int = 1) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after


def kinds() -> dict[str, type[SdapiError]]:
    """Return every class of this module by its name: those that can be rebuilt in another process."""
    return {kind.__name__: kind for kind in _with_heirs(SdapiError) if kind.__module__ == __name__}


def _with_heirs(kind: type[SdapiError]) -> Iterator[type[SdapiError]]:
    yield kind
    for heir in kind.__subclasses__():
        yield from _with_heirs(heir)
