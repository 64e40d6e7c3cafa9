"""The axes in A1111's order: clients send an axis by its index, which differs for img2img."""

from __future__ import annotations

from pipelines.scripting.axis import Axis, field_of, one_of, option, part_of, spelled
from pipelines.scripting.script_file import Names
from pipelines.scripting.xyz import changes, prompts

RNG_SOURCES = ("GPU", "CPU", "NV")
FP8_MODES = ("Disable", "Enable for SDXL", "Enable")


def _samplers(names: Names) -> tuple[str, ...]:
    return names.samplers


def _schedulers(names: Names) -> tuple[str, ...]:
    return names.schedulers


def _checkpoints(names: Names) -> tuple[str, ...]:
    return names.checkpoints


def _upscalers(names: Names) -> tuple[str, ...]:
    return (*names.latent_modes, *names.upscalers)


def _vaes(names: Names) -> tuple[str, ...]:
    return ("Automatic", "None", *names.vaes)


def _styles(names: Names) -> tuple[str, ...]:
    return names.styles


def _booleans(names: Names) -> tuple[str, ...]:
    return ("True", "False")


def _rng_sources(names: Names) -> tuple[str, ...]:
    return RNG_SOURCES


def _fp8_modes(names: Names) -> tuple[str, ...]:
    return FP8_MODES


_NOTHING = Axis(label="Nothing", shown="nothing")
_SEED = Axis(label="Seed", kind="int", apply=part_of("seeds", "seed"), is_seed=True)
_SUBSEED = Axis(label="Var. seed", kind="int", apply=part_of("seeds", "subseed"), is_seed=True)
_SUBSEED_STRENGTH = Axis(label="Var. strength", kind="float", apply=part_of("seeds", "subseed_strength"))
_STEPS = Axis(label="Steps", kind="int", apply=field_of("steps"))
_HIRES_STEPS = Axis(label="Hires steps", kind="int", apply=part_of("hires", "steps"))
_CFG = Axis(label="CFG Scale", kind="float", apply=field_of("cfg_scale"))
_IMAGE_CFG = Axis(label="Image CFG Scale", kind="float", apply=part_of("img2img", "image_cfg_scale"))
_REPLACE = Axis(label="Prompt S/R", prepare=prompts.pair_with_first, apply=prompts.substitute, shown="last")
_ORDER = Axis(label="Prompt order", kind="permutation", apply=prompts.reorder, shown="listed")
_SAMPLER = Axis(
    label="Sampler",
    prepare=changes.known_samplers,
    apply=changes.sampler,
    choices=_samplers,
    shown="bare",
)
_HIRES_SAMPLER = Axis(
    label="Hires sampler",
    prepare=changes.known_samplers,
    apply=changes.hires_sampler,
    choices=_samplers,
    shown="bare",
)
_CHECKPOINT = Axis(
    label="Checkpoint name",
    prepare=changes.known_checkpoints,
    apply=changes.checkpoint,
    choices=_checkpoints,
    cost=1.0,
    shown="file",
)
_NGMS = Axis(label="Negative Guidance minimum sigma", kind="float", apply=part_of("churn", "s_min_uncond"))
_CHURN = (
    Axis(label="Sigma Churn", kind="float", apply=part_of("churn", "s_churn")),
    Axis(label="Sigma min", kind="float", apply=part_of("churn", "s_tmin")),
    Axis(label="Sigma max", kind="float", apply=part_of("churn", "s_tmax")),
    Axis(label="Sigma noise", kind="float", apply=part_of("churn", "s_noise")),
)
_SCHEDULE = (
    Axis(
        label="Schedule type",
        prepare=one_of("scheduler", _schedulers),
        apply=field_of("scheduler"),
        choices=_schedulers,
    ),
    Axis(label="Schedule min sigma", kind="float", apply=option("sigma_min")),
    Axis(label="Schedule max sigma", kind="float", apply=option("sigma_max")),
    Axis(label="Schedule rho", kind="float", apply=option("rho")),
    Axis(label="Beta schedule alpha", kind="float", apply=option("beta_dist_alpha")),
    Axis(label="Beta schedule beta", kind="float", apply=option("beta_dist_beta")),
)
_MIDDLE = (
    Axis(label="Eta", kind="float", apply=part_of("churn", "eta")),
    Axis(label="Clip skip", kind="int", apply=option("CLIP_stop_at_last_layers")),
    Axis(label="Denoising", kind="float", apply=field_of("denoising_strength")),
    Axis(label="Initial noise multiplier", kind="float", apply=part_of("img2img", "noise_multiplier")),
    Axis(label="Extra noise", kind="float", apply=option("img2img_extra_noise")),
)
_HIRES_UPSCALER = Axis(
    label="Hires upscaler",
    prepare=one_of("upscaler", _upscalers),
    apply=part_of("hires", "upscaler"),
    choices=_upscalers,
)
_MASK_WEIGHT = Axis(label="Cond. Image Mask Weight", kind="float", apply=option("inpainting_mask_weight"))
_LAST = (
    Axis(label="VAE", prepare=spelled(_vaes), apply=option("sd_vae"), choices=_vaes, cost=0.7),
    Axis(label="Styles", apply=changes.styles, choices=_styles),
    Axis(label="UniPC Order", kind="int", apply=option("uni_pc_order"), cost=0.5),
    Axis(label="Face restore", apply=changes.faces, shown="bare"),
    Axis(label="Token merging ratio", kind="float", apply=option("token_merging_ratio")),
    Axis(label="Token merging ratio high-res", kind="float", apply=option("token_merging_ratio_hr")),
    Axis(
        label="Always discard next-to-last sigma",
        kind="bool",
        apply=option("always_discard_next_to_last_sigma"),
        choices=_booleans,
    ),
    Axis(label="SGM noise multiplier", kind="bool", apply=option("sgm_noise_multiplier"), choices=_booleans),
    Axis(
        label="Refiner checkpoint",
        prepare=changes.known_refiners,
        apply=changes.refiner,
        choices=_checkpoints,
        cost=1.0,
        shown="file",
    ),
    Axis(label="Refiner switch at", kind="float", apply=part_of("refiner", "switch_at")),
    Axis(
        label="RNG source",
        prepare=one_of("RNG source", _rng_sources),
        apply=option("randn_source"),
        choices=_rng_sources,
    ),
    Axis(
        label="FP8 mode",
        prepare=one_of("FP8 mode", _fp8_modes),
        apply=option("fp8_storage"),
        choices=_fp8_modes,
        cost=0.9,
    ),
    Axis(label="Size", prepare=changes.known_sizes, apply=changes.size),
)

TXT2IMG_AXES: tuple[Axis, ...] = (
    *(_NOTHING, _SEED, _SUBSEED, _SUBSEED_STRENGTH, _STEPS, _HIRES_STEPS, _CFG, _REPLACE, _ORDER),
    *(_SAMPLER, _HIRES_SAMPLER, _CHECKPOINT, _NGMS, *_CHURN, *_SCHEDULE, *_MIDDLE, _HIRES_UPSCALER),
    *_LAST,
)
IMG2IMG_AXES: tuple[Axis, ...] = (
    *(_NOTHING, _SEED, _SUBSEED, _SUBSEED_STRENGTH, _STEPS, _CFG, _IMAGE_CFG, _REPLACE, _ORDER),
    *(_SAMPLER, _CHECKPOINT, _NGMS, *_CHURN, *_SCHEDULE, *_MIDDLE, _MASK_WEIGHT),
    *_LAST,
)


def axes_for(is_img2img: bool, names: Names) -> tuple[Axis, ...]:
    """Return the axes of a kind of request, in the order of their indices; those of extensions come last."""
    return (*(IMG2IMG_AXES if is_img2img else TXT2IMG_AXES), *names.axes)
