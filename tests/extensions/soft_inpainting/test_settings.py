"""The script's arguments and their infotext."""

from __future__ import annotations

import pytest

from extensions.soft_inpainting.settings import SoftSettings
from pipelines.contract.errors import InvalidRequest


def test_arguments_are_read_in_their_order() -> None:
    assert SoftSettings.from_args((True, 2, None, "3")) == SoftSettings(power=2.0, detail=3.0)
    assert SoftSettings.from_args(()) is None
    assert SoftSettings.from_args((False, 2)) is None


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="takes numbers") as caught:
        SoftSettings.from_args((True, "x"))
    assert caught.value.field == "always_on.soft inpainting"


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", float("nan")])
def test_numbers_are_finite(value: object) -> None:
    with pytest.raises(InvalidRequest, match="takes numbers") as caught:
        SoftSettings.from_args((True, 1, value))
    assert caught.value.field == "always_on.soft inpainting"


@pytest.mark.parametrize("value", [0, 0.0, "-0"])
def test_a_transition_contrast_of_zero_has_no_root(value: object) -> None:
    with pytest.raises(InvalidRequest, match="transition contrast boost") as caught:
        SoftSettings.from_args((True, 1, 0.5, value))
    assert caught.value.field == "always_on.soft inpainting"


def test_numbers_are_told_as_they_were_sent() -> None:
    assert SoftSettings().pairs((True, 2, 0.7)) == {
        "Soft inpainting enabled": True,
        "Soft inpainting schedule bias": 2,
        "Soft inpainting preservation strength": 0.7,
        "Soft inpainting transition contrast boost": 4,
        "Soft inpainting mask influence": 0,
        "Soft inpainting difference threshold": 0.5,
        "Soft inpainting difference contrast": 2,
    }
