"""The settings in the script's arguments, and their infotext pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.plugin import InvalidRequest

FIELD = "always_on.soft inpainting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftSettings:
    """A1111's sliders: schedule bias, preservation strength, transition contrast, final composite."""

    power: float = 1.0
    scale: float = 0.5
    detail: float = 4.0
    mask_influence: float = 0.0
    difference_threshold: float = 0.5
    difference_contrast: float = 2.0

    @classmethod
    def from_args(cls, args: Sequence[object]) -> SoftSettings | None:
        """Read the always-on script's arguments; None if it is off. Raises InvalidRequest."""
        if not args or not args[0]:
            return None
        names = ("power", "scale", "detail", "mask_influence", "difference_threshold", "difference_contrast")
        try:
            made = cls(**{n: _number(v) for n, v in zip(names, args[1:], strict=False) if v is not None})
        except ValueError as error:
            raise InvalidRequest(f"soft inpainting takes numbers: {error}", field=FIELD) from error
        if made.detail == 0:
            raise InvalidRequest("the transition contrast boost of soft inpainting is not 0", field=FIELD)
        return made

    def pairs(self, args: Sequence[object]) -> dict[str, str | int | float | bool | None]:
        """Infotext pairs, with the numbers as they were sent."""
        keys = (
            "schedule bias",
            "preservation strength",
            "transition contrast boost",
            "mask influence",
            "difference threshold",
            "difference contrast",
        )
        defaults = (1, 0.5, 4, 0, 0.5, 2)
        sent = [*args[1:], *defaults[len(args) - 1 :]]
        return {
            "Soft inpainting enabled": True,
            **{f"Soft inpainting {k}": v for k, v in zip(keys, sent, strict=False)},  # type: ignore[dict-item]
        }


def _number(value: object) -> float:
    """A finite number. Raises ValueError."""
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError(f"{value} is not finite")
    return number
