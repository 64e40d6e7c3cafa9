"""Rows of the listings, named as generated clients know them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class SamplerItem(BaseModel):
    """A sampler."""

    name: str
    aliases: list[str]
    options: dict[str, str]


class SchedulerItem(BaseModel):
    """A noise schedule."""

    name: str
    label: str
    aliases: list[str] | None = None
    default_rho: float | None = None
    need_inner_model: bool | None = None


class UpscalerItem(BaseModel):
    """An upscaler."""

    name: str
    model_name: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    scale: float | None = None
    damaged: str | None = None


class LatentUpscalerModeItem(BaseModel):
    """A way to enlarge latents."""

    name: str


class SDModelItem(BaseModel):
    """A checkpoint."""

    title: str
    model_name: str
    hash: str | None = None
    sha256: str | None = None
    filename: str
    config: str | None = None
    damaged: str | None = None


class SDVaeItem(BaseModel):
    """A VAE."""

    model_name: str
    filename: str
    damaged: str | None = None


class HypernetworkItem(BaseModel):
    """A hypernetwork."""

    name: str
    path: str | None = None
    damaged: str | None = None


class FaceRestorerItem(BaseModel):
    """A face restorer."""

    name: str
    cmd_dir: str | None = None


class RealesrganItem(BaseModel):
    """A published Real-ESRGAN file."""

    name: str
    path: str | None = None
    scale: int | None = None


class PromptStyleItem(BaseModel):
    """A prompt style."""

    name: str
    prompt: str | None = None
    negative_prompt: str | None = None


class EmbeddingItem(BaseModel):
    """A textual inversion embedding."""

    step: int | None = None
    sd_checkpoint: str | None = None
    sd_checkpoint_name: str | None = None
    shape: int
    vectors: int
    damaged: str | None = None


class EmbeddingsResponse(BaseModel):
    """Embeddings that fit the loaded checkpoint, and those that don't."""

    loaded: dict[str, EmbeddingItem]
    skipped: dict[str, EmbeddingItem]


class LoraItem(BaseModel):
    """A LoRA-like network."""

    name: str
    alias: str
    path: str
    metadata: dict[str, Any]
    damaged: str | None = None


class ScriptsList(BaseModel):
    """Names of scripts by kind of request."""

    txt2img: list[str] | None = None
    img2img: list[str] | None = None


class ScriptArg(BaseModel):
    """An argument of a script."""

    label: str | None = None
    value: Any | None = None
    minimum: Any | None = None
    maximum: Any | None = None
    step: Any | None = None
    choices: list[str] | None = None


class ScriptInfo(BaseModel):
    """A script and its arguments."""

    name: str | None = None
    is_alwayson: bool | None = None
    is_img2img: bool | None = None
    args: list[ScriptArg]


class ExtensionItem(BaseModel):
    """An extension that is a git checkout."""

    name: str
    remote: str
    branch: str
    commit_hash: str
    version: str
    commit_date: str
    enabled: bool


class MemoryResponse(BaseModel):
    """Memory of the server and of its devices, in bytes."""

    ram: dict[str, Any]
    cuda: dict[str, Any]
