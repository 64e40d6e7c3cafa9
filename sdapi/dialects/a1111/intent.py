"""Translate a txt2img or img2img body into our words: nulls, and A1111's words for "none"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pipelines.contract.requests import Churn
from pipelines.scripting.script_file import Scripts
from sdapi.core.state import State
from sdapi.dialects.a1111.extra_options import extra_options
from sdapi.dialects.a1111.schemas.generation import (
    Generation,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.http.errors import ApiError
from sdapi.intent.intent import (
    HiresIntent,
    Intent,
    MaskIntent,
    RefinerIntent,
    ScriptIntent,
    SeedsIntent,
    StartIntent,
)

T = TypeVar("T")
CHURN_FIELDS = ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise", "s_min_uncond")
SAME_CHECKPOINT = "Use same checkpoint"
SAME_SAMPLER = "use same sampler"
SAME_SCHEDULER = "use same scheduler"
NO_REFINER = ("None", "none")
SENT_UNASKED = frozenset({"controlnet", "adetailer", "animatediff"})
"""Extensions that client libraries switch off in every request, whether a server has them or not."""


def intent_of(body: Generation, state: State) -> Intent:
    """The intent of a body. Raises ApiError where A1111 does before it looks anything up."""
    is_img2img = isinstance(body, StableDiffusionProcessingImg2Img)
    entries = (_always_on(title, value) for title, value in body.alwayson_scripts.items())
    always_on = tuple(entry for entry in entries if not _is_sent_unasked(entry, state.scripts, is_img2img))
    extra = extra_options(always_on, state.scripts, state.store, is_img2img=is_img2img)
    args = tuple(body.script_args)
    return Intent(
        prompt=body.prompt or "",
        negative_prompt=body.negative_prompt or "",
        styles=tuple(body.styles or ()),
        disable_extra_networks=bool(body.disable_extra_networks),
        seeds=_seeds(body),
        sampler=body.sampler_name or body.sampler_index,
        scheduler=body.scheduler,
        steps=_or(body.steps, 50),
        cfg_scale=_or(body.cfg_scale, 7.0),
        width=_or(body.width, 512),
        height=_or(body.height, 512),
        batch_size=_or(body.batch_size, 1),
        batch_count=_or(body.n_iter, 1),
        denoising_strength=body.denoising_strength,
        restore_faces=body.restore_faces,
        tiling=body.tiling,
        churn=Churn(**{name: getattr(body, name) for name in CHURN_FIELDS}),
        hires=_hires(body) if isinstance(body, StableDiffusionProcessingTxt2Img) else None,
        refiner=_refiner(body),
        start=_start(body) if isinstance(body, StableDiffusionProcessingImg2Img) else None,
        mask=_mask(body) if isinstance(body, StableDiffusionProcessingImg2Img) else None,
        script=ScriptIntent(name=body.script_name, args=args) if body.script_name else None,
        always_on=always_on,
        overrides={**extra.overrides, **(body.override_settings or {})},
        keep_overrides=body.override_settings_restore_afterwards is False,
        save_images=body.save_images,
        send_images=body.send_images,
        warnings=extra.warnings,
    )


def _or(value: T | None, default: T) -> T:
    """A field's value, or its default where null would make the original fail."""
    return default if value is None else value


def _seeds(body: Generation) -> SeedsIntent:
    return SeedsIntent(
        seed=None if body.seed == -1 else body.seed,
        subseed=None if body.subseed == -1 else body.subseed,
        subseed_strength=body.subseed_strength or 0,
        resize_width=_or(body.seed_resize_from_w, -1),
        resize_height=_or(body.seed_resize_from_h, -1),
    )


def _hires(body: StableDiffusionProcessingTxt2Img) -> HiresIntent | None:
    if not body.enable_hr:
        return None
    sampler, scheduler = body.hr_sampler_name or "", body.hr_scheduler or ""
    return HiresIntent(
        scale=_or(body.hr_scale, 2.0),
        upscaler=body.hr_upscaler,
        steps=body.hr_second_pass_steps or 0,
        resize_x=body.hr_resize_x or 0,
        resize_y=body.hr_resize_y or 0,
        first_width=body.firstphase_width or 0,
        first_height=body.firstphase_height or 0,
        checkpoint=None if body.hr_checkpoint_name == SAME_CHECKPOINT else body.hr_checkpoint_name,
        sampler=None if sampler.casefold() == SAME_SAMPLER else sampler,
        scheduler=None if scheduler.casefold() == SAME_SCHEDULER else scheduler,
        prompt=body.hr_prompt or "",
        negative_prompt=body.hr_negative_prompt or "",
    )


def _refiner(body: Generation) -> RefinerIntent | None:
    name = body.refiner_checkpoint
    if not name or name in NO_REFINER:
        return None
    return RefinerIntent(checkpoint=name, switch_at=body.refiner_switch_at)


def _start(body: StableDiffusionProcessingImg2Img) -> StartIntent:
    if body.init_images is None:
        raise ApiError(404, "Init image not found", field="start.images")
    return StartIntent(
        images=tuple(body.init_images),
        resize_mode=body.resize_mode or 0,
        image_cfg_scale=body.image_cfg_scale,
        noise_multiplier=body.initial_noise_multiplier,
    )


def _mask(body: StableDiffusionProcessingImg2Img) -> MaskIntent | None:
    if not body.mask:
        return None
    return MaskIntent(
        picture=body.mask,
        latent_mask=body.latent_mask,
        blur=body.mask_blur,
        blur_x=_or(body.mask_blur_x, 4),
        blur_y=_or(body.mask_blur_y, 4),
        round=body.mask_round is not False,
        fill=body.inpainting_fill or 0,
        only_masked=body.inpaint_full_res is not False,
        padding=body.inpaint_full_res_padding or 0,
        invert=bool(body.inpainting_mask_invert),
    )


def _always_on(title: str, value: Any) -> ScriptIntent:
    """One entry of ``alwayson_scripts``; without ``args`` the script is left idle. Raises ApiError."""
    if not isinstance(value, Mapping):
        raise ApiError(422, "value is not a valid dict", field=f"always_on.{title}")
    args: Any = value.get("args")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if args is None or args == {}:
        return ScriptIntent(name=title, args=None)
    if not isinstance(args, list):
        raise ApiError(422, "value is not a valid list", field=f"always_on.{title}.args")
    return ScriptIntent(name=title, args=tuple(args))  # pyright: ignore[reportUnknownArgumentType]


def _is_sent_unasked(entry: ScriptIntent, scripts: Scripts, is_img2img: bool) -> bool:
    """True if an entry only switches off an extension that isn't here."""
    is_off = not entry.args or entry.args[0] is False
    absent = scripts.find(entry.name, is_img2img=is_img2img) is None
    return is_off and absent and entry.name.lower() in SENT_UNASKED
