"""Turn a checkpoint file into a LoadedModel."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from pipelines.contract.errors import CorruptFile, MissingWeights, SdapiError, UnsupportedModel
from pipelines.families.base import Family, TextKind, TextTower
from pipelines.families.loading.assemble import TensorPool
from pipelines.families.loading.config import ModelConfig, config_beside
from pipelines.families.loading.detect import UNET, Detected, detect
from pipelines.families.loading.layout import strip_prefix, unet_layout
from pipelines.families.loading.noise_table import BetaSchedule, compute_alphas_cumprod
from pipelines.families.loading.prediction import decide_prediction, predicts_velocity, read_marks
from pipelines.families.loading.read import read_checkpoint
from pipelines.families.loading.text import load_text
from pipelines.families.loading.unet import load_unet
from pipelines.families.loading.vae import PREFIX as VAE
from pipelines.families.loading.vae import load_vae, load_vae_file
from pipelines.families.model import LoadedModel, TextEncoderPart
from pipelines.families.precision import FULL, Precision
from pipelines.families.vae import Codec
from pipelines.sampling.noise_table import zero_terminal_snr

IGNORED_PREFIXES = (
    "model_ema.",
    "first_stage_model.loss.",
    "denoiser.",
    "loss.",
    "optimizer",
    "embedding_manager.",
)
IGNORED_ENDINGS = ("position_ids", "logit_scale", "attn_mask")
BUFFERS = frozenset(
    "betas alphas_cumprod alphas_cumprod_prev sqrt_alphas_cumprod sqrt_one_minus_alphas_cumprod "
    "log_one_minus_alphas_cumprod sqrt_recip_alphas_cumprod sqrt_recipm1_alphas_cumprod posterior_variance "
    "posterior_log_variance_clipped posterior_mean_coef1 posterior_mean_coef2 logvar lvlb_weights "
    "scale_factor v_pred ztsnr global_step".split()
)
TEXT_ENCODERS: dict[TextKind, str] = {"clip": "text encoder (CLIP)", "open_clip": "text encoder (OpenCLIP)"}
CPU = torch.device("cpu")


def load_checkpoint(
    path: Path,
    *,
    precision: Precision = FULL,
    device: torch.device = CPU,
    name: str | None = None,
    fallback_config: Path | None = None,
    vae: Path | None = None,
) -> LoadedModel:
    """Read, detect and build; the weights stay in RAM until a part is needed on ``device``.

    ``vae`` is a file to take the VAE from if the checkpoint holds none. Raises CorruptFile, UnsupportedModel
    or MissingWeights, each naming the file.
    """
    try:
        return _load(path, precision, device, name or path.name, fallback_config, vae)
    except SdapiError as error:
        if path.name in error.message:
            raise
        raise type(error)(f"{path.name}: {error.message}", field=error.field) from error


def _load(
    path: Path, precision: Precision, device: torch.device, name: str, fallback: Path | None, vae: Path | None
) -> LoadedModel:
    pool = TensorPool(read_checkpoint(path))
    config = config_beside(path, fallback)
    detected = detect({key: tuple(tensor.shape) for key, tensor in pool.tensors.items()})
    family = _configured(detected.family, config)
    prediction = decide_prediction(read_marks(path, pool.tensors), detected, config, path)
    model = _build(path, name, pool, family, detected, precision, device, config, vae)
    if prediction.zero_terminal:
        model.alphas_cumprod = zero_terminal_snr(model.alphas_cumprod)
    model.warnings = (*_unused(pool), *prediction.warnings)
    model.prediction_type = prediction.kind or ("v_prediction" if predicts_velocity(model) else "epsilon")
    return model


def _build(
    path: Path,
    name: str,
    pool: TensorPool,
    family: Family,
    detected: Detected,
    precision: Precision,
    device: torch.device,
    config: ModelConfig | None,
    vae: Path | None,
) -> LoadedModel:
    shapes = {key: tuple(tensor.shape) for key, tensor in pool.tensors.items()}
    own = any(key.startswith(VAE) for key in shapes)
    if not own and vae is None:
        raise no_vae("the checkpoint")
    with part("UNet"):
        layout = unet_layout(strip_prefix(shapes, UNET))
        unet = load_unet(pool, layout, heads=family.heads, dtype=precision.unet)
    return LoadedModel(
        path=path,
        name=name,
        family=family,
        prediction_type="epsilon",
        conditioning=detected.conditioning,
        unet=unet,
        codec=Codec(module=_vae(pool, precision, None if own else vae), scale=family.latent_scale),
        text_encoders=tuple(_text_encoder(pool, tower, precision) for tower in family.text_towers),
        alphas_cumprod=_alphas(pool, family, config),
        precision=precision,
        device=device,
        vae_path=None if own else vae,
    )


def _vae(pool: TensorPool, precision: Precision, file: Path | None) -> AutoencoderKL:
    if file is not None:
        return load_vae_file(file, dtype=precision.vae)
    with part("VAE"):
        return load_vae(pool, prefix=VAE, dtype=precision.vae)


def _text_encoder(pool: TensorPool, tower: TextTower, precision: Precision) -> TextEncoderPart:
    name = TEXT_ENCODERS[tower.kind]
    if not any(key.startswith(tower.file_prefix) for key in pool.tensors):
        raise MissingWeights(f"the checkpoint holds no {name}; a checkpoint file with one is needed")
    with part(name):
        return TextEncoderPart(module=load_text(pool, tower, dtype=precision.text), tower=tower)


def no_vae(whose: str) -> MissingWeights:
    """What to say of a checkpoint that can't make pictures because nothing gives it a VAE."""
    remedy = "choose a file of the folder models/VAE with the option sd_vae"
    return MissingWeights(
        f"{whose} holds no VAE, which makes pictures of latents: {remedy}", field="options.sd_vae"
    )


@contextmanager
def part(name: str) -> Generator[None]:
    """While entered, what is wrong with a file is said to be wrong with that part of the checkpoint."""
    try:
        yield
    except CorruptFile as error:
        raise CorruptFile(f"the checkpoint's {name} can't be used: {error.message}") from error


def _configured(family: Family, config: ModelConfig | None) -> Family:
    if config is None:
        return family
    heads = family.heads if config.heads is None else config.heads or None
    return replace(family, heads=heads, latent_scale=config.latent_scale or family.latent_scale)


def _alphas(pool: TensorPool, family: Family, config: ModelConfig | None) -> Tensor:
    stored = pool.tensors.get("alphas_cumprod")
    if family.alphas_from_file and stored is not None:
        if stored.ndim != 1 or not 1 < stored.numel() <= 100_000:
            raise CorruptFile(f"alphas_cumprod has shape {tuple(stored.shape)}")
        return stored.float()
    given = config.betas if config is not None and family.alphas_from_file else None
    try:
        return compute_alphas_cumprod(given or BetaSchedule())
    except ValueError as error:
        raise UnsupportedModel(str(error)) from error


def _unused(pool: TensorPool) -> tuple[str, ...]:
    names = [name for name in pool.unused() if not _ignorable(name)]
    if not names:
        return ()
    return (f"{len(names)} tensors of the checkpoint belong to no part of it: {', '.join(names[:3])}",)


def _ignorable(name: str) -> bool:
    return name in BUFFERS or name.startswith(IGNORED_PREFIXES) or name.endswith(IGNORED_ENDINGS)
