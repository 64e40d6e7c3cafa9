"""A client's request in our words, whatever its API: names as they were sent, pictures not read yet.

Errors and warnings name the paths of these fields (``hires.upscaler``, ``start.images.0``); each dialect
puts its own names in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pipelines.contract.requests import Churn, PerPicture, Style, Tiling

SentPicture: TypeAlias = object
"""An encoded picture as bytes, or as text: base64, a data URL, or a link. All else is refused when read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedsIntent:
    """The seeds of the noise, None for random ones; a resize to a side of 0 or below is off."""

    seed: int | None = None
    subseed: int | None = None
    subseed_strength: float = 0
    resize_width: int = -1
    resize_height: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkIntent:
    """A LoRA by its name, from a client that doesn't write it into the prompt.

    ``text_strength`` is that of the text encoder; None where it is ``strength``, too.
    """

    name: str
    strength: float = 1.0
    text_strength: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiresIntent:
    """A second pass at a larger size; None, 0 and "" leave a value to the first pass, a size to ``scale``."""

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
class RefinerIntent:
    """Another checkpoint, by name, from a share of the steps on; ``anew``: by a sampler without memory."""

    checkpoint: str
    switch_at: float | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartIntent:
    """Pictures to start from, at most one for each of a batch."""

    images: tuple[SentPicture, ...]
    resize_mode: int = 0
    image_cfg_scale: float | None = None
    noise_multiplier: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskIntent:
    """The part of the start pictures to repaint: where ``picture`` is white. ``blur`` is for both axes."""

    picture: SentPicture
    latent_mask: SentPicture = None
    blur: int | None = None
    blur_x: int = 4
    blur_y: int = 4
    round: bool = True
    fill: int = 0
    only_masked: bool = True
    padding: int = 0
    invert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptIntent:
    """A script by its title in any letter case, with its arguments in order; None leaves it idle."""

    name: str
    args: tuple[Any, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One or more pictures. With ``start`` it is img2img, and ``mask`` needs it.

    ``styles``: names of the server's styles, or texts that the dialect knows itself. ``checkpoint`` None is
    the server's own. ``sampler`` and ``scheduler`` may be spelled as any client spells them. ``overrides``
    are options for this request alone, unless ``keep_overrides``. ``restore_faces`` and ``tiling`` None go
    by the options. ``warnings`` are the dialect's own.
    """

    prompt: str = ""
    negative_prompt: str = ""
    styles: tuple[str | Style, ...] = ()
    per_picture: PerPicture = field(default_factory=PerPicture)
    networks: tuple[NetworkIntent, ...] = ()
    disable_extra_networks: bool = False
    seeds: SeedsIntent = field(default_factory=SeedsIntent)
    checkpoint: str | None = None
    sampler: str = "Euler"
    scheduler: str | None = None
    steps: int = 50
    cfg_scale: float = 7.0
    width: int = 512
    height: int = 512
    batch_size: int = 1
    batch_count: int = 1
    denoising_strength: float | None = None
    end_early: float = 0.0
    restore_faces: bool | None = None
    tiling: Tiling | None = None
    churn: Churn = field(default_factory=Churn)
    hires: HiresIntent | None = None
    refiner: RefinerIntent | None = None
    start: StartIntent | None = None
    mask: MaskIntent | None = None
    script: ScriptIntent | None = None
    always_on: tuple[ScriptIntent, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])
    keep_overrides: bool = False
    save_images: bool = False
    send_images: bool = True
    warnings: tuple[str, ...] = ()
