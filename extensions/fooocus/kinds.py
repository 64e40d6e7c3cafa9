"""A Fooocus job as a kind of work: what its routes ask of an engine; no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

from extensions.fooocus.job_words import JOB_TYPES
from extensions.fooocus.masking import MaskRequest, MaskResult, MaskWish
from pipelines.plugin import EngineRequest, EngineResult, GenerationRequest, WorkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FooocusPicture:
    """One picture to make: its seed, the texts that it was asked with, and the chunks they became.

    ``expansion`` is the chunk of added words, empty if there is none; ``styles`` those that were applied.
    """

    seed: int
    prompt: str
    negative_prompt: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    expansion: str = ""
    styles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPicture:
    """An image prompt: an encoded picture, its ``cn_type``, when it ends, and how much it counts."""

    image: bytes
    kind: str
    stop: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlWish:
    """Image prompts and how they are read; ``debug`` makes their maps the product."""

    pictures: tuple[ControlPicture, ...] = ()
    canny_low: int = 64
    canny_high: int = 128
    softness: float = 0.25
    as_given: bool = False
    debug: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """Settings that change model calls. ``freeu``: b1, b2, s1, s2, or None.

    ``adm_end``: the share of the training steps after which SDXL gets the true sizes.
    """

    sharpness: float = 2.0
    adaptive_cfg: float = 7.0
    adm_positive: float = 1.5
    adm_negative: float = 0.8
    adm_end: float = 0.3
    freeu: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscaleWish:
    """Vary or enlarge ``image``: ``factor`` is None for vary. ``steps`` when it is drawn over.

    ``strength`` of drawing over; ``fast`` answers with what the upscaler made. ``image`` is empty where an
    enhancement has it.
    """

    image: bytes
    factor: float | None = None
    strength: float = 0.5
    fast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InpaintWish:
    """Repaint where ``mask`` is bright, after growing the picture to ``sides`` by ``distances`` pixels.

    ``sides`` are of left, right, top, bottom; a distance of 0 is three tenths of the side. ``grow``: pixels
    that the mask grows by, or shrinks if below 0. ``field``: the share of the picture that is looked at.
    ``engine``: which version of the weights that repaint, empty for none.
    """

    image: bytes
    mask: bytes | None = None
    sides: tuple[str, ...] = ()
    distances: tuple[int, int, int, int] = (0, 0, 0, 0)
    strength: float = 1.0
    field: float = 1.0
    grow: int = 0
    invert: bool = False
    from_noise: bool = False
    engine: str = "v2.6"
    debug: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhanceStep:
    """A thing to find, and how it is drawn again: ``inpaint`` has no picture and no mask yet.

    ``pictures`` are its words for every picture of the job; the first of their prompts is ``first`` of the
    base's. ``own``: whether it has words of its own.
    """

    mask: MaskWish
    inpaint: InpaintWish
    pictures: tuple[FooocusPicture, ...]
    first: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhanceWish:
    """The enhancement of ``image``: the request's ``upscale``, and ``steps`` after it or before.

    ``last_words``: the upscale has the words of the last step with its own. ``masks``: they are the answer.
    """

    image: bytes
    steps: tuple[EnhanceStep, ...] = ()
    upscale_last: bool = False
    last_words: bool = False
    masks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """Names and form of a job's files: below ``folder`` of the outputs, as ``NAME-NUMBER.EXTENSION``.

    ``scheme`` of the metadata, empty for none. ``address`` is where links begin.
    """

    name: str
    extension: str = "png"
    scheme: str = "fooocus"
    folder: str = ""
    address: str = ""
    base64: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Values of a request for the metadata of its pictures, as the client sent them.

    ``refiner_unlike``: the refiner understands other latents than the checkpoint. ``lora_files``: the paths.
    """

    performance: str = "Speed"
    sampler: str = ""
    scheduler: str = ""
    refiner: str = "None"
    refiner_switch: float = 0.5
    swap_method: str = "joint"
    clip_skip: int = 2
    vae: str = "Default (model)"
    refiner_unlike: bool = False
    loras: tuple[tuple[str, float], ...] = ()
    lora_files: tuple[str, ...] = ()
    overwrite_switch: float = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class FooocusRequest(EngineRequest):
    """One job. ``base`` is the request of a picture without its words and its seed.

    ``word`` is the label of the job. ``native``: the side in pixels that the checkpoint draws best.
    ``upscale_steps`` are those of enlarged pictures.
    """

    word: str
    base: GenerationRequest
    pictures: tuple[FooocusPicture, ...]
    native: int
    saving: Saving
    told: Told = field(default_factory=Told)
    steering: Steering = field(default_factory=Steering)
    control: ControlWish = field(default_factory=ControlWish)
    upscale: UpscaleWish | None = None
    inpaint: InpaintWish | None = None
    enhance: EnhanceWish | None = None
    upscale_steps: int = 18
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FooocusResult(EngineResult):
    """The pictures as they were written, and the seed of each; ``address`` is where links begin."""

    images: tuple[bytes, ...] = ()
    files: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    address: str = ""
    base64: bool = False


def word_of(request: FooocusRequest) -> str:
    """The label of a job."""
    return request.word


def checkpoint_of(request: FooocusRequest) -> str:
    """The checkpoint's file that a job needs; empty where an upscaler does it all."""
    drawn = request.enhance is not None and request.enhance.steps
    fast = request.upscale is not None and request.upscale.fast
    return "" if fast and not drawn else request.base.checkpoint


KINDS = (
    WorkKind(
        name="fooocus",
        request=FooocusRequest,
        result=FooocusResult,
        run="extensions.fooocus.drawing.run:draw_pictures",
        label=word_of,
        labels=tuple(JOB_TYPES),
        checkpoint=checkpoint_of,
        parts=(
            *(FooocusPicture, ControlPicture, ControlWish, Steering),
            *(UpscaleWish, InpaintWish, MaskWish, EnhanceStep, EnhanceWish, Saving, Told),
        ),
    ),
    WorkKind(
        name="fooocus-mask",
        request=MaskRequest,
        result=MaskResult,
        run="extensions.fooocus.drawing.mask_job:make_mask",
        parts=(MaskWish,),
    ),
)
