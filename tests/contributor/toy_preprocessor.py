"""A preprocessor for ControlNet's units that leaves a few shades of a picture.

An extension holds the same function and row in a module that its modules ``api`` and ``engine`` both import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.controlnet.plugin import Preprocessor, Slider, register_preprocessor

if TYPE_CHECKING:
    from extensions.controlnet.plugin import Array, Sliders


def posterize(picture: Array, sliders: Sliders) -> Array:
    """The darkest value of every shade, (h, w, 3)."""
    width = 256 // int(sliders.a)
    return picture // width * width


POSTERIZE = Preprocessor(
    key="toy_posterize",
    types=("Tile",),
    a=Slider(name="Shades", minimum=2, maximum=64, step=1, default=4),
    run=f"{__name__}:posterize",
    sized=True,
)
register_preprocessor(POSTERIZE)
