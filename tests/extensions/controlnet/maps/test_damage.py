"""Errors that name their cause: the weight files, or the field of a request."""

from __future__ import annotations

import pickle

import pytest

from extensions.controlnet.maps.damage import naming, readable
from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights


@pytest.mark.parametrize(
    "failure",
    [RuntimeError("x"), OSError("x"), EOFError(), KeyError("x"), TypeError("x"), pickle.UnpicklingError("x")],
)
def test_failures_of_loading_are_damage_of_the_files(failure: Exception) -> None:
    with (
        pytest.raises(CorruptFile, match=r"a\.pth, b\.pth can't be loaded") as caught,
        readable("a.pth, b.pth"),
    ):
        raise failure
    assert caught.value.field == "module"
    assert caught.value.__cause__ is failure


@pytest.mark.parametrize("failure", [MemoryError(), KeyboardInterrupt(), MissingWeights("x", field="module")])
def test_other_failures_pass(failure: BaseException) -> None:
    with pytest.raises(type(failure)) as caught, readable("a.pth"):
        raise failure
    assert caught.value is failure


@pytest.mark.parametrize("field", [None, "module"])
def test_errors_of_a_module_get_the_units_field(field: str | None) -> None:
    with pytest.raises(MissingWeights, match="no file") as caught, naming("args.1.module"):
        raise MissingWeights("no file", field=field)
    assert caught.value.field == "args.1.module"


def test_errors_of_another_field_keep_it() -> None:
    error = InvalidRequest("too large", field="mask.picture")
    with pytest.raises(InvalidRequest) as caught, naming("args.1.module"):
        raise error
    assert caught.value is error
