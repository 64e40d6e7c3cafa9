"""Masks and enhancements that bodies ask for: things to find, and how each is drawn again."""

from __future__ import annotations

from collections.abc import Iterable

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.bodies.enhance import (
    AFTER,
    ENTRIES,
    LAST,
    MOST_ENTRIES,
    Enhance,
    EnhanceEntry,
    MaskOfPicture,
)
from extensions.fooocus.intent.wording import Wording
from extensions.fooocus.kinds import EnhanceStep, EnhanceWish, FooocusPicture, InpaintWish
from extensions.fooocus.masking import SAM, MaskWish
from extensions.fooocus.words.lines import split_networks
from pipelines.plugin import (
    Folders,
    InvalidRequest,
    WorkLimits,
    grounding_dino_folder,
    saliency_file,
    segment_anything_home,
)

ENGINES = ("v1", "v2.5", "v2.6")
OFF = "enhance_checkbox: it is off, so nothing is enhanced"


def engine_of(text: str) -> str:
    """A version of the weights that repaint, empty for none; what is unknown is the newest."""
    if text.strip().lower() in ("", "none"):
        return ""
    return text if text in ENGINES else ENGINES[-1]


def enhance_steps(body: TextToImage, wording: Wording) -> tuple[EnhanceStep, ...]:
    """The steps of the enabled entries; where an entry has no words, the body's count."""
    if not isinstance(body, Enhance) or not body.enhance_checkbox:
        return ()
    steps: list[EnhanceStep] = []
    count = len(wording.seeds)
    for number, entry in enumerate(body.enhance_ctrlnets[:MOST_ENTRIES]):
        if not entry.enhance_enabled:
            continue
        own = bool(entry.enhance_prompt.strip() or entry.enhance_negative_prompt.strip())
        said = wording.instead(entry.enhance_prompt, entry.enhance_negative_prompt)
        steps.append(
            EnhanceStep(
                mask=_entry_mask(entry, number, body),
                inpaint=_inpaint(entry),
                pictures=said.pictures(),
                first=count * (1 + len(steps)),
                own=own,
            )
        )
    return tuple(steps)


def check_count(pictures: int, steps: int, limits: WorkLimits) -> None:
    """Refuse more drawings than the server makes for one request, in the client's own numbers."""
    count, most = pictures * (1 + steps), limits.batch_count
    if count > most:
        text = f"{pictures} with {steps} entries of {ENTRIES} count as {count}, and at most {most} are drawn"
        raise InvalidRequest(f"{text} (see --max-n-iter)", field="image_number")


def step_pictures(steps: Iterable[EnhanceStep]) -> tuple[FooocusPicture, ...]:
    """The texts of all steps, one step after the other: each is drawn, and counts in what a job costs."""
    return tuple(picture for step in steps for picture in step.pictures)


def enhance_wish(body: Enhance, picture: bytes, steps: tuple[EnhanceStep, ...]) -> EnhanceWish:
    """The enhancement that a body asks for."""
    advanced = body.advanced_params
    return EnhanceWish(
        image=picture,
        steps=steps,
        upscale_last=body.enhance_uov_processing_order == AFTER,
        last_words=body.enhance_uov_prompt_type == LAST,
        masks=advanced.debugging_enhance_masks_checkbox or advanced.debugging_dino,
    )


def ignored_entries(body: Enhance) -> tuple[str, ...]:
    """Warnings about entries, and parts of entries, that are ignored."""
    if not body.enhance_checkbox:
        return (OFF,)
    told = [
        f"{ENTRIES}.{number}.enhance_prompt: LoRAs in it don't count"
        for number, entry in enumerate(body.enhance_ctrlnets[:MOST_ENTRIES])
        if entry.enhance_enabled and split_networks(entry.enhance_prompt)[1]
    ]
    if len(body.enhance_ctrlnets) > MOST_ENTRIES:
        told.append(f"{ENTRIES}: the first {MOST_ENTRIES} count, the others were left out")
    return tuple(told)


def mask_wish(body: MaskOfPicture) -> MaskWish:
    """The mask that a body of ``generate_mask`` asks for. Raises InvalidRequest."""
    _require_words(body.mask_model, body.dino_prompt_text, "dino_prompt_text")
    return MaskWish(
        model=body.mask_model,
        field="mask_model",
        cloth=body.cloth_category,
        words=body.dino_prompt_text,
        size=body.sam_model,
        box_threshold=body.box_threshold,
        text_threshold=body.text_threshold,
        most=body.sam_max_detections,
        grow=body.dino_erode_or_dilate,
        boxes=body.dino_debug,
    )


def _require_words(model: str, words: str, field: str) -> None:
    """Refuse words that name nothing where a model looks for what they name."""
    if model == SAM and not words.replace(".", "").strip():
        raise InvalidRequest("must name what is to be found", field=field)


def require_mask_files(wish: MaskWish, folders: Folders | None) -> None:
    """Refuse a mask whose weights are not there. Raises MissingWeights naming file and folder."""
    if folders is None:
        return
    if wish.model == SAM:
        grounding_dino_folder(folders, field=wish.field)
        segment_anything_home(folders, wish.size, field=wish.field)
    else:
        saliency_file(folders, wish.model, field=wish.field)


def _entry_mask(entry: EnhanceEntry, number: int, body: Enhance) -> MaskWish:
    advanced, words = body.advanced_params, entry.enhance_mask_dino_prompt_text
    _require_words(entry.enhance_mask_model, words, f"{ENTRIES}.{number}.enhance_mask_dino_prompt_text")
    return MaskWish(
        model=entry.enhance_mask_model,
        field=f"{ENTRIES}.{number}.enhance_mask_model",
        cloth=entry.enhance_mask_cloth_category,
        words=words,
        size=entry.enhance_mask_sam_model,
        box_threshold=entry.enhance_mask_box_threshold,
        text_threshold=entry.enhance_mask_text_threshold,
        most=entry.enhance_mask_sam_max_detections,
        grow=advanced.dino_erode_or_dilate,
        boxes=advanced.debugging_dino,
    )


def _inpaint(entry: EnhanceEntry) -> InpaintWish:
    return InpaintWish(
        image=b"",
        strength=entry.enhance_inpaint_strength,
        field=entry.enhance_inpaint_respective_field,
        grow=entry.enhance_inpaint_erode_or_dilate,
        invert=entry.enhance_mask_invert,
        from_noise=entry.enhance_inpaint_disable_initial_latent,
        engine=engine_of(entry.enhance_inpaint_engine),
    )
