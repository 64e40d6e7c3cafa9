"""A ControlNet unit: one control picture and its settings."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.controlnet.preprocessors.preprocessor import HIDDEN, Preprocessor, Slider
from extensions.controlnet.units.spellings import (
    ControlMode,
    HiresOption,
    InputMode,
    PulidMode,
    ResizeMode,
    UnionType,
)
from pipelines.plugin import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One picture of a unit, and its mask, as encoded files."""

    image: bytes
    mask: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One enabled unit, checked.

    ``field`` is its place in the request. ``module`` is the preprocessor's name as the client spelled it.
    ``processor_res``, ``threshold_a``, ``threshold_b`` are within the preprocessor's ranges.
    ``weight`` in 0..2; ``guidance_start`` <= ``guidance_end``, both in 0..1: shares of the steps, or
    ``guidance_by_noise`` of the model's own timesteps.
    ``advanced_weighting`` replaces weight and control mode, one number per layer.
    ``ipadapter_input``: embeddings in place of pictures, as the detect route gives them.
    """

    field: str
    preprocessor: Preprocessor
    module: str
    model: str | None = None
    weight: float = 1.0
    sources: tuple[Source, ...] = ()
    resize_mode: ResizeMode = ResizeMode.CROP
    processor_res: float = 512
    threshold_a: float = 0.5
    threshold_b: float = 0.5
    guidance_start: float = 0.0
    guidance_end: float = 1.0
    guidance_by_noise: bool = False
    pixel_perfect: bool = False
    control_mode: ControlMode = ControlMode.BALANCED
    inpaint_crop_input_image: bool = True
    hr_option: HiresOption = HiresOption.BOTH
    save_detected_map: bool = True
    advanced_weighting: tuple[float, ...] | None = None
    effective_region_mask: bytes | None = None
    union_control_type: UnionType = UnionType.UNKNOWN
    pulid_mode: PulidMode = PulidMode.FIDELITY
    input_mode: InputMode = InputMode.SIMPLE
    ipadapter_input: tuple[str, ...] = ()


def no_picture(unit: Unit) -> InvalidRequest:
    """The error for a unit that has no picture, in a request that has none."""
    text = "controlnet is enabled but no input image is given"
    return InvalidRequest(text, field=f"{unit.field}.image")


def slider_value(slider: Slider | None, value: float) -> float:
    """The value, or the slider's default if it is outside the range."""
    slider = slider or HIDDEN
    return value if slider.minimum <= value <= slider.maximum else slider.default


def resolution_value(preprocessor: Preprocessor, value: float) -> float:
    """The preprocessor resolution that a client's value means."""
    if preprocessor.fixed_resolution is not None:
        return preprocessor.fixed_resolution
    return slider_value(preprocessor.resolution, value)
