"""One preprocessor as data: its names, sliders and files, the function that does its work, its units' effect.

Functions are named as ``module:function`` and imported when they are first asked for, so that listing
preprocessors imports neither torch nor OpenCV.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Any

from extensions.controlnet.preprocessors.effects import (
    Effect,
    ImagePromptEffect,
    ReferenceEffect,
    RevisionEffect,
    StyleEffect,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """A parameter of a preprocessor; values outside the range mean ``default``."""

    name: str
    minimum: float
    maximum: float
    step: float
    default: float


def resolution_slider(default: int = 512) -> Slider:
    """The slider for the length of the shorter edge, in pixels."""
    return Slider(name="Resolution", minimum=64, maximum=2048, step=8, default=default)


HIDDEN = Slider(name="", minimum=0, maximum=1, step=0.01, default=0.5)
"""Stands for a slider that a preprocessor doesn't have."""
STANDARD = resolution_slider()
LAYOUT = ("config.json", "model.safetensors")
"""The files of a model in transformers' layout."""


class MaskUse(Enum):
    """The uses that preprocessors make of the mask of a unit's picture."""

    REPLACES = "a drawing that takes the picture's place"
    READ = "read beside the picture; the detect route has none for it"
    TAKEN = "read beside the picture"
    NEEDED = "needed beside the picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessor:
    """One preprocessor; ``run``, ``load`` or ``embed`` names its function, ``unavailable`` the lack of one.

    Names: ``key``, ``label`` and ``former`` ones are accepted in any letter case, also of a preprocessor that
    isn't ``listed``. ``types``: the control types that offer it.

    Work: ``run`` is called with a picture and ``Sliders`` and returns the map; it needs no weights and
    imports no torch, since the server calls it too, unless it draws ``random`` numbers. ``load`` is called
    with the preprocessor, its files and a device, and returns the function for picture and ``Sliders``.
    ``embed`` is called with an ``EmbedCall`` and returns an embedding. ``sized``: the function gets
    the colours at the resolution, edges padded up to multiples of 64, and its map is cut to that resolution
    again. ``files``: sets of weight files, each enough. ``network``: preprocessors of one network share what
    is loaded. ``package``: a Python package that must be there. ``variant``: which of several that share a
    function, in the function's own terms. ``unavailable``: what it would need, if it can't be run.

    Units: ``effect``: in addition to a map for a network, or in place of it. ``model_free``: they
    take no control model. ``fixed_resolution`` holds whatever a client sends. ``saves``: its maps are worth a
    file. ``softened``: weights are soft in the second pass of hires fix. ``undetected``: its names that the
    detect route refuses.
    """

    key: str
    label: str = ""
    former: tuple[str, ...] = ()
    listed: bool = True
    types: tuple[str, ...] = ()
    resolution: Slider | None = STANDARD
    a: Slider | None = None
    b: Slider | None = None
    run: str = ""
    load: str = ""
    embed: str = ""
    sized: bool = False
    random: bool = False
    files: tuple[tuple[str, ...], ...] = ()
    network: str = ""
    package: str = ""
    variant: Any = None
    unavailable: str = ""
    mask: MaskUse = MaskUse.REPLACES
    effect: Effect | None = None
    model_free: bool = False
    fixed_resolution: float | None = None
    saves: bool = True
    softened: bool = False
    undetected: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The label, which is the key for most."""
        return self.label or self.key

    @property
    def sliders(self) -> tuple[Slider, ...]:
        """The sliders that listings show: resolution, a and b, where it has them."""
        return tuple(slider for slider in (self.resolution, self.a, self.b) if slider is not None)

    @property
    def embeds(self) -> bool:
        """True if it makes an embedding in place of a map."""
        return isinstance(self.effect, ImagePromptEffect | StyleEffect | RevisionEffect)

    @property
    def acts_everywhere(self) -> bool:
        """True if its units act on the whole picture and take no region mask."""
        return isinstance(self.effect, ReferenceEffect | RevisionEffect)


def together(*names: str) -> tuple[tuple[str, ...], ...]:
    """Weight files that are needed together."""
    return (names,)


def folder(name: str) -> tuple[str, ...]:
    """The files of a folder in transformers' layout."""
    return tuple(f"{name}/{file}" for file in LAYOUT)


def function(name: str) -> Any:
    """The function of a name ``module:function``. Raises ImportError or AttributeError if there is none."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
