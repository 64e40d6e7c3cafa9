"""Parts of the server's checkpoints, and other weight files, for nodes that use them directly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from extensions.invokeai.context.loaded import InvokeModel
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import ModelType, SubModelType
from pipelines.plugin import GenerationOptions, clip_tokenizer, read_tensors

if TYPE_CHECKING:
    from pipelines.plugin import LoadedModel, Services

_ENCODERS = {SubModelType.TextEncoder: 0, SubModelType.TextEncoder2: 1}
_TOKENIZERS = (SubModelType.Tokenizer, SubModelType.Tokenizer2)
_BACKBONES = (SubModelType.UNet, SubModelType.Transformer)


def load_part(services: Services, config: AnyModelConfig, part: SubModelType | None) -> InvokeModel:
    """Load a part of a main model, or the tensors of another file.

    Raises ValueError for a main model without a part, and for a part that it doesn't have.
    """
    if config.type is not ModelType.Main:
        return InvokeModel(config, read_tensors(Path(config.path)))
    if part is None:
        raise ValueError(f"{config.name} is a main model: it is loaded by parts, with a submodel type")
    model = services.load_checkpoint(config.path, GenerationOptions())
    if part in _BACKBONES:
        return InvokeModel(config, model.backbone, lambda: model.require("backbone"))
    if part is SubModelType.VAE:
        return InvokeModel(config, model.codec.module, lambda: model.require("vae"))
    if part in _TOKENIZERS:
        return InvokeModel(config, clip_tokenizer())
    if part in _ENCODERS:
        return _encoder(config, model, _ENCODERS[part])
    if part is SubModelType.Scheduler:
        return InvokeModel(config, _scheduler(model))
    raise ValueError(f"{config.name} has no part {part}")


def _encoder(config: AnyModelConfig, model: LoadedModel, index: int) -> InvokeModel:
    if index >= len(model.text_encoders):
        raise ValueError(f"{config.name} has {len(model.text_encoders)} text encoders")
    found = model.text_encoders[index]
    return InvokeModel(config, found.module, lambda: model.require(found.tower.part))


def _scheduler(model: LoadedModel) -> Any:
    """Make diffusers' DDIM scheduler with the checkpoint's own noise levels."""
    from diffusers import DDIMScheduler

    alphas = model.noise.table().alphas_cumprod
    betas = 1 - alphas[1:] / alphas[:-1]
    predicts: Any = model.noise.predicts
    return DDIMScheduler(
        trained_betas=[float(1 - alphas[0]), *map(float, betas)],
        prediction_type=predicts,
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
