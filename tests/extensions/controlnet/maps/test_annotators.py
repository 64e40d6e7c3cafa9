"""Detectors of controlnet-aux: their arguments, and the map in their answer."""

from __future__ import annotations

import numpy as np

from extensions.controlnet.maps.annotators import annotate
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.units.pictures import Array


def test_normals_are_the_second_of_two_maps() -> None:
    asked: dict[str, object] = {}

    def detector(picture: Array, **options: object) -> tuple[Array, Array]:
        asked.update(options)
        return np.zeros_like(picture), np.full_like(picture, 128)

    parameters = Sliders(resolution=64, a=0.3)
    made = annotate(
        detector, PREPROCESSORS["normal_map"].variant, np.zeros((64, 64, 3), np.uint8), parameters
    )
    assert bool((made == 128).all())
    assert (asked["bg_th"], asked["depth_and_normal"]) == (0.3, True)
