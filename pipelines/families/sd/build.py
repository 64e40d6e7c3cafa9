"""Turn a Stable Diffusion checkpoint into a LoadedModel."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel
from pipelines.families.base import PredictionType
from pipelines.families.files import BuildPlace, ModelFiles
from pipelines.families.loading.assemble import TensorPool
from pipelines.families.loading.layout import strip_prefix
from pipelines.families.loading.text import load_text
from pipelines.families.loading.vae import PREFIX as VAE
from pipelines.families.loading.vae import load_vae
from pipelines.families.model import LoadedModel, TextEncoderPart
from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.families.sd.config import ModelConfig, config_beside
from pipelines.families.sd.detect import UNET, Variant, variant_of
from pipelines.families.sd.family import SdFamily
from pipelines.families.sd.unet import load_unet
from pipelines.families.sd.unet_layout import unet_layout
from pipelines.families.vae import Codec
from pipelines.sampling.model_noise import VpNoise

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
PUBLISHED_SD2_WIDTH = 1024


def build_model(family: SdFamily, files: ModelFiles, place: BuildPlace) -> LoadedModel:
    """The model of a checkpoint file. Raises CorruptFile, UnsupportedModel or MissingWeights."""
    config = config_beside(files.path, place.fallback_config)
    variant = variant_of(family.name, files.shapes)
    model = _build(_configured(family, config), files, variant, place, config)
    model.warnings = (*_unused(files.pool), *_unheeded(files.pool, config))
    predicts = _prediction_type(model, variant, config)
    model.noise = _noise(files.pool, family, config, v_prediction=predicts == "v_prediction")
    return model


def _build(
    family: SdFamily, files: ModelFiles, variant: Variant, place: BuildPlace, config: ModelConfig | None
) -> LoadedModel:
    pool, precision, shapes = files.pool, place.precision, files.shapes
    if not any(key.startswith(VAE) for key in shapes):
        raise MissingWeights("the checkpoint holds no VAE")
    layout = unet_layout(strip_prefix(shapes, UNET))
    return LoadedModel(
        path=files.path,
        name=files.name,
        family=family,
        conditioning=variant.conditioning,
        backbone=load_unet(pool, layout, heads=family.heads, dtype=precision.unet),
        codec=Codec(module=load_vae(pool, prefix=VAE, dtype=precision.vae), latents=family.latents),
        text_encoders=tuple(
            TextEncoderPart(
                module=load_text(pool, tower.kind, tower.file_prefix, dtype=precision.text), tower=tower
            )
            for tower in family.towers
        ),
        noise=_noise(pool, family, config),
        precision=precision,
        device=place.device,
    )


def _configured(family: SdFamily, config: ModelConfig | None) -> SdFamily:
    if config is None:
        return family
    heads = family.heads if config.heads is None else config.heads or None
    scale = config.latent_scale or family.latents.scale
    return replace(family, heads=heads, latents=replace(family.latents, scale=scale))


def _noise(
    pool: TensorPool, family: SdFamily, config: ModelConfig | None, *, v_prediction: bool = False
) -> VpNoise:
    return VpNoise(
        alphas_cumprod=_alphas(pool, family, config),
        v_prediction=v_prediction,
        aligned_levels=family.aligned_levels,
    )


def _alphas(pool: TensorPool, family: SdFamily, config: ModelConfig | None) -> Tensor:
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


def _prediction_type(model: LoadedModel, detected: Variant, config: ModelConfig | None) -> PredictionType:
    if config is not None:
        return config.prediction_type or "epsilon"
    return "v_prediction" if detected.v_test and predicts_velocity(model) else "epsilon"


def predicts_velocity(model: LoadedModel) -> bool:
    """Whether a model of the SD2 family predicts v, told from its answer at the last timestep.

    At the published width A1111's test decides: on a constant input a v-model answers well below it. Narrow
    models answer too weakly for that: there, an epsilon-model gives the noise back and a v-model does not.
    """
    context = torch.full((1, 2, model.context_width), 0.5)
    time = torch.tensor([999])
    if model.context_width == PUBLISHED_SD2_WIDTH:
        constant = torch.full((1, model.in_channels, 8, 8), 0.5)
        output = model.predict(constant, time, context).float().cpu()
        return bool((output - constant).mean() < -1)
    noise = torch.randn((1, model.in_channels, 16, 16), generator=torch.Generator().manual_seed(0))
    output = model.predict(noise, time, context).float().cpu()
    return bool((output * noise).mean() < 0.5 * (noise * noise).mean())


def _unused(pool: TensorPool) -> tuple[str, ...]:
    names = [name for name in pool.unused() if not _ignorable(name)]
    if not names:
        return ()
    return (f"{len(names)} tensors of the checkpoint belong to no part of it: {', '.join(names[:3])}",)


def _unheeded(pool: TensorPool, config: ModelConfig | None) -> tuple[str, ...]:
    if config is None and "v_pred" in pool.tensors:
        return ("the file says that it predicts v, which counts only in a .yaml beside it",)
    return ()


def _ignorable(name: str) -> bool:
    return name in BUFFERS or name.startswith(IGNORED_PREFIXES) or name.endswith(IGNORED_ENDINGS)
