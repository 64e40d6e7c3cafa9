"""The toy's answers to what the engine asks of a family."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from pipelines.families.base import (
    STAGES,
    Footprint,
    ImageConditioning,
    Latents,
    ModelPart,
    PatchKind,
    Previews,
    Target,
)
from pipelines.families.files import BuildPlace, ModelFiles
from pipelines.families.loading.assemble import TensorPool, fill
from pipelines.families.loading.layout import Shapes
from pipelines.families.loading.vae import load_vae
from pipelines.families.model import BackboneInputs, LoadedModel, TextEncoderPart
from pipelines.families.text import TextEncoder, TextPlan
from pipelines.families.trained import Trainable
from pipelines.families.vae import Codec
from pipelines.sampling.model_noise import FlowNoise

from .backbone import CHANNELS, CONTEXT, POOLED, Backbone
from .text import LETTERS, PLAN, TABLE, WORDS, TableEncoder

BACKBONE, WORD_TABLE, LETTER_TABLE = "toy.backbone.", "toy.words.weight", "toy.letters.weight"
FOOTPRINT = Footprint(backbone=(BACKBONE,), backbone_values=1, decoder_values=3)


def is_vae(shapes: Shapes) -> bool:
    """An autoencoder of 16 channels."""
    return shapes.get("decoder.conv_in.weight", (0, 0))[1] == CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class ToyFlow:
    """Its checkpoint holds the backbone and the words; letters and autoencoder lie in files of their own."""

    latents: Latents
    previews: Previews
    name: str = "toy_flow"
    title: str = "Toy Flow"
    native_side: int = 64
    text: TextPlan = PLAN
    parts: tuple[ModelPart, ...] = (
        ModelPart(name="vae", recognises=is_vae, folder="VAE"),
        ModelPart(name="letters", recognises=lambda shapes: LETTER_TABLE in shapes, folder="text_encoder"),
    )
    patches: frozenset[PatchKind] = frozenset()
    rounds_masks: bool = False
    stages: tuple[str, ...] = STAGES
    footprint: Footprint = FOOTPRINT
    large: bool = False
    training: Trainable | None = None

    def recognises(self, shapes: Shapes) -> bool:
        return f"{BACKBONE}enter.weight" in shapes

    def conditioning_of(self, shapes: Shapes) -> ImageConditioning:
        return "none"

    def context_width(self, shapes: Shapes) -> int:
        return CONTEXT

    def build(self, files: ModelFiles, place: BuildPlace) -> LoadedModel:
        precision, letters, vae = place.precision, files.part("letters"), files.part("vae")
        with torch.device("meta"):
            backbone = Backbone()
        fill(backbone, lambda name: files.pool.take(BACKBONE + name), dtype=precision.unet, what="backbone")
        words_tower, letters_tower = self.text.towers
        words = table(files.pool, WORD_TABLE, CONTEXT, precision.text)
        spelling = table(letters, LETTER_TABLE, POOLED, precision.text)
        return LoadedModel(
            path=files.path,
            name=files.name,
            family=self,
            conditioning="none",
            context_width=CONTEXT,
            backbone=backbone,
            codec=Codec(module=load_vae(vae, prefix="", dtype=precision.vae), latents=self.latents),
            text_encoders=(
                TextEncoderPart(module=words, tower=words_tower),
                TextEncoderPart(module=spelling, tower=letters_tower),
            ),
            noise=FlowNoise(shift=3.0),
            precision=precision,
            device=place.device,
        )

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        def moved(tensor: Tensor) -> Tensor:
            return tensor.to(device=model.device, dtype=model.precision.unet)

        assert inputs.vector is not None
        sigma = moved(inputs.timesteps) / 1000
        return model.backbone(moved(inputs.x), sigma, moved(inputs.context), moved(inputs.vector))

    def encoders(self, model: LoadedModel, *, autocast: bool) -> tuple[TextEncoder, ...]:
        words, letters = (cast("nn.Embedding", part.module) for part in model.text_encoders)
        return TableEncoder(words, WORDS), TableEncoder(letters, LETTERS)

    def layers(self, model: LoadedModel) -> Mapping[str, nn.Module]:
        return {f"toy_{name}": module for name, module in model.backbone.named_children()}

    def find_layer(self, key: str, layers: Collection[str]) -> Target | None:
        name = key.replace("lora_unet_", "toy_")
        return Target(name) if name in layers else None

    def in_text_encoder(self, layer: str) -> bool:
        return False

    def attention_depth(self, path: str, levels: int) -> int | None:
        return None


def table(pool: TensorPool, name: str, width: int, dtype: torch.dtype) -> nn.Embedding:
    """A table of vectors from a file."""
    with torch.device("meta"):
        made = nn.Embedding(TABLE, width)
    fill(made, lambda _: pool.take(name), dtype=dtype, what=name)
    return made


TOY_FLOW = ToyFlow(
    latents=Latents(channels=CHANNELS, cell=16, scale=0.5, shift=0.1),
    previews=Previews(rgb=((0.1, 0.2, 0.3),) * CHANNELS),
)
