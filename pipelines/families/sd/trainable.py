"""The Stable Diffusion families as ``trained.Trainable``, with the names of kohya's files."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pipelines.families.clip.encoder import core_of
from pipelines.families.model import LoadedModel
from pipelines.families.sd.layer_names import names_in
from pipelines.families.trained import AdapterWords, TrainedPart

BACKBONE_LAYERS = (
    r".*attentions\.\d+\.(proj_in|proj_out|transformer_blocks\.\d+\."
    r"(attn[12]\.(to_q|to_k|to_v|to_out\.0)|ff\.net\.(0\.proj|2)))"
)
"""Layers of a UNet that kohya's scripts train: all linear ones in its transformers, and those around them."""
TEXT_LAYERS = r".*layers\.\d+\.(self_attn\.(q_proj|k_proj|v_proj|out_proj)|mlp\.(fc1|fc2))"
LAYER_TENSORS = 24
"""Tensors of the size of its input that one block of a UNet keeps for its gradients: an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SdTrainable:
    """See ``Trainable``. ``original``: files have the original code's names of the UNet's layers."""

    words: AdapterWords
    original: bool

    def backbone(self, model: LoadedModel) -> TrainedPart:
        """See ``Trainable``."""
        names = names_in(model.unet)
        key = _key("lora_unet_", names.ldm if self.original else str)
        return TrainedPart(root=model.unet, pattern=BACKBONE_LAYERS, key=key)

    def text(self, model: LoadedModel) -> Sequence[TrainedPart]:
        """See ``Trainable``."""
        encoders = model.text_encoders
        numbers = [str(index + 1) if len(encoders) > 1 else "" for index in range(len(encoders))]
        return [
            TrainedPart(
                root=core_of(encoder.module),
                pattern=TEXT_LAYERS,
                key=_key(f"lora_te{number}_text_model_", str),
            )
            for number, encoder in zip(numbers, encoders, strict=True)
        ]

    @contextmanager
    def recomputing(self, model: LoadedModel) -> Generator[None]:
        """See ``Trainable``."""
        model.unet.enable_gradient_checkpointing()
        try:
            yield
        finally:
            model.unet.disable_gradient_checkpointing()

    def graph_numbers(self, model: LoadedModel, width: int, height: int) -> int:
        """Count ``LAYER_TENSORS`` of every block of the UNet at the size of its input. See ``Trainable``."""
        latents, config = model.latents, model.unet.config
        cells = latents.cells(width) * latents.cells(height)
        blocks = 2 * int(config["layers_per_block"]) + 2
        widths = config["block_out_channels"]
        return sum(count * (cells // 4**level) * blocks * LAYER_TENSORS for level, count in enumerate(widths))


def _key(prefix: str, name: Callable[[str], str]) -> Callable[[str], str]:
    return lambda path: prefix + name(path).replace(".", "_")
