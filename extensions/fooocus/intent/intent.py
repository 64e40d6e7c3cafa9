"""From a body to an intent of the core: what every picture of a job has in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.intent.enhance import enhance_steps, step_pictures
from extensions.fooocus.intent.loras import choose_loras
from extensions.fooocus.intent.models import find_model
from extensions.fooocus.intent.performance import Pace, pace_of, performance_of
from extensions.fooocus.intent.refiners import choose_refiner
from extensions.fooocus.intent.samplers import sampler_of, scheduler_of
from extensions.fooocus.intent.sizes import UNKNOWN, family_at, native_side, picture_size
from extensions.fooocus.intent.wording import wording_of
from extensions.fooocus.kinds import EnhanceStep, FooocusPicture, Steering, Told
from extensions.fooocus.words.chunks import joined
from extensions.fooocus.words.lines import lines_of, split_networks, with_extra
from pipelines.plugin import KDIFFUSION_OPTIONS, PerPicture
from sdapi.plugin import Intent, NetworkIntent, SeedsIntent, State

_OPTIONS: dict[str, Any] = {
    "randn_source": "CPU",
    "eta_noise_seed_delta": 0,
    "eta_ancestral": 1.0,
    "eta_ddim": 0.0,
    "img2img_fix_steps": True,
    "img2img_color_correction": False,
    "overlay_inpaint": False,
    "refiner_switch_by_sample_steps": True,
    "s_min_uncond": 0.0,
}
"""Options under which the core computes as the original does, whatever the server's are."""

POOLED_SKIP = 2
"""Clip skip in the metadata of checkpoints that take the pooled text too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FooocusIntent:
    """An intent, and the parts of a body that an intent has no place for."""

    intent: Intent
    pictures: tuple[FooocusPicture, ...]
    steps: tuple[EnhanceStep, ...]
    steering: Steering
    told: Told
    native: int
    upscale_steps: int


def intent_of(body: TextToImage, state: State, *, extra: str = "") -> FooocusIntent:
    """The intent of a body. ``extra`` is a line before the prompt."""
    preset, told_preset = performance_of(body.performance_selection)
    pace = pace_of(
        preset,
        body.advanced_params,
        guidance=body.guidance_scale,
        sharpness=body.sharpness,
        switch=body.refiner_switch,
    )
    first, in_prompt = _main_line(with_extra(body.prompt, extra))
    loras = choose_loras(body.loras, in_prompt, preset.lora, state.catalog.loras())
    checkpoint, told_model = _checkpoint(body.base_model_name, state)
    refiner = choose_refiner(body, pace, checkpoint, state)
    wording, told_styles = wording_of(body, first, state)
    pictures, steps = wording.pictures(), enhance_steps(body, wording)
    native = native_side(Path(checkpoint)) if checkpoint else UNKNOWN
    intent = replace(
        _intent(body, pace, pictures + step_pictures(steps), native),
        networks=tuple(NetworkIntent(name=name, strength=weight) for name, weight in loras.loras),
        checkpoint=checkpoint or None,
        refiner=refiner.intent,
    )
    told = (*told_preset, *loras.warnings, *told_model, *refiner.warnings, *told_styles, *_ignored(body))
    return FooocusIntent(
        intent=replace(intent, warnings=(*told, *intent.warnings)),
        pictures=pictures,
        steps=steps,
        steering=_steering(pace, body),
        told=replace(
            _told(body, pace, preset.name, checkpoint),
            refiner="None" if refiner.intent is None else body.refiner_model_name,
            swap_method=refiner.method,
            refiner_unlike=refiner.unlike,
            loras=loras.loras,
            lora_files=loras.files,
        ),
        native=native,
        upscale_steps=pace.upscale_steps,
    )


def _intent(body: TextToImage, pace: Pace, pictures: tuple[FooocusPicture, ...], native: int) -> Intent:
    """Words, seeds, sampling and size."""
    _, sampler, told_sampler = sampler_of(pace.sampler)
    _, scheduler, told_scheduler = scheduler_of(pace.scheduler)
    asked = "aspect_ratios_selection" in body.model_fields_set
    width, height = picture_size(body.aspect_ratios_selection, body.advanced_params, native, asked=asked)
    return Intent(
        prompt=joined(pictures[0].positive),
        per_picture=PerPicture(
            prompts=tuple(_prompt(picture) for picture in pictures),
            negative_prompts=tuple(joined(picture.negative) for picture in pictures),
            seeds=tuple(picture.seed for picture in pictures),
        ),
        seeds=SeedsIntent(seed=pictures[0].seed, subseed=pictures[0].seed),
        sampler=sampler,
        scheduler=scheduler,
        steps=pace.steps,
        cfg_scale=pace.guidance,
        width=width,
        height=height,
        batch_count=len(pictures),
        overrides=_options(body, pace),
        warnings=(*told_sampler, *told_scheduler),
    )


def _told(body: TextToImage, pace: Pace, performance: str, checkpoint: str) -> Told:
    advanced = body.advanced_params
    family = family_at(Path(checkpoint)) if checkpoint else None
    return Told(
        performance=performance,
        sampler=sampler_of(pace.sampler)[0],
        scheduler=scheduler_of(pace.scheduler)[0],
        refiner_switch=pace.switch,
        clip_skip=advanced.clip_skip or (POOLED_SKIP if family and family.text.vector else 1),
        vae=advanced.vae_name,
        overwrite_switch=advanced.overwrite_switch,
    )


def _ignored(body: TextToImage) -> tuple[str, ...]:
    """Warnings about fields that have no effect here."""
    if body.advanced_params.black_out_nsfw:
        return ("advanced_params.black_out_nsfw: pictures are not judged here",)
    return ()


def _main_line(text: str) -> tuple[list[str], list[tuple[str, float]]]:
    first, *rest = lines_of(text)
    bare, networks = split_networks(first)
    return [bare, *rest], networks


def _prompt(picture: FooocusPicture) -> str:
    return joined((*picture.positive, picture.expansion))


def _checkpoint(name: str, state: State) -> tuple[str, tuple[str, ...]]:
    """The file that a name means, else the server's own, with a warning; empty if there is no checkpoint."""
    rows = state.catalog.checkpoints()
    title = find_model(name, rows)
    wanted = title or str(state.store.get("sd_model_checkpoint") or "")
    found = (state.catalog.find_checkpoint(wanted) if wanted else None) or next(iter(rows), None)
    file = "" if found is None else found.filename
    if title is None and name.strip().lower() not in ("", "none"):
        return file, (f"base_model_name: no checkpoint is called {name!a}; the server's own was used",)
    return file, ()


def _options(body: TextToImage, pace: Pace) -> dict[str, Any]:
    advanced = body.advanced_params
    own = KDIFFUSION_OPTIONS.get(sampler_of(pace.sampler)[0], {})
    options = {**_OPTIONS, **own, "live_previews_enable": not advanced.disable_preview}
    if advanced.clip_skip is not None:
        options |= {"CLIP_stop_at_last_layers": advanced.clip_skip}
    if advanced.vae_name not in ("", "Default (model)"):
        options["sd_vae"] = advanced.vae_name
    if pace.guidance == 1:
        options["skip_early_cond"] = 1.0
    return options


def _steering(pace: Pace, body: TextToImage) -> Steering:
    advanced = body.advanced_params
    freeu = (advanced.freeu_b1, advanced.freeu_b2, advanced.freeu_s1, advanced.freeu_s2)
    positive, negative, end = pace.adm
    steering = Steering(
        sharpness=pace.sharpness,
        adaptive_cfg=pace.adaptive_cfg,
        adm_positive=positive,
        adm_negative=negative,
        adm_end=end,
    )
    return replace(steering, freeu=freeu) if advanced.freeu_enabled else steering
