"""Hints for editors on what a field holds; most are out of use and only there so that packs import them."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any, cast

from extensions.invokeai.vocabulary.models import BaseModelType, ClipVariantType, ModelType

OUT_OF_USE = "DEPRECATED_"

_MULTIPLE = ("Boolean", "Color", "Conditioning", "Control", "Float", "Image", "Integer", "Latents", "String")
_SINGLE = (
    "UNet", "Vae", "CLIP", "Collection", "CollectionItem", "Enum", "WorkflowField", "BoardField",
    "MetadataItem", "MetadataItemCollection", "MetadataItemPolymorphic", "MetadataDict",
)  # fmt: skip
_MODELS = (
    "MainModel", "CogView4MainModel", "FluxMainModel", "SD3MainModel", "SDXLMainModel", "SDXLRefinerModel",
    "ONNXModel", "VAEModel", "FluxVAEModel", "LoRAModel", "ControlNetModel", "IPAdapterModel",
    "T2IAdapterModel", "T5EncoderModel", "CLIPEmbedModel", "CLIPLEmbedModel", "CLIPGEmbedModel",
    "SpandrelImageToImageModel", "ControlLoRAModel", "SigLipModel", "FluxReduxModel", "Imagen3Model",
    "Imagen4Model", "ChatGPT4oModel", "Gemini2_5Model", "FluxKontextModel", "Veo3Model", "RunwayModel",
)  # fmt: skip


def _members() -> dict[str, str]:
    members = {
        "Scheduler": "SchedulerField",
        "Any": "AnyField",
        "SavedWorkflow": "SavedWorkflowField",
        "_Collection": "CollectionField",
        "_CollectionItem": "CollectionItemField",
        "_IsIntermediate": "IsIntermediate",
        "LlavaOnevisionModel": f"{OUT_OF_USE}LLaVAModelField",
    }
    plain = [f"{name}{suffix}" for suffix in ("", "Collection", "Polymorphic") for name in _MULTIPLE]
    members |= {name: f"{OUT_OF_USE}{name}" for name in (*plain, *_SINGLE)}
    return members | {name: f"{OUT_OF_USE}{name}Field" for name in _MODELS}


UIType = cast("Any", StrEnum("UIType", _members(), module=__name__))
"""Hints that a field's annotation doesn't give.

Members whose value begins with ``DEPRECATED_`` have no effect, except those for models, which stand for a
filter (``model_filter``).
"""

_SD = [BaseModelType.StableDiffusion1, BaseModelType.StableDiffusion2]
_MEANT: dict[str, dict[str, list[Any]]] = {
    "MainModel": {"base": _SD, "type": [ModelType.Main]},
    "CogView4MainModel": {"base": [BaseModelType.CogView4], "type": [ModelType.Main]},
    "FluxMainModel": {"base": [BaseModelType.Flux], "type": [ModelType.Main]},
    "SD3MainModel": {"base": [BaseModelType.StableDiffusion3], "type": [ModelType.Main]},
    "SDXLMainModel": {"base": [BaseModelType.StableDiffusionXL], "type": [ModelType.Main]},
    "SDXLRefinerModel": {"base": [BaseModelType.StableDiffusionXLRefiner], "type": [ModelType.Main]},
    "VAEModel": {"type": [ModelType.VAE]},
    "FluxVAEModel": {"base": [BaseModelType.Flux, BaseModelType.Flux2], "type": [ModelType.VAE]},
    "LoRAModel": {"type": [ModelType.LoRA]},
    "ControlNetModel": {"type": [ModelType.ControlNet]},
    "IPAdapterModel": {"type": [ModelType.IPAdapter]},
    "T2IAdapterModel": {"type": [ModelType.T2IAdapter]},
    "T5EncoderModel": {"type": [ModelType.T5Encoder]},
    "CLIPEmbedModel": {"type": [ModelType.CLIPEmbed]},
    "CLIPLEmbedModel": {"type": [ModelType.CLIPEmbed], "variant": [ClipVariantType.L]},
    "CLIPGEmbedModel": {"type": [ModelType.CLIPEmbed], "variant": [ClipVariantType.G]},
    "SpandrelImageToImageModel": {"type": [ModelType.SpandrelImageToImage]},
    "ControlLoRAModel": {"type": [ModelType.ControlLoRa]},
    "SigLipModel": {"type": [ModelType.SigLIP]},
    "FluxReduxModel": {"type": [ModelType.FluxRedux]},
    "LlavaOnevisionModel": {"type": [ModelType.LlavaOnevision]},
}


def model_filter(hint: Enum) -> dict[str, list[str]]:
    """Return the lists ``ui_model_*`` that replace a hint on models; empty for other hints."""
    meant = _MEANT.get(hint.name, {})
    return {f"ui_model_{part}": [member.value for member in members] for part, members in meant.items()}
