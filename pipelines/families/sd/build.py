"""Turn a Stable Diffusion checkpoint into a LoadedModel."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor

from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel
from pipelines.families.files import BuildPlace, ModelFiles
from pipelines.families.loading.assemble import TensorPool
from pipelines.families.loading.layout import VAE_PREFIX, strip_prefix
from pipelines.families.loading.text import load_text
from pipelines.families.loading.vae import load_vae, load_vae_file
from pipelines.families.model import LoadedModel, TextEncoderPart
from pipelines.families.placement import VAE
from pipelines.families.precision import Precision
from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.families.sd.config import ModelConfig, config_beside
from pipelines.families.sd.detect import UNET, Variant, variant_of
from pipelines.families.sd.family import SdFamily, SdTower
from pipelines.families.sd.prediction import decide_prediction, predicts_velocity, read_marks
from pipelines.families.sd.unet import load_unet
from pipelines.families.sd.unet_layout import unet_layout
from pipelines.families.vae import Codec
from pipelines.sampling.model_noise import VpNoise
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


def build_model(family: SdFamily, files: ModelFiles, place: BuildPlace) -> LoadedModel:
    """Build the model of a checkpoint file. Raises CorruptFile, UnsupportedModel or MissingWeights."""
    config = config_beside(files.path, place.fallback_config)
    variant = variant_of(family.name, files.shapes)
    prediction = decide_prediction(read_marks(files.path, files.pool.tensors), variant, config, files.path)
    family = _configured(family, config)
    alphas = _alphas(files.pool, family, config)
    if prediction.zero_terminal:
        alphas = zero_terminal_snr(alphas)
    noise = VpNoise(alphas_cumprod=alphas, aligned_levels=family.aligned_levels)
    model = _build(family, files, variant, place, noise)
    model.warnings = (*_unused(files.pool), *prediction.warnings)
    velocity = predicts_velocity(model) if prediction.kind is None else prediction.kind == "v_prediction"
    model.noise = replace(noise, v_prediction=velocity)
    return model


def _build(
    family: SdFamily, files: ModelFiles, variant: Variant, place: BuildPlace, noise: VpNoise
) -> LoadedModel:
    pool, precision = files.pool, place.precision
    with part("UNet"):
        layout = unet_layout(strip_prefix(files.shapes, UNET))
        unet = load_unet(pool, layout, heads=family.heads, dtype=precision.unet)
    return LoadedModel(
        path=files.path,
        name=files.name,
        family=family,
        conditioning=variant.conditioning,
        context_width=layout.context_width,
        backbone=unet,
        codec=Codec(module=_vae(family, files, precision), latents=family.latents),
        text_encoders=tuple(_text_encoder(pool, tower, precision) for tower in family.towers),
        noise=noise,
        precision=precision,
        device=place.device,
    )


def _vae(family: SdFamily, files: ModelFiles, precision: Precision) -> AutoencoderKL:
    if VAE in files.others:
        return load_vae_file(files.others[VAE], dtype=precision.vae, channels=family.latents.channels)
    with part("VAE"):
        return load_vae(files.pool, prefix=VAE_PREFIX, dtype=precision.vae)


def _text_encoder(pool: TensorPool, tower: SdTower, precision: Precision) -> TextEncoderPart:
    if not any(key.startswith(tower.file_prefix) for key in pool.tensors):
        raise MissingWeights(f"the checkpoint holds no {tower.title}; a checkpoint file with one is needed")
    with part(tower.title):
        module = load_text(pool, tower.kind, tower.file_prefix, dtype=precision.text)
    return TextEncoderPart(module=module, tower=tower)


@contextmanager
def part(name: str) -> Generator[None]:
    """Have a CorruptFile raised within the block name that part of the checkpoint."""
    try:
        yield
    except CorruptFile as error:
        raise CorruptFile(f"the checkpoint's {name} can't be used: {error.message}") from error


def _configured(family: SdFamily, config: ModelConfig | None) -> SdFamily:
    if config is None:
        return family
    heads = family.heads if config.heads is None else config.heads or None
    scale = config.latent_scale or family.latents.scale
    return replace(family, heads=heads, latents=replace(family.latents, scale=scale))


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


def _unused(pool: TensorPool) -> tuple[str, ...]:
    names = [name for name in pool.unused() if not _ignorable(name)]
    if not names:
        return ()
    return (f"{len(names)} tensors of the checkpoint belong to no part of it: {', '.join(names[:3])}",)


def _ignorable(name: str) -> bool:
    return name in BUFFERS or name.startswith(IGNORED_PREFIXES) or name.endswith(IGNORED_ENDINGS)
