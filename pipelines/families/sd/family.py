"""How the Stable Diffusion families answer what ``base.Family`` asks.

No torch is imported before a model is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.base import Latents, ModelPart, Previews, TextTower, VectorKind
from pipelines.families.loading.layout import Shapes
from pipelines.families.sd.detect import family_name

if TYPE_CHECKING:
    from torch import Tensor, nn

    from pipelines.families.files import BuildPlace, ModelFiles
    from pipelines.families.model import BackboneInputs, LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SdFamily:
    """One of the families with an LDM UNet, which come as one file with everything in it.

    ``heads``: number of attention heads of the UNet, None for 64 channels per head. ``vector``: what the
    UNet's added vector holds beside the pooled text: sizes, crop and target size, or size, crop and
    aesthetic score. ``alphas_from_file``: a buffer ``alphas_cumprod`` of the file replaces the computed
    noise table. ``aligned_levels``: see ``VpNoise``.
    """

    name: str
    title: str
    latents: Latents
    previews: Previews
    parts: tuple[ModelPart, ...] = ()
    heads: int | None = None
    text_towers: tuple[TextTower, ...] = ()
    vector: VectorKind = "none"
    alphas_from_file: bool = False
    aligned_levels: tuple[float, ...] = ()
    rounds_masks: bool = False
    large: bool = False

    def recognises(self, shapes: Shapes) -> bool:
        """See ``Family``."""
        return family_name(shapes) == self.name

    def build(self, files: ModelFiles, place: BuildPlace) -> LoadedModel:
        """See ``Family``."""
        from pipelines.families.sd.build import build_model

        return build_model(self, files, place)

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        """See ``Family``."""
        from pipelines.families.sd.unet import call_unet

        return call_unet(model, inputs)

    def layers(self, model: LoadedModel) -> Mapping[str, nn.Module]:
        """See ``Family``."""
        from pipelines.families.sd.layer_names import ldm_layer_names

        return ldm_layer_names(model)


def heads_of(model: LoadedModel) -> int | None:
    """Attention heads of a model's UNet, None for 64 channels per head. Raises UnsupportedModel."""
    if not isinstance(model.family, SdFamily):
        raise UnsupportedModel(f"{model.name} has no UNet: it is a {model.family.title} checkpoint")
    return model.family.heads
