"""The metadata of NovelAI's pictures as an infotext."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.sampling.sampler_names import find_sampler_alias


def novelai_infotext(items: Mapping[str, Any], size: tuple[int, int]) -> str | None:
    """Write an infotext; None if the picture isn't NovelAI's or its metadata isn't readable."""
    if items.get("Software") != "NovelAI":
        return None
    try:
        data = json.loads(items["Comment"])
        sampler = find_sampler_alias(f"k_{data['sampler']}") or find_sampler_alias(data["sampler"])
        pairs = (
            f"Steps: {data['steps']}, Sampler: {sampler.name if sampler else 'Euler a'}, "
            f"CFG scale: {data['scale']}, Seed: {data['seed']}, Size: {size[0]}x{size[1]}, "
            "Clip skip: 2, ENSD: 31337"
        )
        prompt = items["Description"] if "Description" in items else data["prompt"]
        return f"{prompt}\nNegative prompt: {data['uc']}\n{pairs}"
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None
