"""Read units from requests: every name and spelling that clients of any year send."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extensions.controlnet.preprocessors.effects import ImagePromptEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.control_types import CONTROL_TYPES
from extensions.controlnet.units.spellings import (
    ControlMode,
    E,
    HiresOption,
    InputMode,
    PulidMode,
    ResizeMode,
    UnionType,
    choose,
)
from extensions.controlnet.units.unit import Source, Unit, resolution_value, slider_value
from pipelines.plugin import InvalidRequest, read_base64

ALIASES = {
    "low_vram": ("lowvram",),
    "image": ("input_image",),
    "mask": ("mask_image",),
    "guidance_end": ("guidance",),
}
KNOWN = frozenset(
    (
        *ALIASES,
        *(name for names in ALIASES.values() for name in names),
        *("enabled", "module", "model", "weight", "resize_mode", "processor_res", "threshold_a"),
        *("threshold_b", "guidance_start", "guidance_by_noise", "pixel_perfect", "control_mode"),
        "inpaint_crop_input_image",
        *("hr_option", "save_detected_map", "advanced_weighting", "effective_region_mask", "pulid_mode"),
        *("union_control_type", "ipadapter_input", "input_mode", "batch_images", "output_dir", "loopback"),
        *("is_ui", "batch_mask_dir", "animatediff_batch", "batch_modifiers", "batch_image_files"),
        *("batch_keyframe_idx", "guessmode", "guess_mode", "rgbbgr_mode", "invert_image", "scribble_mode"),
    )
)
TRUE = frozenset({"true", "t", "yes", "y", "on", "1", "1.0"})
FALSE = frozenset({"false", "f", "no", "n", "off", "0", "0.0", ""})


@dataclass(slots=True)
class Reader:
    """One unit's fields. A canonical name wins over its alias; null means not given."""

    values: Mapping[str, Any]
    place: str

    def get(self, name: str) -> Any:
        """The value under a name or its alias."""
        for key in (name, *ALIASES.get(name, ())):
            if self.values.get(key) is not None:
                return self.values[key]
        return None

    def fail(self, name: str, message: str) -> InvalidRequest:
        """The error that names a field of this unit."""
        return InvalidRequest(message, field=f"{self.place}.{name}")

    def flag(self, name: str, default: bool) -> bool:
        """A truth value; words count."""
        value = self.get(name)
        if value is None:
            return default
        text = str(value).strip().lower()
        if text not in TRUE | FALSE:
            raise self.fail(name, f"{value!r} is not true or false")
        return text in TRUE

    def number(self, name: str, default: float, *, low: float | None = None, high: float = 0.0) -> float:
        """A number, in a range if one is given."""
        value = self.get(name)
        if value is None or value == "":
            return default
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise self.fail(name, f"{value!r} is not a number") from None
        if not math.isfinite(number) or (low is not None and not low <= number <= high):
            within = "" if low is None else f" within {low} and {high}"
            raise self.fail(name, f"{value} is not a number{within}")
        return number

    def choice(self, name: str, kind: type[E], default: E) -> E:
        """One of a closed set."""
        value = self.get(name)
        return default if value is None or value == "" else choose(kind, value, field=f"{self.place}.{name}")


def read_units(args: Sequence[Any], *, place: str, warn: Callable[[str], None]) -> tuple[Unit, ...]:
    """The enabled units of ``alwayson_scripts.controlnet.args``; other items are skipped with a warning.

    Raises InvalidRequest for a unit that can't run as it stands.
    """
    units: list[Unit] = []
    for index, item in enumerate(args):
        if not isinstance(item, Mapping):
            if item is not None and item is not False:
                warn(f"{place}.{index} is not a ControlNet unit and was ignored")
            continue
        reader = Reader(item, f"{place}.{index}")
        unknown = sorted(str(key) for key in item if str(key) not in KNOWN)
        if unknown:
            warn(f"{place}.{index}: unknown fields were ignored: {', '.join(unknown)}")
        if _enabled(reader):
            if reader.flag("low_vram", False):
                warn(f"{reader.place}.low_vram had no effect: memory goes by the server's own settings")
            units += _unfold(read_unit(reader))
    return tuple(units)


def _enabled(reader: Reader) -> bool:
    """The flag; without it, True for a unit with a picture, a model, embeddings or a model-free module."""
    given = any(
        reader.get(name) not in (None, "", "None", []) for name in ("image", "model", "ipadapter_input")
    )
    preprocessor = find_preprocessor(str(reader.get("module") or "none"))
    return reader.flag("enabled", given or (preprocessor is not None and preprocessor.model_free))


def read_unit(reader: Reader) -> Unit:
    """One unit, checked. Raises InvalidRequest."""
    name = str(reader.get("module") or "none")
    preprocessor = find_preprocessor(name)
    if preprocessor is None:
        raise reader.fail("module", f"module({name}) not found in supported modules.")
    start = reader.number("guidance_start", 0.0, low=0.0, high=1.0)
    end = reader.number("guidance_end", 1.0, low=0.0, high=1.0)
    if start > end:
        raise reader.fail("guidance_start", f"guidance_start({start}) > guidance_end({end})")
    resolution = reader.number("processor_res", -1)
    model = reader.get("model")
    return Unit(
        field=reader.place,
        preprocessor=preprocessor,
        module=name,
        model=None if model is None or str(model) in ("", "None") else str(model),
        weight=reader.number("weight", 1.0, low=0.0, high=2.0),
        sources=_sources(reader),
        resize_mode=reader.choice("resize_mode", ResizeMode, ResizeMode.CROP),
        processor_res=resolution_value(preprocessor, int(resolution)),
        threshold_a=slider_value(preprocessor.a, reader.number("threshold_a", -1)),
        threshold_b=slider_value(preprocessor.b, reader.number("threshold_b", -1)),
        guidance_start=start,
        guidance_end=end,
        guidance_by_noise=reader.flag("guidance_by_noise", False),
        pixel_perfect=reader.flag("pixel_perfect", False),
        control_mode=_control_mode(reader),
        inpaint_crop_input_image=reader.flag("inpaint_crop_input_image", True),
        hr_option=reader.choice("hr_option", HiresOption, HiresOption.BOTH),
        save_detected_map=reader.flag("save_detected_map", True),
        advanced_weighting=_numbers(reader),
        effective_region_mask=_mask(reader, reader.get("effective_region_mask"), "effective_region_mask"),
        union_control_type=_union_type(reader, preprocessor),
        pulid_mode=reader.choice("pulid_mode", PulidMode, PulidMode.FIDELITY),
        input_mode=_input_mode(reader),
        ipadapter_input=_embeddings(reader),
    )


def _control_mode(reader: Reader) -> ControlMode:
    return reader.choice("control_mode", ControlMode, ControlMode.BALANCED)


def _input_mode(reader: Reader) -> InputMode:
    mode = reader.choice("input_mode", InputMode, InputMode.SIMPLE)
    if mode is InputMode.BATCH:
        raise reader.fail("input_mode", "folders of the server are not read: send one request per picture")
    return mode


def _embeddings(reader: Reader) -> tuple[str, ...]:
    """Base64 texts, one or a list of them."""
    value = reader.get("ipadapter_input")
    if value is None:
        return ()
    texts: list[Any] = [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise reader.fail("ipadapter_input", "it must be base64, or a list of that")
    return tuple(texts)


def _numbers(reader: Reader) -> tuple[float, ...] | None:
    value = reader.get("advanced_weighting")
    if value is None or value == []:
        return None
    try:
        return tuple(float(number) for number in value)
    except (TypeError, ValueError, OverflowError):
        raise reader.fail("advanced_weighting", "it must be a list of numbers, one per layer") from None


def _union_type(reader: Reader, preprocessor: Preprocessor) -> UnionType:
    """The type as given, else that of the preprocessor's maps."""
    chosen = reader.choice("union_control_type", UnionType, UnionType.UNKNOWN)
    known = (kind.union for kind in CONTROL_TYPES if kind.name in preprocessor.types and kind.union)
    return next(known, chosen) if chosen is UnionType.UNKNOWN else chosen


def _sources(reader: Reader) -> tuple[Source, ...]:
    """Read a unit's pictures in any form: text, {image, mask}, [image, mask], or a list of {image, mask}."""
    value, mask = reader.get("image"), reader.get("mask") or None
    if value is None or value in ("", []):
        if mask is not None:
            raise reader.fail("mask", "a mask needs an image of its own")
        return ()
    if isinstance(value, str | bytes):
        return (Source(image=_picture(reader, value, "image"), mask=_mask(reader, mask, "mask")),)
    if isinstance(value, Mapping):
        return (_source(reader, value, mask),)
    if isinstance(value, Sequence) and all(isinstance(item, Mapping) for item in value):
        return tuple(_source(reader, item, None) for item in value)
    if isinstance(value, Sequence) and len(value) in (1, 2) and isinstance(value[0], str | bytes):
        second = value[1] if len(value) == 2 else mask
        return (Source(image=_picture(reader, value[0], "image"), mask=_mask(reader, second, "mask")),)
    raise reader.fail("image", "it must be base64, a data URI, {image, mask} or a list of {image, mask}")


def _source(reader: Reader, value: Mapping[Any, Any], mask: Any) -> Source:
    picture = value.get("image")
    if not isinstance(picture, str | bytes) or not picture:
        raise reader.fail("image", "the entry has no image")
    given = value.get("mask") or mask
    return Source(image=_picture(reader, picture, "image"), mask=_mask(reader, given, "image.mask"))


def _mask(reader: Reader, value: Any, name: str) -> bytes | None:
    return None if value is None or value == "" else _picture(reader, value, name)


def _picture(reader: Reader, value: Any, name: str) -> bytes:
    """An encoded picture: bytes as the server hands them on, or decoded from base64."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise reader.fail(name, "it must be base64 or a data URI")
    if value.startswith(("http://", "https://")):
        raise reader.fail(name, "links are not followed here: send the picture itself")
    try:
        return read_base64(value)
    except ValueError:
        raise reader.fail(name, "Invalid encoded image") from None


def _unfold(unit: Unit) -> list[Unit]:
    """Spread a unit with input mode ``merge`` over its pictures, with equal shares of the weight."""
    effect = unit.preprocessor.effect
    together = isinstance(effect, ImagePromptEffect) and effect.several
    merged = unit.input_mode is InputMode.MERGE and not together
    if len(unit.sources) > 1 and not merged and not together:
        raise InvalidRequest("only IP-Adapter units take several images", field=f"{unit.field}.image")
    if not merged or not unit.sources:
        return [unit]
    share = unit.weight / len(unit.sources)
    return [replace(unit, sources=(source,), weight=share) for source in unit.sources]
