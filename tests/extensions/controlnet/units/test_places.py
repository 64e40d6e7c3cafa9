"""The places of pictures in units."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.units.places import picture_places


@pytest.mark.parametrize(
    ("unit", "places"),
    [
        ({"image": "A", "module": "canny"}, [("image",)]),
        ({"input_image": {"image": "A", "mask": "B"}}, [("input_image", "image"), ("input_image", "mask")]),
        ({"image": ["A", "B"]}, [("image", 0), ("image", 1)]),
        (
            {"image": [{"image": "A", "mask": None}, {"image": "B"}]},
            [("image", 0, "image"), ("image", 1, "image")],
        ),
        ({"mask": "A", "effective_region_mask": "B"}, [("mask",), ("effective_region_mask",)]),
        ({"image": None, "mask": 3}, []),
        (False, []),
    ],
)
def test_every_form_is_known(unit: Any, places: list[tuple[Any, ...]]) -> None:
    assert picture_places([None, unit]) == [(1, *place) for place in places]
