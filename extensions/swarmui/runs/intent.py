"""Translate one loop of a request into a request of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from extensions.swarmui.models.choices import Choices, bare, checkpoint_name
from extensions.swarmui.models.samplers import OPTIONS, SAMPLERS, SCHEDULERS
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.bounds import check_lengths
from extensions.swarmui.prompts.sections import FilledPrompt
from extensions.swarmui.runs.controls import controls_of, unused_pictures
from extensions.swarmui.runs.networks import networks_of, unused_sections
from extensions.swarmui.runs.second import second_of
from extensions.swarmui.runs.segments import DrawnAgain, drawn_again
from extensions.swarmui.runs.size import size_of
from extensions.swarmui.runs.start import SwarmStart, start_of
from extensions.swarmui.runs.steering import lost_clearing, steering_of
from extensions.swarmui.steering.wish import SteeringWish
from pipelines.plugin import GenerationRequest, Tiling
from sdapi.plugin import Intent, ScriptIntent, SeedsIntent, State, current_checkpoint, resolve

STEPS, CFG = 20, 7.0
TILINGS: Mapping[str, Tiling] = {"false": False, "true": True, "X-Only": "x", "Y-Only": "y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One loop of a request, ready for the queue."""

    request: GenerationRequest
    warnings: tuple[str, ...]


async def ask(
    request: SwarmRequest,
    prompt: FilledPrompt,
    negative: str,
    seeds: SeedsIntent,
    found: Choices,
    state: State,
) -> Asked:
    """Resolve one loop by the core's names and limits. Raises InvalidRequest and other 4xx errors."""
    check_lengths(prompt.found_texts, state.config.limits.prompt_length)
    size, steps = size_of(request), request.get("steps", STEPS)
    start = await start_of(request, steps, size)
    refiner = _checkpoint(request.get("refinermodel", None), state)
    second = second_of(request, steps, prompt.drawn(prompt.refiner) if prompt.refiner else "", refiner)
    again = drawn_again(prompt, request, steps, state, is_img2img=start.start is not None)
    sampler = request.get("sampler", "euler")
    intent = Intent(
        prompt=prompt.drawn(prompt.base),
        negative_prompt=negative,
        networks=networks_of(request),
        seeds=seeds,
        checkpoint=_checkpoint(request.get("model", None), state) or _current(state),
        sampler=SAMPLERS[sampler],
        scheduler=SCHEDULERS[request.get("scheduler", "normal")],
        steps=steps,
        cfg_scale=request.get("cfgscale", CFG),
        width=size[0],
        height=size[1],
        batch_size=request.get("batchsize", 1),
        denoising_strength=start.strength if second.strength is None else second.strength,
        restore_faces=False,
        tiling=TILINGS[request.get("seamlesstileable", "false")],
        end_early=max(request.get("endstepsearly", 0.0), second.end_early),
        hires=second.hires,
        refiner=second.refiner,
        start=start.start,
        mask=start.mask,
        always_on=_scripts(request, start, again, found),
        overrides={**OPTIONS.get(sampler, {}), **_overrides(request, state)},
        warnings=(
            *(*start.warnings, *second.warnings, *again.warnings, *lost_clearing(request, prompt)),
            *(*unused_pictures(request), *unused_sections(request)),
        ),
    )
    steering = steering_of(request, prompt)
    resolved = await resolve(intent, state)
    return Asked(request=_finished(resolved.request, request, steering), warnings=resolved.warnings)


def _finished(asked: GenerationRequest, request: SwarmRequest, steering: SteeringWish) -> GenerationRequest:
    """Leave files and grids to this dialect, and ask for a preview at each step."""
    output = replace(
        asked.output,
        return_grid=False,
        grid_save=False,
        samples_save=False,
        live_previews_enable=not request.get("nopreviews", False),
        live_previews_image_format="jpeg",
        show_progress_every_n_steps=1,
        show_progress_grid=False,
    )
    options = replace(
        asked.options,
        img2img_fix_steps=False,
        img2img_color_correction=False,
        extension={**asked.options.extension, "control_net_no_detectmap": True},
    )
    return replace(
        asked,
        output=output,
        options=options,
        always_on=(*asked.always_on, steering.call()) if steering.asks else asked.always_on,
        response_format="png",
        save_images=False,
    )


def _checkpoint(name: str | None, state: State) -> str | None:
    """Return the title of the checkpoint with this name, or the name where there is none."""
    if name is None:
        return None
    found = (item for item in state.catalog.checkpoints() if bare(checkpoint_name(item)) == name)
    return next((item.title for item in found), name)


def _current(state: State) -> str | None:
    found = current_checkpoint(state.store, state.catalog)
    return None if found is None else found.title


def _overrides(request: SwarmRequest, state: State) -> dict[str, Any]:
    """Options that hold for this request alone."""
    found: dict[str, Any] = {}
    if vae := request.get("vae", ""):
        found["sd_vae"] = next((row.name for row in state.catalog.vaes() if bare(row.name) == vae), vae)
    if request.has("clipstopatlayer"):
        found["CLIP_stop_at_last_layers"] = -request.get("clipstopatlayer", -1)
    for name, option in (
        ("samplersigmamin", "sigma_min"),
        ("samplersigmamax", "sigma_max"),
        ("samplerrho", "rho"),
    ):
        if request.has(name):
            found[option] = request.get(name, 0.0)
    if not request.get("initimagerecompositemask", True):
        found["overlay_inpaint"] = False
    return found


def _scripts(
    request: SwarmRequest, start: SwarmStart, again: DrawnAgain, found: Choices
) -> tuple[ScriptIntent, ...]:
    own = () if start.script is None else (start.script,)
    return (*own, *controls_of(request, found), *again.scripts)
