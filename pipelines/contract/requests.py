"""The requests of an engine, as frozen data.

Nothing here imports torch. Pictures travel as encoded bytes (PNG, JPEG, WebP, ...).
Seeds, file names and styles are resolved before a request is queued, so that a job that
is run again makes the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pipelines.contract.options import GenerationOptions, OutputOptions

Tiling: TypeAlias = bool | Literal["x", "y"]
"""Axes on which a picture's edges fit each other: ``x`` left to right, ``y`` up and down, True both."""
DEFAULT_STRENGTH = 0.75
"""A1111's denoising strength for a pass over a picture whose request names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """Base of the requests of every kind of work.

    ``keep_alive``: seconds that the models it uses stay loaded after it, below 0 for ever; None is the
    server's setting.
    """

    keep_alive: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """The seeds of a job's noise; -1 was already replaced by a random number."""

    seed: int
    subseed: int
    subseed_strength: float = 0.0
    resize_width: int = -1
    resize_height: int = -1
    random: bool = False
    """True if ``seed`` replaced a -1."""
    random_subseed: bool = False
    """True if ``subseed`` replaced a -1."""
    chance: int = 0
    """A number drawn when the request was read, from which scripts draw further random seeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One row of a styles file; unknown names have empty texts."""

    name: str
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """Stochasticity of the sampler; None means: take the option."""

    eta: float | None = None
    s_churn: float | None = None
    s_tmin: float | None = None
    s_tmax: float | None = None
    s_noise: float | None = None
    s_min_uncond: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refiner:
    """Swap to another checkpoint mid-sampling.

    ``switch_at``: the share of the steps, 0..1. ``anew``: the sampler forgets there what it found before.
    """

    checkpoint: str
    switch_at: float | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hires:
    """The second pass of hires fix, as requested."""

    scale: float = 2.0
    upscaler: str | None = None
    steps: int = 0
    resize_x: int = 0
    resize_y: int = 0
    first_width: int = 0
    first_height: int = 0
    checkpoint: str | None = None
    sampler: str | None = None
    scheduler: str | None = None
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inpaint:
    """The mask of an img2img request. ``mask`` is an encoded picture; white is repainted."""

    mask: bytes
    latent_mask: bytes | None = None
    blur_x: int = 4
    blur_y: int = 4
    round: bool = True
    fill: int = 0
    only_masked: bool = True
    padding: int = 0
    invert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Img2Img:
    """The pictures that an img2img request starts from, and how they become latents.

    ``color_reference``: a picture whose colours option img2img_color_correction matches instead of its own.
    """

    images: tuple[bytes, ...]
    resize_mode: int = 0
    image_cfg_scale: float | None = None
    noise_multiplier: float | None = None
    inpaint: Inpaint | None = None
    color_reference: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPicture:
    """Texts and seeds that differ from picture to picture of one job; empty is those of the request.

    Given lists have one entry per picture of the whole job.
    """

    prompts: tuple[str, ...] = ()
    negative_prompts: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inversion:
    """Find the noise that an init picture comes from, and sample from that (img2img alternative test)."""

    prompt: str
    negative_prompt: str = ""
    steps: int = 50
    cfg_scale: float = 1.0
    randomness: float = 0.0
    sigma_adjustment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptCall:
    """A script by its title and its positional arguments."""

    name: str
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFiles:
    """Files that work brings for the generations that it asks for, as paths; no client names them.

    Networks and hypernetworks are put on with strength 1 before those of the prompt; embeddings are known by
    their names, and win over those of the server.
    """

    networks: tuple[str, ...] = ()
    hypernetworks: tuple[str, ...] = ()
    embeddings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest(EngineRequest):
    """One txt2img or img2img request, with names and seeds resolved.

    ``checkpoint`` is a file path. ``sampler`` and ``scheduler`` are canonical labels.
    ``denoising_strength`` is in 0..1 and None for plain txt2img. ``end_early``: the share of the first pass's
    steps, 0..1, that is left out: the noise that remains is taken away at once.
    """

    prompt: str = ""
    negative_prompt: str = ""
    styles: tuple[Style, ...] = ()
    seeds: Seeds
    checkpoint: str
    sampler: str = "Euler"
    scheduler: str = "Automatic"
    steps: int = 50
    cfg_scale: float = 7.0
    width: int = 512
    height: int = 512
    batch_size: int = 1
    batch_count: int = 1
    denoising_strength: float | None = None
    end_early: float = 0.0
    restore_faces: bool = False
    tiling: Tiling = False
    churn: Churn = field(default_factory=Churn)
    refiner: Refiner | None = None
    hires: Hires | None = None
    img2img: Img2Img | None = None
    disable_extra_networks: bool = False
    script: ScriptCall | None = None
    always_on: tuple[ScriptCall, ...] = ()
    options: GenerationOptions = field(default_factory=GenerationOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    save_images: bool = False
    send_images: bool = True
    response_format: str | None = None
    """Format of the pictures in the answer; None is ``output.samples_format``."""
    overridden: frozenset[str] = frozenset()
    """Option keys set by this request's override_settings."""
    per_picture: PerPicture = field(default_factory=PerPicture)
    inversion: Inversion | None = None
    pairs: tuple[tuple[str, str | int | float | bool | None], ...] = ()
    """Infotext pairs that a script adds before all others."""
    unnamed_pairs: frozenset[str] = frozenset()
    """Infotext keys that a script leaves out."""
    own: OwnFiles = field(default_factory=OwnFiles)

    @property
    def strength(self) -> float:
        """Denoising strength of a pass over pictures: the request's, or ``DEFAULT_STRENGTH``."""
        return DEFAULT_STRENGTH if self.denoising_strength is None else self.denoising_strength


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtrasRequest(EngineRequest):
    """Upscale and restore pictures (A1111's extras tab)."""

    images: tuple[bytes, ...]
    resize_mode: int = 0
    scale: float = 2.0
    width: int = 512
    height: int = 512
    crop: bool = True
    upscaler_1: str = "None"
    upscaler_2: str = "None"
    upscaler_2_visibility: float = 0.0
    gfpgan_visibility: float = 0.0
    codeformer_visibility: float = 0.0
    codeformer_weight: float = 0.0
    options: GenerationOptions = field(default_factory=GenerationOptions)
    output: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionRequest(EngineRequest):
    """Describe a picture. ``model`` is ``clip`` or ``deepdanbooru``."""

    image: bytes
    model: str = "clip"
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCheckpointRequest(EngineRequest):
    """Make a checkpoint resident (options change, reload-checkpoint)."""

    checkpoint: str
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnloadRequest(EngineRequest):
    """Free the device's memory."""
