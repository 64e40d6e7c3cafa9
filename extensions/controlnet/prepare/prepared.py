"""A unit made ready: its model file, its maps at the sizes of both passes, its hint tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from extensions.controlnet.maps.embedding import ImageEmbedding, PictureEmbedding
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.prepare.control_picture import choose_picture
from extensions.controlnet.prepare.fit import fit
from extensions.controlnet.preprocessors.effects import Effect, RepaintEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.pictures import Array, Map, as_bytes, read_picture
from extensions.controlnet.units.spellings import ResizeMode
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import GenerationRequest

CPU = torch.device("cpu")
MASKED = 127
"""Largest value of a mask, in 0..255, that doesn't mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSizes:
    """Target sizes in pixels, (width, height); ``hires`` None without a second pass."""

    base: tuple[int, int]
    hires: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedUnit:
    """``base`` and ``hires`` are maps (h, w, 3 or 4); ``region``: (1, 1, h, w) in 0..1, None for everywhere.

    ``file`` and ``kind`` are None for units that work without a model. ``source`` is the picture
    before preprocessing. IP-Adapter and style units have ``embeddings`` of their ``pictures`` in place of
    maps; embeddings that the client sent have no pictures. ``token_source``: the unit whose tokens the
    network of this one reads in place of texts.
    """

    unit: Unit
    file: ControlFile | None
    kind: ControlKind | None
    source: Array
    base: Map
    hires: Map | None = None
    region: Tensor | None = None
    embeddings: tuple[PictureEmbedding, ...] = ()
    pictures: tuple[Array, ...] = ()
    token_source: PreparedUnit | None = None
    copies: dict[tuple[object, ...], Tensor] = field(default_factory=dict[tuple[object, ...], Tensor])
    """Tensors that networks read at every step, by device and name."""

    @property
    def effect(self) -> Effect | None:
        """The effect of the unit's preprocessor, None where its map only goes to a network."""
        return self.unit.preprocessor.effect

    @property
    def repaints(self) -> RepaintEffect | None:
        """The effect of a unit whose map says what is to be repainted."""
        effect = self.unit.preprocessor.effect
        return effect if isinstance(effect, RepaintEffect) and self.base.shape[2] == 4 else None

    @property
    def masked(self) -> bool:
        """True if a map of either pass has a masked pixel."""
        return any(bool((made[:, :, 3] > MASKED).any()) for made in self.shown if made.shape[2] == 4)

    @property
    def keeps_outside(self) -> bool:
        """True if the picture outside of the unit's mask stays as it is."""
        return self.repaints is not None and self.repaints.keeps_outside

    @property
    def seen(self) -> ImageEmbedding:
        """CLIP's embedding of the first picture, for units that are embedded by CLIP."""
        (seen, *_) = self.embeddings
        assert isinstance(seen, ImageEmbedding)
        return seen

    @property
    def shown(self) -> tuple[Map, ...]:
        """The pictures for the answer: the map of the hires pass, then the first's; or those embedded."""
        if self.embeddings:
            return self.pictures
        return tuple(one for one in (self.hires, self.base) if one is not None)

    def map(self, *, hires: bool) -> Map:
        """The map of a pass."""
        return self.hires if hires and self.hires is not None else self.base

    def hint(self, *, hires: bool, device: torch.device = CPU) -> Tensor:
        """(1, 3, h, w) for the network; masked pixels of inpaint maps are -1."""
        return self.once(device, ("hint", hires), lambda: hint_tensor(self.map(hires=hires)))

    def region_on(self, device: torch.device) -> Tensor | None:
        """The region in which the unit acts, (1, 1, h, w) in 0..1; None for everywhere."""
        region = self.region
        return None if region is None else self.once(device, ("region",), lambda: region)

    def once(self, device: torch.device, key: tuple[object, ...], make: Callable[[], Tensor]) -> Tensor:
        """Return the tensor of ``make`` on ``device``; it is made and copied at the first call only."""
        if (device, *key) not in self.copies:
            self.copies[(device, *key)] = make().to(device)
        return self.copies[(device, *key)]


def pixels(array: Map) -> Tensor:
    """A map as (1, 3 or 4, h, w) in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(array.astype(np.float32) / 255.0)).permute(2, 0, 1)[None]


def hint_tensor(array: Map) -> Tensor:
    """A map as network input, (1, 3, h, w) in 0..1; masked pixels are -1."""
    values = pixels(array)
    if values.shape[1] == 3:
        return values
    mask = (values[:, 3:4] > 0.5).to(values.dtype)
    return values[:, :3] * (1.0 - mask) - mask


def prepare_unit(
    unit: Unit,
    request: GenerationRequest,
    sizes: TargetSizes,
    *,
    model: tuple[ControlFile, ControlKind] | None,
    preprocess: Callable[[Preprocessor, Array, Sliders], Array],
    random: np.random.RandomState,
) -> PreparedUnit:
    """Choose, preprocess and fit. Raises InvalidRequest, MissingWeights."""
    source, mode = choose_picture(unit, request)
    effect = unit.preprocessor.effect
    if isinstance(effect, RepaintEffect) and effect.filled and mode is ResizeMode.FILL:
        # so that the borders are filled too
        source = as_bytes(fit(source, mode, *(sizes.hires or sizes.base)).round())
    resolution = unit.processor_res
    if unit.pixel_perfect:
        resolution = pixel_perfect(source, *sizes.base, mode)
    parameters = Sliders(resolution=resolution, a=unit.threshold_a, b=unit.threshold_b, random=random)
    made = preprocess(unit.preprocessor, source, parameters)
    if not isinstance(effect, RepaintEffect):
        made = made[:, :, :3]
    hires = None if sizes.hires is None else fit(made, mode, *sizes.hires)
    return PreparedUnit(
        unit=unit,
        file=model[0] if model else None,
        kind=model[1] if model else None,
        source=source,
        base=fit(made, mode, *sizes.base),
        hires=hires,
        region=region_mask(unit),
    )


def pixel_perfect(picture: Array, width: int, height: int, mode: ResizeMode) -> int:
    """The preprocessor resolution at which the map needs no scaling."""
    raw_height, raw_width = picture.shape[:2]
    ratios = (height / raw_height, width / raw_width)
    ratio = min(ratios) if mode is ResizeMode.FILL else max(ratios)
    return round(ratio * min(raw_height, raw_width))


def region_mask(unit: Unit) -> Tensor | None:
    """The region in which a unit acts, (1, 1, h, w) in 0..1; None for everywhere. Raises InvalidRequest."""
    if unit.effective_region_mask is None:
        return None
    mask = read_picture(unit.effective_region_mask, field=f"{unit.field}.effective_region_mask")
    return torch.from_numpy(mask[:, :, 0].astype(np.float32) / 255.0)[None, None]
