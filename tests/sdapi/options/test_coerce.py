"""Sent values in the types of their options, or a refusal that names the option."""

from __future__ import annotations

import math
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.options.coerce import coerce
from sdapi.options.table import Option, load_table

OWN = Option(key="own_number", default=3, section="own", whole=True, bounds=(1, 5))


@pytest.mark.parametrize(
    ("key", "sent", "stored"),
    [
        ("samples_save", "false", False),
        ("samples_save", 1, True),
        ("n_rows", 2.7, 2),
        ("n_rows", "3", 3),
        ("img_downscale_threshold", 5, 5),
        ("img_downscale_threshold", "5.5", 5.5),
        ("sd_vae", 7, "7"),
        ("realesrgan_enabled_models", "one", ["one"]),
        ("realesrgan_enabled_models", "", []),
        ("realesrgan_enabled_models", ["one", 2], ["one", "2"]),
        ("upscaler_for_img2img", "Lanczos", "Lanczos"),
        ("samples_format", "PNG", "PNG"),
    ],
)
def test_values_take_the_type_of_their_option(key: str, sent: Any, stored: Any) -> None:
    made = coerce(load_table()[key], sent)
    assert made == stored
    assert type(made) is type(stored)


def test_null_is_the_default_whatever_the_type() -> None:
    assert [coerce(load_table()[key], None) for key in ("samples_save", "n_rows", "sd_vae")] == [None] * 3


@pytest.mark.parametrize(
    ("key", "sent", "reason"),
    [
        ("samples_save", "perhaps", "boolean"),
        ("n_rows", "many", "float"),
        ("realesrgan_enabled_models", 7, "list"),
        ("upscaler_for_img2img", [1], "str type expected"),
        ("upscaler_for_img2img", math.nan, "str type expected"),
        ("samples_format", "bmp", "Invalid image format"),
    ],
)
def test_what_has_no_such_type_names_its_option(key: str, sent: Any, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=reason) as refused:
        coerce(load_table()[key], sent)
    assert refused.value.field == key


def test_an_extensions_number_is_whole_and_within_its_bounds() -> None:
    assert coerce(OWN, 4.9) == 4
    with pytest.raises(InvalidRequest, match="between 1 and 5") as refused:
        coerce(OWN, 6)
    assert refused.value.field == "own_number"
