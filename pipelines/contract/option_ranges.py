"""Values of options beyond which a job fails without naming a cause, so that they are refused early."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pipelines.contract.errors import InvalidRequest

UNBOUNDED = (-math.inf, math.inf)
RANGES: Mapping[str, tuple[float, float]] = {
    "jpeg_quality": (1, 100),
    "CLIP_stop_at_last_layers": (1, 12),
    "comma_padding_backtrack": (0, 75),
    "skip_early_cond": (0, 1),
    "code_former_weight": (0, 1),
    "directories_max_prompt_words": (0, 1000),
    "target_side_length": (1, 2**31),
    **{f"{kind}_tile": (0, 8192) for kind in ("ESRGAN", "DAT", "SWIN", "SCUNET")},
    **{f"{kind}_tile_overlap": (0, 1024) for kind in ("ESRGAN", "DAT", "SWIN", "SCUNET")},
}


def check_option(key: str, value: object, *, field: str | None = None) -> None:
    """Raise InvalidRequest for a number outside the option's range."""
    check_range(value, RANGES.get(key, UNBOUNDED), field=field or key)


def check_range(value: object, bounds: tuple[float, float], *, field: str) -> None:
    """Raise InvalidRequest for a number that is not within ``bounds``, ends included."""
    low, high = bounds
    if isinstance(value, int | float) and not low <= value <= high:
        raise InvalidRequest(f"must be between {low} and {high}", field=field)
