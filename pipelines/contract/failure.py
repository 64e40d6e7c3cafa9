"""Errors as data: what crosses from an engine's process and stays in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pipelines.contract.errors import OutOfMemory, SdapiError, kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The class name of an ``SdapiError``, its message, and the request field at fault if there is one.

    ``status`` is that of a class which an extension made, whose nearest class of ours is named.
    """

    kind: str
    message: str
    field: str | None = None
    status: int | None = None

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """Describe an exception; the message of one outside our hierarchy begins with its class."""
        if isinstance(error, SdapiError):
            named = next(kind for kind in type(error).__mro__ if kind in kinds().values())
            status = None if error.status == named.status else error.status
            return cls(kind=named.__name__, message=error.message, field=error.field, status=status)
        if is_out_of_memory(error):
            return cls(kind=OutOfMemory.__name__, message=f"the device ran out of memory: {error}")
        return cls(kind=SdapiError.__name__, message=f"{type(error).__name__}: {error}")

    def error(self) -> SdapiError:
        """Build the exception again; an unknown kind becomes a plain ``SdapiError``."""
        error = kinds().get(self.kind, SdapiError)(self.message, field=self.field)
        if self.status is not None:
            error.status = self.status
        return error


CANCELLED = Failure(kind="Cancelled", message="the job was cancelled")


def is_out_of_memory(error: BaseException) -> bool:
    """True if memory ran out, in Python or in torch (whose class is known by its name here)."""
    names = {kind.__name__ for kind in type(error).__mro__}
    text = str(error).lower()
    in_words = isinstance(error, RuntimeError) and (
        "out of memory" in text or "can't allocate memory" in text
    )
    return in_words or not names.isdisjoint({"MemoryError", "OutOfMemoryError"})


def is_fatal(error: BaseException) -> bool:
    """True if the device's context is beyond use after this error, so that only a new process helps."""
    text = str(error).lower()
    signs = ("illegal memory access", "device-side assert", "uncorrectable ecc", "unspecified launch failure")
    return any(sign in text for sign in signs)
