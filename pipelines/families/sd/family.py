"""The Stable Diffusion families as ``base.Family``.

No torch is imported before a model is built.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.base import (
    ALL_PATCHES,
    STAGES,
    Footprint,
    ImageConditioning,
    Latents,
    ModelPart,
    PatchKind,
    Previews,
    Target,
)
from pipelines.families.loading.layout import Shapes
from pipelines.families.sd.adapter_keys import find_target, is_text_encoder
from pipelines.families.sd.attention_depth import attention_depth
from pipelines.families.sd.detect import conditioning_of, family_name, holds_vae
from pipelines.families.sd.footprint import SD_FOOTPRINT
from pipelines.families.sd.unet_layout import context_width
from pipelines.families.text import TextEncoder, TextPlan, TextTower, Vector
from pipelines.families.trained import AdapterWords, Trainable

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers.models.clip.modeling_clip import CLIPTextModel

    from pipelines.families.files import BuildPlace, ModelFiles
    from pipelines.families.model import BackboneInputs, LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SdTower(TextTower):
    """A text encoder with the prefixes of its tensors in a checkpoint, and of its layers in network files.

    ``title`` is for people.
    """

    title: str
    file_prefix: str
    layer_prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SdFamily:
    """A family with an LDM UNet, which comes as one file with everything in it, the VAE possibly left out.

    ``heads``: number of attention heads of the UNet, None for 64 channels per head. ``vector``: the added
    vector of SDXL, pooled text and numbers. ``options``: see ``TextPlan``. ``alphas_from_file``: a buffer
    ``alphas_cumprod`` of the file replaces the computed noise table. ``aligned_levels``: see ``VpNoise``.
    ``tiles_by_block``: see ``attention_depth``.
    """

    name: str
    title: str
    native_side: int
    latents: Latents
    previews: Previews
    words: AdapterWords
    towers: tuple[SdTower, ...]
    parts: tuple[ModelPart, ...] = (ModelPart(name="vae", recognises=holds_vae, folder=None),)
    heads: int | None = None
    vector: Vector | None = None
    added_width: int = 0
    options: tuple[str, ...] = ()
    alphas_from_file: bool = False
    aligned_levels: tuple[float, ...] = ()
    patches: frozenset[PatchKind] = ALL_PATCHES
    tiles_by_block: bool = False
    rounds_masks: bool = False
    large: bool = False
    stages: tuple[str, ...] = STAGES
    footprint: Footprint = SD_FOOTPRINT

    @property
    def text(self) -> TextPlan:
        """Encodings side by side, and the last encoder's pooled vector.

        An empty negative prompt is zeros where there is such a vector.
        """
        return TextPlan(
            towers=self.towers,
            vector=self.vector,
            added_width=self.added_width,
            blank_negative=self.vector is not None,
            options=self.options,
        )

    @property
    def training(self) -> Trainable:
        """See ``Family``. Files of SDXL have the original code's names of layers, the others' diffusers'."""
        from pipelines.families.sd.trainable import SdTrainable

        return SdTrainable(words=self.words, original=self.vector is not None)

    def recognises(self, shapes: Shapes) -> bool:
        """See ``Family``."""
        return family_name(shapes) == self.name

    def conditioning_of(self, shapes: Shapes) -> ImageConditioning:
        """See ``Family``."""
        return conditioning_of(shapes)

    def context_width(self, shapes: Shapes) -> int:
        """See ``Family``."""
        return context_width(shapes)

    def build(self, files: ModelFiles, place: BuildPlace) -> LoadedModel:
        """See ``Family``."""
        from pipelines.families.sd.build import build_model

        return build_model(self, files, place)

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        """See ``Family``."""
        from pipelines.families.sd.unet import call_unet

        return call_unet(model, inputs)

    def encoders(self, model: LoadedModel, *, autocast: bool) -> tuple[TextEncoder, ...]:
        """See ``Family``."""
        from pipelines.families.clip.encoder import ClipEncoder

        return tuple(
            ClipEncoder(cast("CLIPTextModel", part.module), part.tower.kind, autocast=autocast)
            for part in model.text_encoders
        )

    def layers(self, model: LoadedModel) -> Mapping[str, nn.Module]:
        """See ``Family``."""
        from pipelines.families.sd.layer_names import ldm_layer_names

        return ldm_layer_names(model)

    def find_layer(self, key: str, layers: Collection[str]) -> Target | None:
        """See ``Family``."""
        return find_target(key, layers)

    def in_text_encoder(self, layer: str) -> bool:
        """See ``Family``."""
        return is_text_encoder(layer)

    def attention_depth(self, path: str, levels: int) -> int | None:
        """See ``Family``."""
        return attention_depth(path, levels, by_block=self.tiles_by_block)


def heads_of(model: LoadedModel) -> int | None:
    """Return the heads of a model's UNet, None for 64 channels per head. Raises UnsupportedModel."""
    if not isinstance(model.family, SdFamily):
        raise UnsupportedModel(f"{model.name} has no UNet: it is a {model.family.title} checkpoint")
    return model.family.heads
