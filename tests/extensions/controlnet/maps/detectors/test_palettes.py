"""The colours of segmentation maps."""

from __future__ import annotations

from extensions.controlnet.maps.detectors.palettes import ade_palette, coco_palette


def test_palettes_have_a_colour_for_every_class() -> None:
    palette = coco_palette()
    assert palette.shape == (133, 3)
    assert palette[0].tolist() == [220, 20, 60]
    assert len({tuple(colour) for colour in palette.tolist()}) == 133


def test_ade_has_150_classes_and_grey_walls() -> None:
    palette = ade_palette()
    assert palette.shape == (150, 3)
    assert palette[0].tolist() == [120, 120, 120]
