"""The pictures that a training route makes on the way: by the preview fields, or by its training prompts."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import TrainingPictures, TrainingPreview
from pipelines.sampling.sampler_names import is_sampler
from sdapi.core.state import State
from sdapi.dialects.a1111.arguments import ArgumentReader, naming
from sdapi.intent.intent import Intent, SeedsIntent
from sdapi.intent.training import preview_of

GENERATION = ("steps", "width", "height", "cfg_scale", "prompt", "negative_prompt")
OF_PREVIEW = {**{name: f"preview_{name}" for name in GENERATION}, "seeds.seed": "preview_seed"}
OF_TRAINING = {"width": "training_width", "height": "training_height"}
SAMPLER, STEPS, SCALE = "DPM++ 2M", 20, 7.0
"""The original's values without ``preview_from_txt2img``."""


async def preview_for(
    read: ArgumentReader, pictures: TrainingPictures, state: State, *, lenient: bool
) -> TrainingPreview | None:
    """The generation of previews; None where ``create_image_every`` asks for none. Raises 4xx."""
    if not read.body["create_image_every"]:
        return None
    if not read.truth("preview_from_txt2img"):
        intent = Intent(
            sampler=SAMPLER, steps=STEPS, cfg_scale=SCALE, width=pictures.width, height=pictures.height
        )
        with naming(OF_TRAINING):
            return await preview_of(intent, state, prompt_from_picture=True)
    name = str(read.body["preview_sampler_name"])
    broken = "" if is_sampler(name) else f"no sampler is called {name!r}"
    if broken and not lenient:
        raise InvalidRequest(broken, field="preview_sampler_name")
    seed = read.whole("preview_seed")
    intent = Intent(
        prompt=str(read.body["preview_prompt"] or ""),
        negative_prompt=str(read.body["preview_negative_prompt"] or ""),
        sampler=SAMPLER if broken else name,
        steps=read.whole("preview_steps"),
        cfg_scale=read.number("preview_cfg_scale"),
        seeds=SeedsIntent(seed=None if seed == -1 else seed),
        width=read.whole("preview_width"),
        height=read.whole("preview_height"),
    )
    with naming(OF_PREVIEW):
        made = await preview_of(intent, state, prompt_from_picture=False)
    # with an unknown sampler the original trains until the first preview is due
    return replace(made, broken=broken)
