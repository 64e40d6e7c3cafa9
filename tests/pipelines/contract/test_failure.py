"""Errors become data and errors again; those outside our hierarchy are described."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import EngineLost, InvalidRequest, MissingWeights, OutOfMemory, SdapiError
from pipelines.contract.failure import CANCELLED, Failure, is_fatal, is_out_of_memory


class OutOfMemoryError(RuntimeError):
    """Torch's class as this module knows it: by its name."""


def test_an_error_keeps_class_words_and_field() -> None:
    failure = Failure.of(MissingWeights("no file", field="hires.upscaler"))
    assert failure == Failure(kind="MissingWeights", message="no file", field="hires.upscaler")
    again = failure.error()
    assert (type(again), again.message, again.field) == (MissingWeights, "no file", "hires.upscaler")


def test_a_foreign_class_is_the_nearest_of_ours_with_its_status() -> None:
    class Locked(EngineLost):
        status = 423

    class Silent(Locked):
        """A subclass of a class of no module of ours."""

    failure = Failure.of(Silent("wait"))
    assert (failure.kind, failure.status) == ("EngineLost", 423)
    again = failure.error()
    assert (type(again), again.status, EngineLost.status) == (EngineLost, 423, 503)


@pytest.mark.parametrize(
    "error", [MemoryError("no"), OutOfMemoryError("CUDA"), RuntimeError("Out of memory")]
)
def test_memory_that_ran_out_is_named(error: Exception) -> None:
    failure = Failure.of(error)
    assert failure.kind == "OutOfMemory"
    assert str(error) in failure.message
    assert type(failure.error()) is OutOfMemory


def test_any_other_error_is_named_in_the_message() -> None:
    failure = Failure.of(KeyError("x"))
    assert (failure.kind, failure.message) == ("SdapiError", "KeyError: 'x'")


def test_an_unknown_kind_is_a_plain_error() -> None:
    again = Failure(kind="OfALaterVersion", message="what", field="steps").error()
    assert (type(again), again.message, again.field) == (SdapiError, "what", "steps")
    assert CANCELLED.error().status == 409


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 12 bytes"), True),
        (ValueError("out of memory"), False),
        (RuntimeError("shapes differ"), False),
        (InvalidRequest("out of memory"), False),
    ],
)
def test_words_count_in_runtime_errors_alone(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected


@pytest.mark.parametrize(
    ("text", "fatal"),
    [
        ("CUDA error: an illegal memory access was encountered", True),
        ("CUDA error: device-side assert triggered", True),
        ("CUDA error: Uncorrectable ECC error encountered", True),
        ("CUDA error: unspecified launch failure", True),
        ("CUDA out of memory", False),
    ],
)
def test_a_broken_context_needs_a_new_process(text: str, fatal: bool) -> None:
    assert is_fatal(RuntimeError(text)) is fatal
