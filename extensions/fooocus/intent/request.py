"""From a body to the request of the queue: pictures read, everything checked and resolved."""

from __future__ import annotations

from asyncio import gather
from dataclasses import replace
from functools import partial
from pathlib import Path

from anyio.to_thread import run_sync

from extensions.fooocus.bodies.common import EXTENSIONS, TextToImage
from extensions.fooocus.bodies.enhance import Enhance
from extensions.fooocus.bodies.fields import SIDES
from extensions.fooocus.bodies.pictures import (
    MOST_PROMPTS,
    InpaintOrOutpaint,
    PicturePrompt,
    TextWithImagePrompts,
    UpscaleOrVary,
)
from extensions.fooocus.intent.enhance import (
    check_count,
    engine_of,
    enhance_wish,
    ignored_entries,
    require_mask_files,
)
from extensions.fooocus.intent.intent import intent_of
from extensions.fooocus.intent.sizes import STEP
from extensions.fooocus.job_words import ENHANCE, INPAINT, PROMPT, TEXT, UPSCALE
from extensions.fooocus.kinds import (
    ControlPicture,
    ControlWish,
    EnhanceStep,
    EnhanceWish,
    FooocusRequest,
    InpaintWish,
    Saving,
    UpscaleWish,
)
from pipelines.plugin import InvalidRequest, sanitize, within
from sdapi.plugin import Intent, State, resolve

USUAL = {"ImagePrompt": (0.5, 0.6), "FaceSwap": (0.9, 0.75), "PyraCanny": (0.5, 1.0), "CPDS": (0.5, 1.0)}
"""End and weight of each type, where the client gives none."""
FACTORS = {"Upscale (1.5x)": 1.5, "Upscale (2x)": 2.0, "Upscale (Fast 2x)": 2.0}
VARY = {"Vary (Subtle)": 0.5, "Vary (Strong)": 0.85}
REDRAWN = 0.382
SCHEMES = {"fooocus": "fooocus", "a1111": "a1111", "a111": "a1111"}
LONGEST_NAME = 100


async def request_of(body: TextToImage, state: State, *, name: str, address: str) -> FooocusRequest:
    """The request. Raises 4xx errors that name fields by our paths or by this dialect's own."""
    extra = body.inpaint_additional_prompt if isinstance(body, InpaintOrOutpaint) else ""
    asked = await run_sync(partial(intent_of, body, state, extra=extra))
    if asked.steps:
        check_count(len(asked.pictures), len(asked.steps), state.config.limits)
    control = await _control(body, state)
    upscale, inpaint = await _upscale(body, state), await _inpaint(body, state)
    enhance, told_entries = await _enhance(body, asked.steps, state)
    saving, told = _saving(body, state, name=name, address=address)
    resolved = await resolve(_sized(asked.intent, control), state)
    word, upscale, inpaint = _mode(body, control, upscale, inpaint)
    return FooocusRequest(
        word=word,
        base=resolved.request,
        pictures=asked.pictures,
        native=asked.native,
        saving=saving,
        told=asked.told,
        steering=asked.steering,
        control=control,
        upscale=upscale,
        inpaint=inpaint,
        enhance=enhance,
        upscale_steps=asked.upscale_steps,
        warnings=(*resolved.warnings, *told, *told_entries),
    )


def _sized(intent: Intent, control: ControlWish) -> Intent:
    """The intent with sides in whole steps if there are image prompts, whose networks need that."""
    if not control.pictures:
        return intent
    width, height = (max(STEP, side // STEP * STEP) for side in (intent.width, intent.height))
    return replace(intent, width=width, height=height)


def _mode(
    body: TextToImage, control: ControlWish, upscale: UpscaleWish | None, inpaint: InpaintWish | None
) -> tuple[str, UpscaleWish | None, InpaintWish | None]:
    """The label of the job, and the wishes that count in it."""
    if isinstance(body, Enhance):
        return ENHANCE, upscale, None
    if isinstance(body, UpscaleOrVary):
        return UPSCALE, upscale, None
    if isinstance(body, InpaintOrOutpaint):
        prompts = (
            "image_prompts" in type(body).model_fields
            and type(body).model_fields["image_prompts"].is_required()
        )
        return (PROMPT if prompts else INPAINT), None, inpaint
    return TEXT, None, None


async def _control(body: TextToImage, state: State) -> ControlWish:
    prompts: list[PicturePrompt] = []
    if isinstance(body, UpscaleOrVary | InpaintOrOutpaint | TextWithImagePrompts):
        prompts = [prompt for prompt in body.image_prompts[:MOST_PROMPTS] if prompt.cn_img is not None]
    advanced = body.advanced_params
    pictures = await gather(*(_control_picture(one, number, state) for number, one in enumerate(prompts)))
    return ControlWish(
        pictures=tuple(pictures),
        canny_low=advanced.canny_low_threshold,
        canny_high=advanced.canny_high_threshold,
        softness=advanced.controlnet_softness,
        as_given=advanced.skipping_cn_preprocessor,
        debug=advanced.debugging_cn_preprocessor,
    )


async def _control_picture(prompt: PicturePrompt, number: int, state: State) -> ControlPicture:
    stop, weight = USUAL[prompt.cn_type]
    picture = await state.images.read(prompt.cn_img, field=f"image_prompts.{number}.cn_img")
    return ControlPicture(
        image=picture, kind=prompt.cn_type, stop=prompt.cn_stop or stop, weight=prompt.cn_weight or weight
    )


async def _upscale(body: TextToImage, state: State) -> UpscaleWish | None:
    if isinstance(body, Enhance):
        method = body.enhance_uov_method if body.enhance_checkbox else "Disabled"
        picture, value = None, 2.0
    elif isinstance(body, UpscaleOrVary):
        method, picture, value = body.uov_method, body.input_image, body.upscale_value
    else:
        return None
    if method == "Disabled":
        return None
    advanced = body.advanced_params
    # the picture of an enhancement is read once, and kept by what enhances
    image = b"" if isinstance(body, Enhance) else await state.images.read(picture, field="input_image")
    if method in VARY:
        own = advanced.overwrite_vary_strength
        return UpscaleWish(image=image, strength=own if own > 0 else VARY[method])
    own = advanced.overwrite_upscale_strength
    factor = FACTORS.get(method) or (value if 0 < value < 5 else 2.0)
    fast = method == "Upscale (Fast 2x)"
    return UpscaleWish(image=image, factor=factor, strength=own if own > 0 else REDRAWN, fast=fast)


async def _enhance(
    body: TextToImage, steps: tuple[EnhanceStep, ...], state: State
) -> tuple[EnhanceWish | None, tuple[str, ...]]:
    if not isinstance(body, Enhance):
        return None, ()
    await run_sync(_require_masks, steps, state)
    picture = await state.images.read(body.enhance_input_image, field="enhance_input_image")
    return enhance_wish(body, picture, steps), ignored_entries(body)


def _require_masks(steps: tuple[EnhanceStep, ...], state: State) -> None:
    for step in steps:
        require_mask_files(step.mask, state.config.folders)


async def _inpaint(body: TextToImage, state: State) -> InpaintWish | None:
    if not isinstance(body, InpaintOrOutpaint) or body.input_image is None:
        return None
    advanced = body.advanced_params
    sides = tuple(side for side in SIDES if side in body.outpaint_selections)
    if body.input_mask is None and not sides:
        return None
    distances = _distances(body, state)
    picture, mask = await gather(
        state.images.read(body.input_image, field="input_image"), _mask(body.input_mask, state)
    )
    return InpaintWish(
        image=picture,
        mask=mask,
        sides=sides,
        distances=distances,
        strength=1.0 if sides else advanced.inpaint_strength,
        field=1.0 if sides else advanced.inpaint_respective_field,
        grow=advanced.inpaint_erode_or_dilate,
        invert=advanced.invert_mask_checkbox,
        from_noise=advanced.inpaint_disable_initial_latent,
        engine=engine_of(advanced.inpaint_engine),
        debug=advanced.debugging_inpaint_preprocessor,
    )


async def _mask(picture: str | bytes | None, state: State) -> bytes | None:
    return None if picture is None else await state.images.read(picture, field="input_mask")


def _distances(body: InpaintOrOutpaint, state: State) -> tuple[int, int, int, int]:
    """Pixels by side, 0 for the usual share; at most what a side may have."""
    found: list[int] = []
    for side in SIDES:
        name = f"outpaint_distance_{side.lower()}"
        value = getattr(body, name)
        within(name, max(0, value), 0, state.config.limits.side)
        found.append(max(0, value))
    left, right, top, bottom = found
    return left, right, top, bottom


def _saving(body: TextToImage, state: State, *, name: str, address: str) -> tuple[Saving, tuple[str, ...]]:
    extension = body.save_extension.lower().lstrip(".")
    if extension not in EXTENSIONS:
        raise InvalidRequest(f"must be one of {', '.join(EXTENSIONS)}", field="save_extension")
    scheme = SCHEMES.get(body.meta_scheme.lower())
    told = () if scheme else (f"meta_scheme: {body.meta_scheme!a} is unknown; fooocus was used",)
    saving = Saving(
        name=file_name(body.save_name) or name,
        extension=extension,
        scheme=(scheme or "fooocus") if body.save_meta else "",
        folder=state.caller.folder,
        address=address,
        base64=body.require_base64,
    )
    return saving, told


def file_name(text: str) -> str:
    """A name without folders that every disk takes; empty for none."""
    last = Path(text.replace("\\", "/")).name.strip(". ")
    return sanitize(last)[:LONGEST_NAME].strip(". ") if last else ""
