"""Embed a picture in an engine, by the function that a preprocessor names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from extensions.controlnet.maps.embedding import PictureEmbedding
from extensions.controlnet.maps.run import annotator_folders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, function
from extensions.controlnet.preprocessors.unavailable import require_package, unavailable
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import GenerationOptions, WeightShelf

if TYPE_CHECKING:
    from pipelines.plugin import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedCall:
    """The argument of a preprocessor's ``embed``.

    ``picture`` (h, w, 3 or 4). ``resolution``: the shorter edge in pixels, for those that scale it.
    ``folders``: those that are searched for weights; ``shelf`` keeps loaded networks.
    """

    preprocessor: Preprocessor
    picture: Array
    resolution: float
    folders: tuple[Path, ...]
    device: torch.device
    shelf: WeightShelf

    @property
    def colours(self) -> Array:
        """The picture without its mask."""
        return self.picture[:, :, :3]


def embed_picture(
    preprocessor: Preprocessor,
    picture: Array,
    services: Services,
    options: GenerationOptions,
    *,
    resolution: float,
) -> PictureEmbedding:
    """Embed a picture (h, w, 3 or 4) by a preprocessor.

    Raises MissingWeights, CorruptFile, UnsupportedModel, and InvalidRequest if a face is looked for and not
    found.
    """
    if not preprocessor.embed:
        raise unavailable(preprocessor)
    require_package(preprocessor)
    made: PictureEmbedding = function(preprocessor.embed)(
        EmbedCall(
            preprocessor=preprocessor,
            picture=picture,
            resolution=resolution,
            folders=annotator_folders(services, options),
            device=services.residency.device,
            shelf=services.weights,
        )
    )
    return made
